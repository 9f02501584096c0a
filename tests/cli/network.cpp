// SPDX-License-Identifier: BSL-1.0
// What can go wrong on the way.

#include "cli/relay.hpp"
#include "cli/server.hpp"

#include <chrono>
#include <string>

using namespace mde_test;

namespace {

/// A fetch that does not come through.
/// There is nothing, or what the next fetch goes on with.
bool has_no_package(const std::string& out) {
    const std::string part = std::string(finished_action) + ".zip.";
    const Names names = names_in(out);
    return names.empty() || names == Names{part + "journal", part + "part"};
}

Run check_lost(const Server& server, const Words& more, std::string_view words,
               const Setting& setting = with_secret()) {
    const TemporaryDirectory directory;
    const std::string out = directory.file("packages");
    const Run lost = server.fetch(out, more, setting);
    CHECK(lost.status == 9);
    const std::string line = one_line(lost);
    INFO(line);
    CHECK(has(line, words));
    CHECK(has_no_package(out));
    return lost;
}

} // namespace

TEST_CASE("a host where nobody listens is unreachable") {
    const TemporaryDirectory directory;
    const Run lost =
        run(Words{"fetch", "--action-id", std::string(finished_action), "--out",
                  directory.file("x"), "--endpoint", "https://127.0.0.1:1", "--authority",
                  "https://127.0.0.1:1", "--tenant-id", "a.example", "--client-id", "b"} +
                Server::brief(),
            with_secret());
    CHECK(lost.status == 9);
    CHECK(has(one_line(lost), "sign in: no connection could be made"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a deadline ends a download that does not begin") {
    const Server server({"--download-delay", "3600"});
    const auto begun = std::chrono::steady_clock::now();
    check_lost(server, {"--deadline", "0.7"}, "the deadline ran out");
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
}

TEST_CASE("a deadline ends a wait") {
    const Server server({"--collect-seconds", "3600"});
    const Run waited = run(Words{"collect", "--machine-id", std::string(machine), "--comment", "c",
                                 "--wait", "--deadline", "0.7"} +
                               server.access(),
                           with_secret());
    CHECK(waited.status == 9);
    CHECK(has(one_line(waited), "the deadline ran out"));
}

TEST_CASE("a download that stalls is given up after the idle time") {
    Relay relay(60'000, Relay::After::stall);
    const Server server({"--link-host", relay.host()});
    relay.begin(server.port);
    check_lost(server, {"--links", "1", "--idle-timeout", "0.4"}, "download: a time limit ran out");
    CHECK(relay.reached());
}

TEST_CASE("a connection that is cut in the middle leaves no package") {
    Relay relay(60'000, Relay::After::cut);
    const Server server({"--link-host", relay.host()});
    relay.begin(server.port);
    const TemporaryDirectory directory;
    const Run lost = server.fetch(directory.file("x"), {"--links", "1"});
    // Whether the cut is seen as an end or as a failure is the system's business.
    CHECK((lost.status == 9 || lost.status == 13));
    CHECK(has(one_line(lost), "download: "));
    CHECK(relay.reached());
    CHECK(has_no_package(directory.file("x")));
    CHECK(!is_empty(directory.file("x")));
}

TEST_CASE("a proxy where nobody listens is not passed by") {
    const Server server;
    check_lost(server, {"--proxy", "http://127.0.0.1:1"}, "no connection could be made");
    Setting setting = with_secret();
    setting.environment.push_back("HTTPS_PROXY=http://user:pa55word@127.0.0.1:1");
    const Run lost = check_lost(server, {}, "no connection could be made", setting);
    CHECK(!has(lost.error, "pa55word"));
    setting.environment.push_back("NO_PROXY=example.com,127.0.0.1");
    const TemporaryDirectory directory;
    CHECK(server.fetch(directory.path(), {}, setting).status == 0);
}

TEST_CASE("a proxy whose address makes no sense is named but not shown") {
    const Server server;
    Setting setting = with_secret();
    setting.environment.push_back("https_proxy=socks5://user:pa55word@127.0.0.1:1");
    const TemporaryDirectory directory;
    const Run refused = server.fetch(directory.file("x"), {}, setting);
    CHECK(refused.status == 2);
    CHECK(has(one_line(refused), "HTTPS_PROXY"));
    CHECK(!has(refused.error, "pa55word"));
}
