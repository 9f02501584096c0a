// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/mint_link.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::MintLink;

TEST_CASE("a finished action is traded for a link that counts from the moment it was asked for") {
    World world;
    const MachineActionId id = world.finished_action();
    const MonotonicTime asked = world.clock.now().monotonic;
    const auto uri = world.run<MintLink>(id);
    REQUIRE(uri);
    CHECK(uri->host() == "userrequests-us.securitycenter.windows.com");
    CHECK(uri->expires_at() == asked + 60s);
}

TEST_CASE("both shapes of the answer are read") {
    for (const auto quoting : {service::LinkQuoting::plain, service::LinkQuoting::quoted}) {
        World world;
        world.emulator.settings().link_quoting = quoting;
        CHECK(world.run<MintLink>(world.finished_action()));
    }
}

TEST_CASE("a 404 is sorted into unfinished and unknown and ended without success") {
    World world;
    const auto unfinished = world.run<MintLink>(world.action());
    REQUIRE_FALSE(unfinished);
    CHECK(unfinished.error() == errc::action_not_finished);
    CHECK(unfinished.error() == condition::retry_later);

    const auto unknown =
        world.run<MintLink>(*MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff"));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == errc::action_not_found);

    const auto failed = world.run<MintLink>(world.finished_action(MachineActionStatus::failed));
    REQUIRE_FALSE(failed);
    CHECK(failed.error() == errc::action_failed);
}

TEST_CASE("an action of another kind is an error of its own") {
    World world;
    const MachineActionId id =
        world.emulator.add_action(std::string(world_tenant), MachineActionType::isolate,
                                  std::string(world_machine), {}, world.clock.now());
    world.clock.advance(60s);
    const auto uri = world.run<MintLink>(id);
    REQUIRE_FALSE(uri);
    CHECK(uri.error() == errc::not_a_package_action);
    CHECK(world.diagnostics.code == "InvalidInput");
}

TEST_CASE("a link to a host that is not allowed is dropped and the host is named") {
    World world;
    world.emulator.settings().link_host = "packages.attacker.example";
    const auto uri = world.run<MintLink>(world.finished_action());
    REQUIRE_FALSE(uri);
    CHECK(uri.error() == errc::link_not_allowed);
    CHECK(world.diagnostics.message == "link host packages.attacker.example:443");
}

TEST_CASE("the quota of two links a minute is kept") {
    World world;
    const MachineActionId id = world.finished_action();
    for (int i = 0; i < 5; ++i) CHECK(world.run<MintLink>(id));
    CHECK(world.emulator.log().count(Stage::get_link, 429) == 0);
    CHECK(world.recorder.waited(WaitReason::quota) >= 120s);
}
