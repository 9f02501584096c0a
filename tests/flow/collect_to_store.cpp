// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/collect_to_store.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using Job = flow::CollectToStore<SumHasher>;

TEST_CASE("the whole job ends with a stored package and its receipt") {
    World world;
    const auto receipt = world.run<Job>(collection());
    REQUIRE(receipt);
    CHECK(receipt->comment == "suspicious sign-in");
    CHECK(receipt->machine == world_machine);
    CHECK(world.store.find(PackageKey{*MachineActionId::parse(receipt->action)}));
    CHECK(world.calls(Stage::collect) == 1);
    CHECK(world.calls(Stage::get_link) == 1);
    CHECK(world.calls(Stage::download) == 1);
}

TEST_CASE("the observer learns the action's id as soon as there is one") {
    World world;
    world.emulator.settings().schedule.final_status = MachineActionStatus::failed;
    const auto receipt = world.run<Job>(collection());
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::action_failed);
    for (const auto& event : world.recorder.events)
        if (const auto* action = std::get_if<observed::Action>(&event))
            CHECK_FALSE(action->id.empty());
    CHECK(world.recorder.count<observed::Action>() >= 2);
}

TEST_CASE("no link is asked for while the action runs") {
    World world;
    world.emulator.settings().schedule.to_final = 10min;
    REQUIRE(world.run<Job>(collection()));
    CHECK(world.emulator.log().count(Stage::get_link, 404) == 0);
    CHECK(world.calls(Stage::get_link) == 1);
}

TEST_CASE("replicas that lag behind each other cost time and no package") {
    std::size_t denied = 0;
    for (const bool is_behind_first : {false, true}) {
        World world;
        world.emulator.settings().api.replica_lag = 20s;
        if (is_behind_first) REQUIRE(world.run<flow::AwaitAction>(world.finished_action()));
        REQUIRE(world.run<Job>(collection()));
        denied += world.emulator.log().count(Stage::get_link, 404);
    }
    CHECK(denied >= 1);
}

TEST_CASE("a collection that runs already ends the job") {
    World world;
    world.emulator.settings().schedule.to_final = 10min;
    world.action();
    const auto receipt = world.run<Job>(collection());
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::already_running);
}
