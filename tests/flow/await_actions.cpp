// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/await_actions.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::AwaitActions;

TEST_CASE("many actions are watched by one list call a round") {
    World world;
    std::vector<MachineActionId> ids;
    for (int i = 0; i < 40; ++i) ids.push_back(world.action());
    const auto all = world.run<AwaitActions>(ids);
    REQUIRE(all);
    REQUIRE(all->size() == 40);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        CHECK((*all)[i].id == ids[i]);
        CHECK_FALSE((*all)[i].error);
        CHECK((*all)[i].action->status == MachineActionStatus::succeeded);
    }
    CHECK(world.calls(Stage::get_action) == 0);
    CHECK(world.calls(Stage::list_actions) == 2);
    // Each was shown as it began and as it ended.
    CHECK(world.recorder.count<observed::Action>() == 80);
}

TEST_CASE("what a replica says that lags is no change") {
    World world;
    world.emulator.settings().api.replica_lag = 30s;
    const MachineActionId id = world.action();
    world.emulator.set_schedule(id, {20s, 5min, MachineActionStatus::succeeded, 0});
    REQUIRE(world.run<AwaitActions>(std::vector{id}));
    CHECK(world.recorder.count<observed::Action>() <= 3);
}

TEST_CASE("each of many ends in its own way") {
    World world;
    const std::vector<MachineActionId> ids{
        world.action(MachineActionStatus::failed), world.action(MachineActionStatus::time_out),
        world.action(MachineActionStatus::cancelled), world.action(MachineActionStatus::succeeded)};
    const auto all = world.run<AwaitActions>(ids);
    REQUIRE(all);
    CHECK((*all)[0].error == errc::action_failed);
    CHECK((*all)[1].error == errc::action_timed_out);
    CHECK((*all)[2].error == errc::action_cancelled);
    CHECK_FALSE((*all)[3].error);
}

TEST_CASE("one that the list does not reach is looked at by itself and then listed too") {
    World world;
    const MachineActionId old = world.action();
    world.emulator.set_schedule(old, {1s, 400s, MachineActionStatus::succeeded, 0});
    world.clock.advance(1s);
    for (unsigned i = 0; i < bounds::list_page; ++i) world.action();
    const auto all = world.run<AwaitActions>(std::vector{old});
    REQUIRE(all);
    CHECK_FALSE((*all)[0].error);
    CHECK(world.calls(Stage::get_action) == 1);
    CHECK(world.calls(Stage::list_actions) > 2);
}

TEST_CASE("an unknown action ends after its grace and the others are not kept") {
    World world;
    const MachineActionId unknown = *MachineActionId::parse("12345678-2222-4333-8444-555555555555");
    const auto all = world.run<AwaitActions>(std::vector{unknown, world.action()});
    REQUIRE(all);
    CHECK((*all)[0].error == errc::action_not_found);
    CHECK_FALSE((*all)[0].action);
    CHECK_FALSE((*all)[1].error);
}

TEST_CASE("nothing to wait for is done at once") {
    World world;
    const auto all = world.run<AwaitActions>(std::vector<MachineActionId>());
    REQUIRE(all);
    CHECK(all->empty());
    CHECK(world.recorder.events.empty());
}

TEST_CASE("a deadline ends the wait for many") {
    World world;
    const MachineActionId slow = world.action();
    world.emulator.set_schedule(slow, {1s, 1h, MachineActionStatus::succeeded, 0});
    const MonotonicTime begun = world.clock.now().monotonic;
    const auto all = world.run_until<AwaitActions>(begun + 60s, std::vector{slow});
    CHECK(all.error() == errc::deadline_exceeded);
    CHECK(world.clock.now().monotonic < begun + 60s);
}
