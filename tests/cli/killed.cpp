// SPDX-License-Identifier: BSL-1.0
// A job over many machines whose process is killed at any moment, and is started again.

#include "cli/fleet_job.hpp"

#include <csignal>
#include <cstddef>
#include <functional>
#include <string_view>

using namespace mde_test;

namespace {

/// Links asked for by the process that signed in last. What a killed one left on its way arrives
/// before that.
std::size_t links_since_sign_in(const Server& server) {
    std::size_t links = 0;
    for (const LoggedLine& line : server.log.lines()) {
        if (line.stage == "sign-in") links = 0;
        if (line.stage == "get-link") ++links;
    }
    return links;
}

/// Runs the job until it is killed, or has come to its end before (then false).
bool run_until(const Server& server, const FleetJob& job, const std::function<bool()>& moment) {
    const std::size_t missing = fleet_machines.size() - job.stored();
    const std::size_t signed_in = server.log.count("sign-in");
    Program program(job.words(), with_secret());
    program.wait_for(moment);
    if (!program.has_ended()) program.signal(SIGKILL);
    const int status = program.wait();
    CHECK((status == 0 || status == -SIGKILL));
    // No more packages are asked for than were missing before.
    if (server.log.count("sign-in") > signed_in) CHECK(links_since_sign_in(server) <= missing);
    return status != 0;
}

/// What must be so however often the process was killed.
void check_end(const Server& server, const FleetJob& job) {
    const std::size_t missing = fleet_machines.size() - job.stored();
    const std::size_t signed_in = server.log.count("sign-in");
    const Run last = job.run();
    INFO(last.error);
    CHECK(last.status == 0);
    // With nothing left to fetch nobody has to sign in.
    CHECK((missing == 0 || server.log.count("sign-in") > signed_in));
    if (server.log.count("sign-in") > signed_in) CHECK(links_since_sign_in(server) == missing);
    job.check_all_stored();
    CHECK(server.log.count("collect", 201) == fleet_machines.size());
    check_for_secrets(contents_of(server.log.path()));
}

/// Killed once, as soon as the service has seen `stage` for the nth time.
void check_killed_at(std::string_view stage, std::size_t n, const Words& how = {}) {
    CAPTURE(stage);
    CAPTURE(n);
    const Server server(Words{"--no-quota", "--package-size", "2M"} + how);
    const FleetJob job(server);
    run_until(server, job, [&] { return server.log.count(stage) >= n; });
    CHECK(server.log.count(stage) >= n);
    check_end(server, job);
}

} // namespace

TEST_CASE("a job killed while it signs in loses nothing") { check_killed_at("sign-in", 1); }

TEST_CASE("a job killed after any of its collections doubles none") {
    for (std::size_t n = 1; n <= fleet_machines.size(); ++n) check_killed_at("collect", n);
}

TEST_CASE("a job killed while a collection gets no answer doubles none") {
    check_killed_at("collect", 1, {"--fault", "collect:1:drop"});
    check_killed_at("collect", 4, {"--fault", "collect:4:drop"});
}

TEST_CASE("a job killed while it looks goes on to look") {
    check_killed_at("list-actions", 1);
    check_killed_at("get-action", 1);
}

TEST_CASE("a job killed after any of its links fetches what is missing") {
    for (std::size_t n = 1; n <= fleet_machines.size(); ++n) check_killed_at("get-link", n);
}

TEST_CASE("a job killed in a download fetches what is missing") {
    for (std::size_t n = 1; n <= fleet_machines.size(); ++n) check_killed_at("download", n);
    check_killed_at("download", 4, {"--download-delay", "0.3"});
}

TEST_CASE("a job killed after any of its packages fetches the others only") {
    for (std::size_t n = 1; n <= fleet_machines.size(); ++n) {
        CAPTURE(n);
        const Server server({"--no-quota"});
        const FleetJob job(server);
        run_until(server, job, [&] { return job.stored() >= n; });
        CHECK(job.stored() >= n);
        check_end(server, job);
    }
}

TEST_CASE("a job killed again and again comes to its end") {
    const Server server({"--no-quota"});
    const FleetJob job(server);
    // Each run gets further into the job than a run that only begins again would.
    for (std::size_t requests = 1;; ++requests) {
        const std::size_t before = server.log.count();
        if (!run_until(server, job, [&] { return server.log.count() >= before + requests; })) break;
        REQUIRE(requests < 100);
    }
    check_end(server, job);
}
