// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/fetch_package.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using Fetch = flow::FetchPackage<SumHasher>;

namespace {

errc failure_of(World& world, const MachineActionId& id) {
    const auto receipt = world.run<Fetch>(id);
    REQUIRE_FALSE(receipt);
    CHECK_FALSE(world.store.find(PackageKey{id}));
    return static_cast<errc>(receipt.error().value());
}

/// The next `count` of them; 0: all.
void deny_links(World& world, unsigned count) {
    service::Fault denied;
    denied.stage = Stage::get_link;
    denied.status = 404;
    denied.count = count;
    world.emulator.add(denied);
}

} // namespace

TEST_CASE("a package is fetched and the receipt names the action") {
    World world;
    const MachineActionId id = world.finished_action();
    const auto receipt = world.run<Fetch>(id);
    REQUIRE(receipt);
    CHECK(receipt->action == id.text());
    CHECK(receipt->machine == world_machine);
    CHECK(receipt->tenant == world_tenant);
    CHECK(receipt->action_created);
    CHECK(receipt->request_ids.size() == 1);
    CHECK(world.store.find(PackageKey{id}));
    CHECK(world.calls(Stage::get_link) == 1);
}

TEST_CASE("an unfinished action costs no link") {
    World world;
    CHECK(failure_of(world, world.action()) == errc::action_not_finished);
    CHECK(world.calls(Stage::get_link) == 0);
}

TEST_CASE("an action that is unknown or failed or of another kind costs no link") {
    World world;
    CHECK(failure_of(world, *MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff")) ==
          errc::action_not_found);
    CHECK(failure_of(world, world.finished_action(MachineActionStatus::failed)) ==
          errc::action_failed);
    const MachineActionId scan =
        world.emulator.add_action(std::string(world_tenant), MachineActionType::run_anti_virus_scan,
                                  std::string(world_machine), {}, world.clock.now());
    CHECK(failure_of(world, scan) == errc::not_a_package_action);
    CHECK(world.calls(Stage::get_link) == 0);
}

TEST_CASE("a package that is stored already costs no call") {
    World world;
    const MachineActionId id = world.finished_action();
    REQUIRE(world.run<Fetch>(id));
    const auto again = world.run<Fetch>(id);
    REQUIRE_FALSE(again);
    CHECK(again.error() == errc::store_has_package);
    CHECK(world.diagnostics.stage == Stage::store);
    CHECK(world.calls(Stage::get_action) == 1);
    CHECK(world.calls(Stage::get_link) == 1);
}

TEST_CASE("a link that is denied is asked for again while the action has only just ended") {
    World world;
    const MachineActionId id = world.finished_action();
    deny_links(world, 1);
    CHECK(world.run<Fetch>(id));
    CHECK(world.recorder.waited(WaitReason::poll) == world.settings.poll.first);

    World late;
    const MachineActionId old = late.finished_action();
    late.clock.advance(late.settings.poll.unknown_grace);
    deny_links(late, 1);
    CHECK(failure_of(late, old) == errc::not_found);
    CHECK(late.recorder.waited(WaitReason::poll) == 0s);
}

TEST_CASE("a link that stays denied is given up") {
    World world;
    const MachineActionId id = world.finished_action();
    deny_links(world, 0);
    CHECK(failure_of(world, id) == errc::not_found);
    // It ended a minute ago.
    CHECK(world.recorder.waited(WaitReason::poll) >= 5s);
    CHECK(world.recorder.waited(WaitReason::poll) <= world.settings.poll.unknown_grace);
    CHECK(world.calls(Stage::get_link) >= 2);
    CHECK(world.calls(Stage::get_link) <= 8);
}

TEST_CASE("what was said last stands when the deadline comes before the next try") {
    World world;
    const MachineActionId id = world.finished_action();
    deny_links(world, 0);
    const auto receipt = world.run_until<Fetch>(world.clock.now().monotonic + 4s, id);
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::not_found);
    CHECK(world.calls(Stage::get_link) == 1);
}

TEST_CASE("a service whose clock is far away is believed at once") {
    for (const auto ahead : {10min, -10min}) {
        World world;
        const MachineActionId id = world.finished_action();
        world.clock.set_calendar(world.clock.now().utc + ahead);
        deny_links(world, 1);
        CHECK(failure_of(world, id) == errc::not_found);
    }
}

TEST_CASE("a dead link is replaced") {
    World world;
    service::Fault fault;
    fault.stage = Stage::get_link;
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    const MachineActionId id = world.finished_action();
    REQUIRE(world.run<Fetch>(id));
    CHECK(world.calls(Stage::get_link) == 2);
    CHECK(world.calls(Stage::download) == 2);
}

TEST_CASE("links that stay dead end the fetch within their bound") {
    for (const unsigned links : {1u, 3u}) {
        World world;
        world.settings.links_per_package = links;
        service::Fault fault;
        fault.stage = Stage::download;
        fault.distortion = service::Distortion::expired_link;
        fault.count = 0;
        world.emulator.add(fault);
        CHECK(failure_of(world, world.finished_action()) == errc::link_dead);
        CHECK(world.calls(Stage::get_link) == links);
    }
}

TEST_CASE("a link that came too late to be used is replaced") {
    World world;
    service::Fault fault;
    fault.stage = Stage::get_link;
    fault.delay = 59s;
    world.emulator.add(fault);
    REQUIRE(world.run<Fetch>(world.finished_action()));
    CHECK(world.calls(Stage::get_link) == 2);
    CHECK(world.calls(Stage::download) == 1);
}

TEST_CASE("links that all come too late end the fetch as what they are") {
    World world;
    service::Fault fault;
    fault.stage = Stage::get_link;
    fault.delay = 59s;
    fault.count = 0;
    world.emulator.add(fault);
    CHECK(failure_of(world, world.finished_action()) == errc::package_uri_expired);
    CHECK(world.calls(Stage::get_link) == world.settings.links_per_package);
}

TEST_CASE("a transfer that outlives its link is taken up with a new one") {
    World world;
    service::Fault fault;
    fault.stage = Stage::download;
    fault.cut_after = 64;
    fault.delay = 59s;
    world.emulator.add(fault);
    REQUIRE(world.run<Fetch>(world.finished_action()));
    CHECK(world.calls(Stage::get_link) == 2);
    CHECK(world.emulator.log().count(Stage::download, 206) == 1);
}

TEST_CASE("a link that dies in mid-stream is replaced and the transfer goes on") {
    World world;
    service::Fault broken;
    broken.stage = Stage::download;
    broken.cut_after = 64;
    service::Fault dead;
    dead.stage = Stage::download;
    dead.first = 2;
    dead.distortion = service::Distortion::expired_link;
    world.emulator.add(broken);
    world.emulator.add(dead);
    const MachineActionId id = world.finished_action();
    const auto receipt = world.run<Fetch>(id);
    REQUIRE(receipt);
    SumHasher hasher;
    hasher.update(world.store.find(PackageKey{id})->bytes);
    CHECK(receipt->sha256 == *hasher.finish());
    CHECK(world.calls(Stage::get_link) == 2);
    CHECK(world.emulator.log().count(Stage::download, 200) == 1);
    CHECK(world.emulator.log().count(Stage::download, 403) == 1);
    CHECK(world.emulator.log().count(Stage::download, 206) == 1);
    CHECK(receipt->action == id.text());
}

TEST_CASE("a package that changes under a new link is begun with again") {
    World world;
    service::Fault broken;
    broken.stage = Stage::download;
    broken.cut_after = 64;
    broken.delay = 59s;
    service::Fault changed;
    changed.stage = Stage::download;
    changed.first = 2;
    changed.distortion = service::Distortion::changed_etag;
    world.emulator.add(broken);
    world.emulator.add(changed);
    REQUIRE(world.run<Fetch>(world.finished_action()));
    CHECK(world.emulator.log().count(Stage::download, 206) == 0);
    CHECK(world.emulator.log().count(Stage::download, 200) == 2);
}

TEST_CASE("links that bring bytes are not counted against those that bring nothing") {
    World world;
    world.settings.links_per_package = 1;
    service::Fault fault;
    fault.stage = Stage::download;
    fault.cut_after = 64;
    fault.delay = 59s;
    fault.count = 5;
    world.emulator.add(fault);
    REQUIRE(world.run<Fetch>(world.finished_action()));
    CHECK(world.calls(Stage::get_link) == 6);
    CHECK(world.emulator.log().count(Stage::get_link, 429) == 0);
}

TEST_CASE("the links of a fetch keep within the quota") {
    World world;
    service::Fault fault;
    fault.stage = Stage::download;
    fault.distortion = service::Distortion::expired_link;
    fault.count = 2;
    world.emulator.add(fault);
    REQUIRE(world.run<Fetch>(world.finished_action()));
    CHECK(world.emulator.log().count(Stage::get_link, 200) == 3);
    CHECK(world.emulator.log().count(Stage::get_link, 429) == 0);
    CHECK(world.recorder.waited(WaitReason::quota) > 0s);
}

TEST_CASE("a link that its host echoes as the id of an answer is nowhere to be seen") {
    World world;
    const MachineActionId id = world.finished_action();
    // The link that will be asked for is not known yet: the host is told to say what it was asked.
    struct Echo {
        using Exchange = World::Transport::Exchange;
        World::Transport* inner;
        bool whole;
        result<Exchange> send(const HttpRequest& request) {
            auto sent = inner->send(request);
            if (request.target.find("token=") == std::string_view::npos) return sent;
            HttpReply reply;
            reply.status = 503;
            const std::string_view target = request.target;
            reply.add_field("x-ms-request-id",
                            std::string(whole ? target : target.substr(target.find('=') + 1)));
            return Exchange(std::move(reply));
        }
    };
    for (const bool whole : {true, false}) {
        Echo echo{&world.transport, whole};
        const Ports<Echo, ServiceTokens, LocalQuotas, VirtualClock, Recorder, MemoryStore> ports{
            &echo, &world.tokens, &world.quotas, &world.clock, &world.recorder, &world.store};
        const auto receipt = run_blocking<flow::FetchPackage<SumHasher>>(ports, world.context(),
                                                                         world.diagnostics, id);
        CHECK(receipt.error() == errc::service_unavailable);
        CHECK(world.diagnostics.request_id == "[removed]");
    }
}
