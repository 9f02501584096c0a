// SPDX-License-Identifier: BSL-1.0
// SIGINT and SIGTERM.

#include "cli/relay.hpp"
#include "cli/server.hpp"

#include <chrono>
#include <csignal>
#include <string>

using namespace mde_test;

namespace {

using Clock = std::chrono::steady_clock;

Words verbose_fetch(const Server& server, const std::string& out) {
    return Words{"fetch", "--action-id", std::string(finished_action), "--out", out} +
           server.servers() + server.identity() + server.trust() + server.link_hosts();
}

} // namespace

TEST_CASE("a signal in the middle of a download ends it in time and leaves what can be resumed") {
    for (const int number : {SIGINT, SIGTERM}) {
        Relay relay(60'000, Relay::After::stall);
        const Server server({"--link-host", relay.host()});
        relay.begin(server.port);
        const TemporaryDirectory directory;
        Program program(verbose_fetch(server, directory.file("x")), with_secret());
        REQUIRE(program.read_until([&] { return has(program.error, "receiving 200.0 KiB"); }));
        // Without a byte there is nothing to go on with.
        const std::string part = std::string(finished_action) + ".zip.";
        REQUIRE(program.wait_for(
            [&] { return contents_of(directory.file("x/" + part + "part")).starts_with("PK"); }));
        const auto begun = Clock::now();
        program.signal(number);
        CHECK(program.wait() == 128 + number);
        CHECK(Clock::now() - begun < std::chrono::seconds(5));
        CHECK(has(program.error, number == SIGINT ? "stopped by SIGINT" : "stopped by SIGTERM"));
        CHECK(program.out == "");
        CHECK(names_in(directory.file("x")) == Names{part + "journal", part + "part"});
    }
}

TEST_CASE("a signal ends a wait") {
    const Server server({"--collect-seconds", "3600"});
    Program program(
        Words{"collect", "--machine-id", std::string(machine), "--comment", "c", "--wait"} +
            server.servers() + server.identity() + server.trust(),
        with_secret());
    REQUIRE(program.read_until([&] { return has(program.error, ": Pending"); }));
    program.signal(SIGINT);
    CHECK(program.wait() == 130);
    CHECK(has(program.error, "stopped by SIGINT"));
}

TEST_CASE("a signal that comes before a stalled sign-in has ended is obeyed") {
    Relay relay(0, Relay::After::stall);
    const Server server;
    relay.begin(server.port);
    Program program(Words{"list", "--endpoint", "https://" + relay.host(), "--authority",
                          "https://" + relay.host()} +
                        server.identity() + server.trust(),
                    with_secret());
    REQUIRE(program.read_until([&] { return has(program.error, "signing in"); }));
    program.signal(SIGTERM);
    CHECK(program.wait() == 143);
}

TEST_CASE("serve says how to call it and ends cleanly") {
    const TemporaryDirectory directory;
    const std::string ca = directory.file("ca.pem");
    Program program({"serve", "--port", "0", "--ca-out", ca}, with_secret());
    const std::string line = program.first_line();
    CHECK(has(line, "serving: --endpoint https://127.0.0.1:"));
    CHECK(has(line, "--ca-file " + ca));
    CHECK(has(contents_of(ca), "BEGIN CERTIFICATE"));
    CHECK(!has(contents_of(ca), "PRIVATE KEY"));
    const auto begun = Clock::now();
    program.signal(SIGINT);
    CHECK(program.wait() == 0);
    CHECK(Clock::now() - begun < std::chrono::seconds(5));
}

TEST_CASE("a port that is taken is an error") {
    const Server server;
    const TemporaryDirectory directory;
    const Run refused =
        run({"serve", "--port", std::to_string(server.port), "--ca-out", directory.file("ca.pem")},
            with_secret());
    CHECK(refused.status == 9);
    CHECK(has(one_line(refused), "serve: "));
}
