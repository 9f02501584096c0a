// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/await_action.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::AwaitAction;

TEST_CASE("a watch ends with success and tells the observer each status") {
    World world;
    const auto action = world.run<AwaitAction>(world.action());
    REQUIRE(action);
    CHECK(action->status == MachineActionStatus::succeeded);
    CHECK(world.recorder.count<observed::Action>() == 2);
    CHECK(world.recorder.waited(WaitReason::poll) == 5s);
}

TEST_CASE("each way to end without success is an error of its own") {
    const std::pair<MachineActionStatus, errc> endings[] = {
        {MachineActionStatus::failed, errc::action_failed},
        {MachineActionStatus::time_out, errc::action_timed_out},
        {MachineActionStatus::cancelled, errc::action_cancelled},
    };
    for (const auto& [status, error] : endings) {
        World world;
        const auto action = world.run<AwaitAction>(world.action(status));
        REQUIRE_FALSE(action);
        CHECK(action.error() == error);
        CHECK(world.diagnostics.code == wire::machine_action_statuses.name_of(status));
    }
}

TEST_CASE("the machine's error number is in the diagnostics") {
    World world;
    CHECK_FALSE(world.run<AwaitAction>(world.action(MachineActionStatus::failed)));
    CHECK(world.diagnostics.message == "errorHResult 0x80070005");
}

TEST_CASE("a fresh action may be unknown for a while") {
    World world;
    world.emulator.settings().hidden_for = 30s;
    CHECK(world.run<AwaitAction>(world.action()));
    CHECK(world.emulator.log().count(Stage::get_action, 404) > 1);
}

TEST_CASE("a replica that does not know the action yet does not end the watch") {
    World world;
    world.emulator.settings().api.replica_lag = 20s;
    CHECK(world.run<AwaitAction>(world.action()));
    CHECK(world.emulator.log().count(Stage::get_action, 404) == 1);
}

TEST_CASE("an action that stays unknown ends the watch") {
    World world;
    const auto action =
        world.run<AwaitAction>(*MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff"));
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::action_not_found);
    CHECK(world.recorder.waited(WaitReason::poll) >= world.settings.poll.unknown_grace);
}

TEST_CASE("a watch gives up when the deadline comes before the next look") {
    World world;
    const MachineActionId id = world.action();
    world.emulator.set_schedule(id, {1s, 1h, MachineActionStatus::succeeded, 0});
    const MonotonicTime begun = world.clock.now().monotonic;
    const auto action = world.run_until<AwaitAction>(begun + 60s, id);
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::deadline_exceeded);
    CHECK(world.clock.now().monotonic < begun + 60s);
}

TEST_CASE("a watch keeps within the quota of the call") {
    World world;
    world.settings.poll.first = world.settings.poll.most = 10ms;
    const MachineActionId id = world.action();
    world.emulator.set_schedule(id, {1s, 10min, MachineActionStatus::succeeded, 0});
    CHECK(world.run<AwaitAction>(id));
    CHECK(world.emulator.log().count(Stage::get_action, 429) == 0);
    CHECK(world.recorder.waited(WaitReason::quota) > 0s);
}
