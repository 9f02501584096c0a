// SPDX-License-Identifier: BSL-1.0
// A process that is stopped and goes on later, as in a debugger or on a machine that is put to
// sleep: waiting and downloading end well.
#include "cli/relay.hpp"
#include "cli/server.hpp"

#include <chrono>
#include <csignal>
#include <string>

using namespace mde_test;

namespace {

/// Stops it, and returns once it stands.
void stop_process(const Program& program) {
    program.signal(SIGSTOP);
    REQUIRE(eventually([&] {
        const std::string status = contents_of("/proc/" + std::to_string(program.id()) + "/stat");
        return has(status, ") T ");
    }));
}

} // namespace

TEST_CASE("a wait that was stopped while the action finished ends with it") {
    const Server server({"--collect-seconds", "1"});
    const Run collected =
        run(Words{"collect", "--json", "--machine-id", std::string(machine), "--comment", "why"} +
                server.access(),
            with_secret());
    REQUIRE(collected.status == 0);
    const auto action = mde::wire::parse_json_object(collected.out);
    REQUIRE(action);
    const std::string id = mde::wire::Members(*action).string("id").value_or("");
    Program program(Words{"wait", "--action-id", id} + server.access(), with_secret());
    REQUIRE(program.wait_for([&] { return server.log.count("get-action") > 0; }));
    stop_process(program);
    REQUIRE(eventually([&] {
        return has(run(Words{"status", "--action-id", id} + server.access(), with_secret()).out,
                   "Succeeded");
    }));
    program.signal(SIGCONT);
    CHECK(program.wait() == 0);
    CHECK(has(program.out, "Succeeded"));
}

TEST_CASE("a download that was stopped for longer than the idle limit ends well") {
    Relay relay(std::size_t(1) << 40, Relay::After::stall);
    relay.slow_down(std::chrono::milliseconds(1));
    const Server server({"--package-size", "2M", "--link-host", relay.host()});
    relay.begin(server.port);
    const TemporaryDirectory directory;
    Program program(Words{"fetch", "--action-id", std::string(finished_action), "--out",
                          directory.path(), "--quiet", "--idle-timeout", "0.05",
                          "--allow-link-host", relay.host()} +
                        server.servers() + server.identity() + server.trust(),
                    with_secret());
    REQUIRE(relay.wait_until_passed(200'000, Program::patience));
    stop_process(program);
    const auto stopped = Program::Clock::now();
    REQUIRE(eventually(
        [&] { return Program::Clock::now() - stopped > std::chrono::milliseconds(90); }));
    program.signal(SIGCONT);
    INFO(program.error);
    CHECK(program.wait() == 0);
    const Run verified = run({"verify", directory.path()});
    INFO(verified.out);
    CHECK(verified.status == 0);
}
