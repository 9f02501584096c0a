// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/collect_action.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::CollectAction;

namespace {

/// The service's answer to a collection is lost in the way of a fault.
service::Fault lost_answer(unsigned status, service::Effect effect, unsigned count = 1) {
    service::Fault fault;
    fault.stage = Stage::collect;
    fault.status = status;
    fault.effect = effect;
    fault.count = count;
    return fault;
}

std::size_t actions_of(World& world) {
    std::size_t found = 0;
    world.emulator.actions().visit([&](const service::TimedAction&) {
        ++found;
        return true;
    });
    return found;
}

} // namespace

TEST_CASE("a collection that is answered takes one call") {
    World world;
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(action->machine_id == world_machine);
    CHECK(world.calls(Stage::list_actions) == 0);
}

TEST_CASE("a collection whose answer was lost is found in the list and not begun twice") {
    for (const unsigned status : {500u, 502u, 504u}) {
        CAPTURE(status);
        World world;
        world.emulator.add(lost_answer(status, service::Effect::takes_place));
        const auto action = world.run<CollectAction>(collection());
        REQUIRE(action);
        CHECK(action->requestor_comment == "suspicious sign-in");
        CHECK(world.calls(Stage::collect) == 1);
        CHECK(world.calls(Stage::list_actions) == 1);
        CHECK(world.diagnostics.http_status == 0);
    }
}

TEST_CASE("a connection that breaks behind the request is treated the same") {
    World world;
    service::Fault fault;
    fault.stage = Stage::collect;
    fault.cut_after = 10;
    world.emulator.add(fault);
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(world.calls(Stage::collect) == 1);
    CHECK(actions_of(world) == 1);
}

TEST_CASE("a collection whose answer cannot be read is found in the list") {
    for (const service::Distortion distortion :
         {service::Distortion::garbled_json, service::Distortion::html_page}) {
        World world;
        service::Fault fault;
        fault.stage = Stage::collect;
        fault.distortion = distortion;
        world.emulator.add(fault);
        const auto action = world.run<CollectAction>(collection());
        REQUIRE(action);
        CHECK(action->requestor_comment == "suspicious sign-in");
        CHECK(world.calls(Stage::collect) == 1);
        CHECK(actions_of(world) == 1);
    }
}

TEST_CASE("a collection that had no effect is begun again after three looks") {
    World world;
    world.emulator.add(lost_answer(502, service::Effect::none));
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(world.calls(Stage::collect) == 2);
    CHECK(world.calls(Stage::list_actions) == 3);
    CHECK(actions_of(world) == 1);
}

TEST_CASE("a list that lags behind is looked at again") {
    World world;
    world.emulator.settings().hidden_for = 8s;
    world.emulator.add(lost_answer(504, service::Effect::takes_place));
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(world.calls(Stage::collect) == 1);
    CHECK(world.calls(Stage::list_actions) == 3);
}

TEST_CASE("a list that lags for long leads to the running collection all the same") {
    World world;
    world.emulator.settings().hidden_for = 14s;
    world.emulator.settings().schedule.to_final = 60s;
    world.emulator.add(lost_answer(504, service::Effect::takes_place));
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(world.calls(Stage::collect) == 2);
    CHECK(world.emulator.log().count(Stage::collect, 400) == 1);
    CHECK(actions_of(world) == 1);
}

TEST_CASE("an attempt that stays unclear ends so and never more often than the tries") {
    World world;
    world.emulator.add(lost_answer(502, service::Effect::none, 0));
    const auto action = world.run<CollectAction>(collection());
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::outcome_unknown);
    CHECK(world.calls(Stage::collect) == world.settings.retry.tries);
    CHECK(world.diagnostics.http_status == 502);
}

TEST_CASE("nothing is repeated while the list cannot be read") {
    World world;
    world.emulator.add(lost_answer(502, service::Effect::takes_place));
    service::Fault no_list;
    no_list.stage = Stage::list_actions;
    no_list.status = 403;
    no_list.count = 0;
    world.emulator.add(no_list);
    const auto action = world.run<CollectAction>(collection());
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::outcome_unknown);
    CHECK(world.calls(Stage::collect) == 1);
    CHECK(world.diagnostics.stage == Stage::collect);
    CHECK(world.diagnostics.http_status == 502);
}

TEST_CASE("somebody else's running collection is refused by default and named") {
    World world;
    const MachineActionId running = world.action();
    const auto action = world.run<CollectAction>(collection());
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::already_running);
    CHECK(world.diagnostics.code == "ActiveRequestAlreadyExists");
    CHECK(world.diagnostics.message.find(running.text()) != std::string::npos);
}

TEST_CASE("somebody else's running collection is adopted when asked to") {
    World world;
    world.settings.running_collection = RunningCollection::adopt;
    const MachineActionId running = world.action();
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(action->id == running);
    CHECK(actions_of(world) == 1);
}

TEST_CASE("of several actions only one that runs is adopted") {
    World world;
    world.settings.running_collection = RunningCollection::adopt;
    world.finished_action();
    const MachineActionId running = world.action();
    const auto action = world.run<CollectAction>(collection());
    REQUIRE(action);
    CHECK(action->id == running);
}

TEST_CASE("an attempt of a killed process is found before another one is made") {
    World world;
    const auto first = world.run<CollectAction>(collection());
    REQUIRE(first);
    world.clock.advance(30s);
    const flow::EarlierAttempt earlier{world.clock.now().utc - std::chrono::seconds(40)};
    const auto second = world.run<CollectAction>(collection(), earlier);
    REQUIRE(second);
    CHECK(second->id == first->id);
    CHECK(world.calls(Stage::collect) == 1);
}

TEST_CASE("an attempt of a killed process that never left is made now") {
    World world;
    // An old one with the same words is not taken for it.
    world.run<CollectAction>(collection());
    world.clock.advance(30min);
    const auto action =
        world.run<CollectAction>(collection(), flow::EarlierAttempt{world.clock.now().utc});
    REQUIRE(action);
    CHECK(world.calls(Stage::collect) == 2);
    CHECK(actions_of(world) == 2);
}

TEST_CASE("a comment that will not do is refused before anything is asked") {
    World world;
    const auto action =
        world.run<CollectAction>(CollectInvestigationPackage{collection().machine, ""});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::malformed_comment);
    CHECK(world.recorder.events.empty());
}

TEST_CASE("a deadline ends the looking") {
    World world;
    world.emulator.add(lost_answer(502, service::Effect::none));
    const auto action =
        world.run_until<CollectAction>(world.clock.now().monotonic + 4s, collection());
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::outcome_unknown);
    CHECK(world.calls(Stage::collect) == 1);
}
