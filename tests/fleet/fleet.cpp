// SPDX-License-Identifier: BSL-1.0
// Many processes, many tenants, one Redis: what is left when some of them die.

#include "fleet/fleet_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace mde_test;
using namespace std::chrono_literals;

namespace {

/// A minute of a second; a call of the service is counted for two.
const Words hurried{"--quota-minute", "1", "--quota-margin", "1"};
/// No quota to speak of.
const Words free_of_quota{"--quota-minute", "0.01", "--quota-margin", "0.01"};

std::size_t stored_in(const std::string& error) {
    const std::size_t end = error.rfind(" stored, ");
    if (end == std::string::npos) return 0;
    return std::stoul(error.substr(error.rfind(' ', end - 1) + 1));
}

} // namespace

TEST_CASE("two workers die and Redis is restarted and every package is stored once") {
    constexpr std::size_t machines = 20;
    FleetWorld world(3, machines,
                     {"--quota-minute", "1", "--collect-seconds", "0.5", "--package-size", "200K",
                      "--download-delay", "0.3"});
    Program fleet(world.words(hurried + Words{"--workers", "4", "--jobs", "8", "--lease", "3"}),
                  FleetWorld::setting());
    REQUIRE(fleet.read_until([&] { return workers_of(fleet.error).size() == 4; }));
    const std::vector<::pid_t> workers = workers_of(fleet.error);

    // The first one dies while collections are being asked for, the second one amid downloads.
    REQUIRE(fleet.wait_for([&] { return world.count("collect") >= 5; }));
    ::kill(workers[0], SIGKILL);
    REQUIRE(fleet.wait_for([&] { return world.count("download") >= 12; }));
    ::kill(workers[1], SIGKILL);
    REQUIRE(fleet.read_until([&] { return stored_in(fleet.error) >= 20; }));
    world.redis.kill();
    REQUIRE(fleet.read_until([&] { return has(fleet.error, "redis cannot be asked"); }));
    world.redis.start();

    const int status = fleet.wait();
    INFO(fleet.error);
    CHECK(status == 0);
    world.check_all_stored(fleet.out, machines);
    for (const auto& site : world.sites()) {
        CHECK(site->log.count("get-link", 429) == 0);
        CHECK(site->log.count("get-link", 200) >= machines);
        CHECK(most_within(site->log, "get-link", 1s) <= 2);
    }
    CHECK(has(fleet.error, "2 of 4 workers"));
    CHECK_FALSE(has(fleet.error, "0 of 4 workers, 0 takeovers"));
}

TEST_CASE("a worker that was asleep finds its jobs taken and spoils none") {
    FleetWorld world(1, 6,
                     {"--no-quota", "--collect-seconds", "0.1", "--package-size", "200K",
                      "--download-delay", "1"});
    Program fleet(
        world.words(free_of_quota + Words{"--workers", "2", "--jobs", "3", "--lease", "1"}),
        FleetWorld::setting());
    REQUIRE(fleet.read_until([&] { return workers_of(fleet.error).size() == 2; }));
    const ::pid_t sleeper = workers_of(fleet.error).front();
    REQUIRE(fleet.wait_for([&] { return world.count("download") >= 4; }));
    ::kill(sleeper, SIGSTOP);
    const bool taken_over = fleet.read_until([&] {
        return has(fleet.error, " 1 takeovers") || has(fleet.error, " 2 takeovers") ||
               has(fleet.error, " 3 takeovers");
    });
    ::kill(sleeper, SIGCONT);
    CHECK(taken_over);
    const int status = fleet.wait();
    INFO(fleet.error);
    CHECK(status == 0);
    world.check_all_stored(fleet.out, 6);
}

TEST_CASE("a fleet that a signal ended puts its jobs back and goes on with the same command") {
    FleetWorld world(2, 3,
                     {"--no-quota", "--collect-seconds", "0.1", "--package-size", "200K",
                      "--download-delay", "1"});
    const Words words = world.words(free_of_quota + Words{"--workers", "2", "--jobs", "3"});
    {
        Program fleet(words, FleetWorld::setting());
        REQUIRE(fleet.wait_for([&] { return world.count("download") == 6; }));
        fleet.signal(SIGTERM);
        CHECK(fleet.wait() == 143);
    }
    const Run shown = run(Words{"show"} + world.access(), FleetWorld::setting());
    CHECK(shown.status == 17);
    CHECK(has(shown.out, "tenant-1.example"));
    CHECK(has(shown.out,
              "6 jobs, 0 takeovers: 0 waiting, 0 asking, 0 running, 6 ready, 0 stored, 0 failed"));
    const Run again = run(words, FleetWorld::setting());
    INFO(again.error);
    CHECK(again.status == 0);
    CHECK(has(again.error, " 0 takeovers"));
    world.check_all_stored(again.out, 3);
    // All is over: there is nothing to do, and it is told again.
    const Run once_more = run(words, FleetWorld::setting());
    CHECK(once_more.status == 0);
    CHECK(once_more.out == again.out);
    CHECK(world.count("collect") == 6);
}

TEST_CASE("workers do not outlive the process that started them") {
    FleetWorld world(1, 1, {"--no-quota", "--collect-seconds", "3600"});
    std::vector<::pid_t> workers;
    {
        Program fleet(world.words({"--workers", "2"}), FleetWorld::setting());
        REQUIRE(fleet.wait_for([&] { return world.count("collect") == 1; }));
        REQUIRE(fleet.read_until([&] { return workers_of(fleet.error).size() == 2; }));
        workers = workers_of(fleet.error);
        fleet.signal(SIGKILL);
        CHECK(fleet.wait() == -SIGKILL);
    }
    for (const ::pid_t worker : workers) CHECK(eventually([&] { return ::kill(worker, 0) != 0; }));
}

TEST_CASE("one job's failure stays its own and is told") {
    FleetWorld world(2, 2,
                     {"--no-quota", "--collect-seconds", "0.1", "--package-size", "200K", "--fault",
                      "get-link:2:403"});
    const Run done =
        run(world.words(free_of_quota + Words{"--workers", "1"}), FleetWorld::setting());
    INFO(done.error);
    CHECK(done.status == 17);
    CHECK(has(done.error, "2 of 4 jobs have no package"));
    CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 4);
    CHECK(has(done.out, R"("phase":"failed")"));
    CHECK(has(done.out, "a permission is missing"));
}

TEST_CASE("what cannot be a fleet is refused before anything is asked for") {
    FleetWorld world(1, 1, {});
    Setting setting = FleetWorld::setting();
    setting.environment.clear();
    const Run secret = run(world.words({}), setting);
    CHECK(secret.status == 2);
    CHECK(has(secret.error, "AZURE_CLIENT_SECRET is not set"));
    const Run tenant =
        run(world.words({"--tenant", world.file("machines")}), FleetWorld::setting());
    CHECK(tenant.status == 2);
    CHECK(has(tenant.error, "is no JSON object"));
    world.redis.kill();
    const Run away = run(world.words({}), FleetWorld::setting());
    CHECK(away.status == 10);
    CHECK(has(away.error, "redis: no connection could be made"));
    CHECK(world.count("sign-in") == 0);
}
