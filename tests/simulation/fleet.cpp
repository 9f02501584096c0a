// SPDX-License-Identifier: BSL-1.0
// A day of one tenant, and a death at each step of it.
#include "support/simulation.hpp"

#include <mde/service/generated_package.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

MachineId machine(std::size_t number) {
    std::string id = std::to_string(number);
    id.insert(0, 40 - id.size(), 'a');
    return *MachineId::parse(id);
}

FleetState fleet_of(std::size_t count) {
    std::vector<MachineId> machines;
    for (std::size_t i = 0; i < count; ++i) machines.push_back(machine(i));
    return FleetState::of(*TenantId::parse(world_tenant), "the day of the fleet", machines);
}

std::size_t collections_of(Simulation& world) {
    std::size_t found = 0;
    world.emulator.actions().visit([&](const service::TimedAction&) {
        ++found;
        return true;
    });
    return found;
}

std::size_t packages_of(Simulation& world, const FleetState& state) {
    std::size_t found = 0;
    for (const FleetJob& job : state.jobs)
        found += job.action && world.store.find(PackageKey{*job.action}) ? 1u : 0u;
    return found;
}

void set_up(Simulation& world) {
    world.emulator.settings().token_lifetime = std::chrono::hours(24);
    world.emulator.settings().schedule = {20s, 150s, MachineActionStatus::succeeded, 0};
    world.tokens.current = world.tokens.renewed =
        world.emulator.make_token(World::application(), world.clock.now());
    world.emulator.packages().put_for_all(service::GeneratedPackage(4096));
}

service::Fault fault(Stage stage, unsigned first, unsigned count) {
    service::Fault fault;
    fault.stage = stage;
    fault.first = first;
    fault.count = count;
    return fault;
}

service::Fault storm(Stage stage, unsigned first, unsigned count, const char* retry_after) {
    service::Fault storm = fault(stage, first, count);
    storm.status = 429;
    storm.retry_after = retry_after;
    return storm;
}

/// 404, the next `count` times; 0: always.
service::Fault denial(Stage stage, unsigned count) {
    service::Fault denial = fault(stage, 1, count);
    denial.status = 404;
    return denial;
}

} // namespace

TEST_CASE("500 machines in one tenant at the speed that the quotas allow") {
    Simulation world;
    set_up(world);
    // Every tenth link is dead on arrival, and is replaced.
    for (unsigned n = 10; n < 550; n += 10) {
        service::Fault dead = fault(Stage::get_link, n, 1);
        dead.distortion = service::Distortion::expired_link;
        world.emulator.add(dead);
    }
    const MonotonicTime begun = world.clock.now().monotonic;
    SimulatedFleet fleet(world, fleet_of(500));
    REQUIRE(fleet.run());

    const FleetState& state = fleet.fleet().state();
    CHECK(state.count(JobPhase::stored) == 500);
    CHECK(packages_of(world, state) == 500);
    CHECK(collections_of(world) == 500);
    const auto links = admitted(world.emulator.log(), Stage::get_link);
    CHECK(links.size() == 554);
    CHECK(world.emulator.log().count(Stage::get_link, 429) == 0);
    CHECK(most_within(links, 60s) == 2);
    CHECK(most_within(links, 3600s) <= 120);
    CHECK(most_within(admitted(world.emulator.log(), Stage::collect), 60s) <= 100);
    CHECK(most_within(admitted(world.emulator.log(), Stage::get_action), 60s) <= 100);
    CHECK(most_within(admitted(world.emulator.log(), Stage::list_actions), 3600s) <= 1500);

    // Two links a minute: the last pair can leave after all pairs before it have had their minute.
    const Duration allowed = 60s * ((static_cast<int>(links.size()) - 1) / 2);
    const Duration taken = world.clock.now().monotonic - begun;
    CHECK(taken >= allowed);
    CHECK(static_cast<double>(taken.count()) <= 1.03 * static_cast<double>(allowed.count()));
}

TEST_CASE("a day of storms: every call is throttled in turn and nothing is lost") {
    Simulation world;
    set_up(world);
    world.emulator.add(storm(Stage::collect, 5, 3, "30"));
    world.emulator.add(storm(Stage::collect, 60, 2, ""));
    world.emulator.add(storm(Stage::list_actions, 2, 3, "45"));
    world.emulator.add(storm(Stage::get_action, 20, 3, "10"));
    for (unsigned n = 15; n < 200; n += 40) world.emulator.add(storm(Stage::get_link, n, 2, "90"));
    service::Fault down = fault(Stage::download, 30, 2);
    down.status = 503;
    world.emulator.add(down);
    service::Fault cut = fault(Stage::download, 50, 3);
    cut.cut_after = 1000;
    world.emulator.add(cut);
    SimulatedFleet fleet(world, fleet_of(100));
    REQUIRE(fleet.run());
    const FleetState& state = fleet.fleet().state();
    CHECK(state.count(JobPhase::stored) == 100);
    CHECK(packages_of(world, state) == 100);
    CHECK(collections_of(world) == 100);
    CHECK(most_within(admitted(world.emulator.log(), Stage::get_link), 60s) <= 2);
    CHECK(most_within(admitted(world.emulator.log(), Stage::get_link), 3600s) <= 120);
}

TEST_CASE("one machine's failure stays its own") {
    Simulation world;
    set_up(world);
    const auto ends_as = [](MachineActionStatus status) {
        service::Schedule schedule;
        schedule.final_status = status;
        return schedule;
    };
    world.emulator.add(service::Machine{std::string(machine(1).text()), "m1",
                                        ends_as(MachineActionStatus::failed)});
    world.emulator.add(service::Machine{std::string(machine(2).text()), "m2",
                                        ends_as(MachineActionStatus::time_out)});
    world.emulator.add(service::Machine{std::string(machine(3).text()), "m3",
                                        ends_as(MachineActionStatus::cancelled)});
    world.emulator.add(service::Machine{std::string(machine(4).text()), "m4", std::nullopt,
                                        service::Feature::off});
    SimulatedFleet fleet(world, fleet_of(6));
    REQUIRE(fleet.run());
    const FleetState& state = fleet.fleet().state();
    CHECK(state.count(JobPhase::stored) == 2);
    CHECK(state.jobs[1].error == errc::action_failed);
    CHECK(state.jobs[1].message.find("errorHResult") != std::string::npos);
    CHECK(state.jobs[2].error == errc::action_timed_out);
    CHECK(state.jobs[3].error == errc::action_cancelled);
    CHECK(state.jobs[4].error == errc::request_refused);
    CHECK(state.jobs[4].message.find("OsPlatformNotSupported") != std::string::npos);
}

TEST_CASE("an error that all would meet stops the fleet and keeps its state") {
    Simulation world;
    set_up(world);
    world.tokens.current = world.tokens.renewed = "of-nobody";
    SimulatedFleet fleet(world, fleet_of(20));
    REQUIRE(fleet.run());
    CHECK(fleet.fleet().error() == errc::unauthorized);
    CHECK(fleet.fleet().state().count(JobPhase::failed) == 0);
    CHECK(world.calls(Stage::collect) <= 2 * FleetOptions().collections);
}

TEST_CASE("replicas that lag behind each other cost a fleet time and no package") {
    // Behind the end of an action, and behind its beginning.
    for (const Duration lag : {20s, 200s}) {
        Simulation world;
        set_up(world);
        world.emulator.settings().api.replica_lag = lag;
        SimulatedFleet fleet(world, fleet_of(20));
        REQUIRE(fleet.run());
        CHECK(fleet.fleet().state().count(JobPhase::stored) == 20);
        CHECK(world.emulator.log().count(Stage::get_action, 404) > 0);
    }
}

TEST_CASE("a fleet that meets one replica only takes its time") {
    Simulation world;
    set_up(world);
    // The looks before the link; the list shows what has ended.
    world.emulator.add(denial(Stage::get_action, 6));
    SimulatedFleet fleet(world, fleet_of(1));
    REQUIRE(fleet.run());
    CHECK(fleet.fleet().state().count(JobPhase::stored) == 1);
}

TEST_CASE("a throttled list is no reason to give up an action at the first 404") {
    Simulation world;
    set_up(world);
    FleetState state = fleet_of(1);
    state.jobs[0].phase = JobPhase::running;
    state.jobs[0].action = world.finished_action();
    world.emulator.add(storm(Stage::list_actions, 1, 1, "180"));
    world.emulator.settings().api.unlisted_for = 1h;
    world.emulator.add(denial(Stage::get_action, 1));
    SimulatedFleet fleet(world, state);
    REQUIRE(fleet.run());
    CHECK(fleet.fleet().state().count(JobPhase::stored) == 1);
}

TEST_CASE("a job whose link is denied for good is given up after a while") {
    for (const auto& [stage, code] : {std::pair(Stage::get_action, errc::action_not_found),
                                      std::pair(Stage::get_link, errc::not_found)}) {
        Simulation world;
        set_up(world);
        world.emulator.add(denial(stage, 0));
        SimulatedFleet fleet(world, fleet_of(1));
        REQUIRE(fleet.run());
        CHECK(fleet.fleet().state().jobs[0].phase == JobPhase::failed);
        CHECK(fleet.fleet().state().jobs[0].error == code);
        CHECK(world.clock.now().monotonic - MonotonicTime(1h) < 15min);
    }
}

TEST_CASE("an action that vanishes is given up after its time") {
    Simulation world;
    set_up(world);
    FleetState state = fleet_of(1);
    state.jobs[0].phase = JobPhase::running;
    state.jobs[0].action = *MachineActionId::parse("11111111-1111-4111-8111-111111111111");
    SimulatedFleet fleet(world, state);
    REQUIRE(fleet.run());
    CHECK(fleet.fleet().state().jobs[0].phase == JobPhase::failed);
    CHECK(fleet.fleet().state().jobs[0].error == errc::action_not_found);
    CHECK(world.clock.now().monotonic - MonotonicTime(1h) >= world.settings.poll.unknown_grace);
}

TEST_CASE("an attempt that cannot be looked for is not made again") {
    Simulation world;
    set_up(world);
    service::Fault lost = fault(Stage::collect, 1, 1);
    lost.distortion = service::Distortion::no_answer;
    world.emulator.add(lost);
    service::Fault unreadable = fault(Stage::list_actions, 1, 0);
    unreadable.distortion = service::Distortion::garbled_json;
    world.emulator.add(unreadable);
    SimulatedFleet fleet(world, fleet_of(1));
    REQUIRE(fleet.run());
    const FleetJob failed = fleet.fleet().state().jobs[0];
    CHECK(failed.phase == JobPhase::failed);
    CHECK(failed.asked);

    world.emulator.faults().clear();
    FleetState state = fleet_of(1);
    state.jobs[0].phase = JobPhase::asking;
    state.jobs[0].asked = failed.asked;
    SimulatedFleet second(world, state);
    REQUIRE(second.run());
    CHECK(second.fleet().state().count(JobPhase::stored) == 1);
    CHECK(collections_of(world) == 1);
}

TEST_CASE("killed at any step and restarted it collects once and stores once") {
    constexpr std::size_t machines = 3;
    std::size_t steps = 0;
    {
        Simulation world;
        set_up(world);
        SimulatedFleet fleet(world, fleet_of(machines));
        while (!fleet.run(1)) ++steps;
    }
    REQUIRE(steps > 40);
    for (std::size_t step = 0; step <= steps; ++step) {
        CAPTURE(step);
        Simulation world;
        set_up(world);
        std::string saved;
        {
            SimulatedFleet fleet(world, fleet_of(machines));
            fleet.run(step);
            saved = fleet.saved();
            fleet.kill();
        }
        const auto state = wire::decode_fleet_state(saved);
        REQUIRE(state);
        world.clock.advance(30s);
        SimulatedFleet fleet(world, *state);
        REQUIRE(fleet.run());
        CHECK(fleet.fleet().state().count(JobPhase::stored) == machines);
        CHECK(collections_of(world) == machines);
        CHECK(packages_of(world, fleet.fleet().state()) == machines);
        // What was on its way when the process died is fetched anew, and nothing else is.
        CHECK(world.calls(Stage::download) <= machines + FleetOptions().downloads);
        CHECK(world.recorder.count<observed::Committed>() == machines);
    }
}

TEST_CASE("killed again and again it still comes to its end") {
    Simulation world;
    set_up(world);
    FleetState state = fleet_of(5);
    std::size_t lives = 0;
    for (bool done = false; !done; ++lives) {
        REQUIRE(lives < 200);
        SimulatedFleet fleet(world, state);
        // Each life is a little longer than the one before, or none would see a download through.
        done = fleet.run(10 + 3 * lives);
        state = *wire::decode_fleet_state(fleet.saved());
        if (!done) fleet.kill();
    }
    CHECK(lives > 3);
    CHECK(collections_of(world) == 5);
    CHECK(packages_of(world, state) == 5);
    CHECK(world.recorder.count<observed::Committed>() == 5);
}
