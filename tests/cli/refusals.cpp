// SPDX-License-Identifier: BSL-1.0
// What the service refuses: each with its own line and exit code, and nothing stored.

#include "cli/server.hpp"

#include <string>

using namespace mde_test;

namespace {

/// A fetch that fails with `status`, says `words` and leaves nothing.
void check_refused(const Server& server, int status, std::string_view words, const Words& more = {},
                   const Setting& setting = with_secret()) {
    const TemporaryDirectory directory;
    const std::string out = directory.file("packages");
    const Run refused = server.fetch(out, more, setting);
    CHECK(refused.status == status);
    const std::string line = one_line(refused);
    INFO(line);
    CHECK(has(line, words));
    CHECK(refused.out == "");
    CHECK(is_empty(out));
}

Words fetch_of(std::string_view action, const std::string& out) {
    return {"fetch", "--action-id", std::string(action), "--out", out};
}

} // namespace

TEST_CASE("a wrong secret is refused at sign-in") {
    const Server server;
    check_refused(server, 3, "sign-in was refused [code=invalid_client", {},
                  with_secret(wrong_secret));
}

TEST_CASE("a tenant that is not known is refused at sign-in") {
    const Server server;
    const TemporaryDirectory directory;
    const Run refused = run(
        fetch_of(finished_action, directory.file("x")) + server.servers() + server.trust() +
            Words{"--tenant-id", "nobody.example", "--client-id", server.client} + Server::brief(),
        with_secret());
    CHECK(refused.status == 3);
    CHECK(has(one_line(refused), "sign-in was refused"));
}

TEST_CASE("a missing permission is named") {
    const Server server({"--drop-permission", "Machine.Read.All", "Machine.ReadWrite.All"});
    check_refused(server, 4, "a permission is missing [code=Forbidden");
    const Server collector({"--drop-permission", "Machine.CollectForensics"});
    const Run refused =
        run(Words{"collect", "--machine-id", std::string(machine), "--comment", "c"} +
                collector.access(),
            with_secret());
    CHECK(refused.status == 4);
    CHECK(has(one_line(refused), "Machine.CollectForensics"));
}

TEST_CASE("an action that nobody knows is not found") {
    const Server server;
    const TemporaryDirectory directory;
    const Run refused =
        run(fetch_of(other_action, directory.file("x")) + server.access(), with_secret());
    CHECK(refused.status == 5);
    CHECK(has(one_line(refused), "there is no such action"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("an action that has not finished has no package yet") {
    const Server server({"--collect-seconds", "3600"});
    const Run collected = run(
        Words{"collect", "--machine-id", std::string(machine), "--comment", "c"} + server.access(),
        with_secret());
    REQUIRE(collected.status == 0);
    const std::string action = collected.out.substr(0, 36);
    const TemporaryDirectory directory;
    const Run refused = run(fetch_of(action, directory.file("x")) + server.access(), with_secret());
    CHECK(refused.status == 6);
    CHECK(has(one_line(refused), "the action has not finished"));
    CHECK(has(refused.error, "mde-package wait --action-id"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a link that is dead on arrival is asked for again and then given up") {
    const Server server({"--link-lifetime", "0"});
    check_refused(server, 7, "the download host no longer accepts the link", {"--links", "2"});
}

TEST_CASE("a certificate of an unknown authority is refused") {
    const Server server;
    const Server other;
    const TemporaryDirectory directory;
    const Words rest = server.servers() + server.identity() + Server::brief();
    const Run system = run(fetch_of(finished_action, directory.file("x")) + rest, with_secret());
    CHECK(system.status == 8);
    CHECK(has(one_line(system), "the certificate's issuer is unknown"));
    CHECK(has(system.error, "--ca-file"));
    const Run wrong =
        run(fetch_of(finished_action, directory.file("x")) + rest + other.trust(), with_secret());
    CHECK(wrong.status == 8);
    one_line(wrong);
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a file without a certificate is no authority") {
    const Server server;
    const TemporaryDirectory directory;
    directory.write("empty.pem", "nothing\n");
    const Run refused =
        run(fetch_of(finished_action, directory.file("x")) + server.servers() + server.identity() +
                Server::brief() + Words{"--ca-file", directory.file("empty.pem")},
            with_secret());
    CHECK(refused.status == 8);
    CHECK(has(one_line(refused), "--ca-file"));
}

TEST_CASE("a link to a host that is not allowed is not followed") {
    const Server server;
    const TemporaryDirectory directory;
    const Run refused = run(fetch_of(finished_action, directory.file("x")) + server.servers() +
                                server.identity() + server.trust() + Server::brief(),
                            with_secret());
    CHECK(refused.status == 16);
    const std::string line = one_line(refused);
    CHECK(has(line, "not on the list of allowed hosts"));
    CHECK(has(line, "link host " + server.link_host));
    CHECK(has(line, "--allow-link-host"));
    CHECK(is_empty(directory.file("x")));
}

TEST_CASE("a package that is larger than allowed is refused before a file is made") {
    const Server server;
    check_refused(server, 13, "the package is larger than allowed", {"--max-bytes", "204799"});
    const TemporaryDirectory directory;
    CHECK(server.fetch(directory.path(), {"--max-bytes", "200K"}).status == 0);
}

TEST_CASE("a collection that did not succeed says how it ended") {
    for (const auto& [status, words] :
         {std::pair("Failed", "the collection failed on the machine"),
          std::pair("TimeOut", "the machine did not finish the collection in time"),
          std::pair("Cancelled", "the collection was cancelled")}) {
        const Server server({"--fail-actions", status});
        const TemporaryDirectory directory;
        const Run failed = run(Words{"collect", "--machine-id", std::string(machine), "--comment",
                                     "c", "--fetch", "--out", directory.file("x")} +
                                   server.access(),
                               with_secret());
        CHECK(failed.status == 11);
        CHECK(has(one_line(failed), words));
        CHECK(is_empty(directory.file("x")));
    }
}
