// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/fetch_live_response_result.hpp>

#include "support/blob_world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using FetchResultFlow = flow::FetchLiveResponseResult<SumHasher>;

error_code result_failure(BlobWorld& world, const MachineActionId& id, unsigned index = 0) {
    const auto receipt = world.run<FetchResultFlow>(GetLiveResponseResultLink{id, index});
    REQUIRE_FALSE(receipt);
    CHECK_FALSE(world.store.find(PackageKey::live_response(id, index)));
    return receipt.error();
}

} // namespace

TEST_CASE("a live-response result is stored as it is and the receipt says what it is") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    const auto receipt = world.run<FetchResultFlow>(GetLiveResponseResultLink{id, 0});
    REQUIRE(receipt);
    CHECK(receipt->action == id.text());
    CHECK(receipt->machine == world_machine);
    CHECK(receipt->tenant == world_tenant);
    CHECK(receipt->content == "LiveResponseResult");
    CHECK(receipt->index == 0);
    CHECK_FALSE(receipt->generated);
    CHECK(receipt->source_host == "mdeexports.blob.core.windows.net");
    CHECK(receipt->media_type == "application/octet-stream");
    // One for the link, one for the download.
    CHECK(receipt->request_ids.size() == 2);
    const auto stored = world.store.find(PackageKey::live_response(id, 0));
    REQUIRE(stored);
    CHECK(text_of_bytes(stored->bytes) == BlobWorld::result_text());
    CHECK_FALSE(world.store.find(PackageKey(id)));
    CHECK(world.calls(Stage::get_live_response_link) == 1);
    CHECK(world.calls(Stage::get_link) == 0);
}

TEST_CASE("a result may be anything of any media type but an error page's") {
    for (const char* type : {"application/json", "text/plain; charset=utf-8", "application/gzip",
                             "application/octet-stream"}) {
        BlobWorld world;
        world.emulator.settings().blob.media_type = type;
        CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{world.live_response(), 0}));
    }
    for (const char* type : {"text/html", "application/xml", "application/problem+json"}) {
        BlobWorld world;
        world.emulator.settings().blob.media_type = type;
        CHECK(result_failure(world, world.live_response()) == errc::not_a_package);
    }
}

TEST_CASE("a result may be nothing at all") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    world.emulator.blobs().put_result(id, 0, "");
    const auto receipt = world.run<FetchResultFlow>(GetLiveResponseResultLink{id, 0});
    REQUIRE(receipt);
    CHECK(receipt->length == 0);
    CHECK(world.store.find(PackageKey::live_response(id, 0)));
}

TEST_CASE("a result whose end nothing would prove is refused before the store is opened") {
    BlobWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download);
    fault.framing = ReplyFraming::by_close;
    world.emulator.add(fault);
    CHECK(result_failure(world, world.live_response()) == errc::malformed_answer);
    CHECK(world.recorder.count<observed::Progress>() == 0);
}

TEST_CASE("an action of another type and an unknown one cost no link") {
    BlobWorld world;
    CHECK(result_failure(world, world.finished_action()) == errc::not_a_package_action);
    CHECK(result_failure(world, *MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff")) ==
          errc::action_not_found);
    CHECK(world.calls(Stage::get_live_response_link) == 0);
}

TEST_CASE("the command decides and not the action where commands are listed") {
    BlobWorld world;
    const MachineActionId id = world.live_response(MachineActionStatus::failed);
    CHECK(result_failure(world, id) == errc::action_failed);

    world.set_commands(id, {BlobWorld::command(0, "Completed"), BlobWorld::command(1, "Failed"),
                            BlobWorld::command(2, "Created")});
    CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{id, 0}));
    CHECK(result_failure(world, id, 2) == errc::action_failed);
    CHECK(result_failure(world, id, 3) == errc::not_found);
    CHECK(world.calls(Stage::get_live_response_link) == 1);
}

TEST_CASE("what a failed command said reaches the diagnostics") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    LiveResponseCommand failed = BlobWorld::command(0, "Failed");
    failed.errors = {"access\x1b denied", "gave up"};
    world.set_commands(id, {failed});
    CHECK(result_failure(world, id) == errc::action_failed);
    CHECK(world.diagnostics.code == "Failed");
    CHECK(world.diagnostics.message == "access\\x1b denied; gave up");
}

TEST_CASE("a running live response is not finished unless its command is") {
    BlobWorld world;
    const MachineActionId id = world.emulator.add_action(
        std::string(world_tenant), MachineActionType::live_response, std::string(world_machine),
        {1h, 2h, MachineActionStatus::succeeded, 0}, world.clock.now());
    world.emulator.blobs().put_result(id, 0, "done");
    CHECK(result_failure(world, id) == errc::action_not_finished);
    world.set_commands(id, {BlobWorld::command(0, "Completed"), BlobWorld::command(1, "Created")});
    CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{id, 0}));
    CHECK(result_failure(world, id, 1) == errc::action_not_finished);
}

TEST_CASE("a 404 of a finished live response is what the service said") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    CHECK(result_failure(world, id, 7) == errc::not_found);
    CHECK(world.diagnostics.code == "ResourceNotFound");
    CHECK(world.diagnostics.stage == Stage::get_live_response_link);
}

TEST_CASE("the declared end of a result's link is honoured beyond the assumed minute") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    const MonotonicTime asked = world.clock.now().monotonic;
    const auto uri =
        world.run<flow::MintLinkOf<GetLiveResponseResultLink>>(GetLiveResponseResultLink{id, 0});
    REQUIRE(uri);
    // The whole second that the server's date may hide is taken off.
    CHECK(uri->expires_at() == asked + 30min - 1s);

    world.emulator.settings().blob.result_lifetime = 10s;
    const auto brief =
        world.run<flow::MintLinkOf<GetLiveResponseResultLink>>(GetLiveResponseResultLink{id, 0});
    REQUIRE(brief);
    CHECK(brief->expires_at() == asked + 10s - 1s);
}

TEST_CASE("a link with less life than the margin is replaced within the bound") {
    BlobWorld world;
    world.emulator.settings().blob.result_lifetime = 3s;
    CHECK(result_failure(world, world.live_response()) == errc::package_uri_expired);
    CHECK(world.calls(Stage::get_live_response_link) == world.settings.links_per_package);
    CHECK(world.calls(Stage::download) == 0);
    world.settings.expiry.margin = 1s;
    CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{world.live_response(), 0}));
}

TEST_CASE("a result's link that was born dead is replaced") {
    BlobWorld world;
    service::Fault fault = BlobWorld::fault(Stage::get_live_response_link);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{world.live_response(), 0}));
    CHECK(world.calls(Stage::get_live_response_link) == 2);
}

TEST_CASE("a result's link that storage refuses is replaced") {
    BlobWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{world.live_response(), 0}));
    CHECK(world.calls(Stage::get_live_response_link) == 2);
    CHECK(world.calls(Stage::download) == 2);
}

TEST_CASE("a result's link to a host of packages is refused and the host is named") {
    BlobWorld world;
    world.emulator.settings().blob.host = "userrequests-us.securitycenter.windows.com";
    CHECK(result_failure(world, world.live_response()) == errc::link_not_allowed);
    CHECK(world.diagnostics.message == "link host userrequests-us.securitycenter.windows.com:443");
}

TEST_CASE("a package's link to a blob host is refused unless it is allowed by name") {
    BlobWorld world;
    world.emulator.settings().link_host = "account.blob.core.windows.net";
    const MachineActionId id = world.finished_action();
    const auto refused = world.run<flow::MintLink>(id);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == errc::link_not_allowed);
    REQUIRE(world.settings.links.allow("account.blob.core.windows.net"));
    CHECK(world.run<flow::MintLink>(id));
}

TEST_CASE("a government cloud has blob hosts of its own") {
    for (const char* name : {"gcc", "gcc-high", "dod"}) {
        BlobWorld world;
        world.settings.links = LinkPolicy(*find_cloud(name));
        const MachineActionId id = world.live_response();
        CHECK(result_failure(world, id) == errc::link_not_allowed);
        world.emulator.settings().blob.host = "mdeexports.blob.core.usgovcloudapi.net";
        CHECK(world.run<FetchResultFlow>(GetLiveResponseResultLink{id, 0}));
    }
}

TEST_CASE("a redirect of a blob may not lead to a host of packages") {
    BlobWorld world;
    const MachineActionId id = world.live_response();
    service::Fault fault = BlobWorld::fault(Stage::download, 1, 1);
    fault.status = 302;
    fault.fields.emplace_back("Location", "https://userrequests-us.securitycenter.windows.com/x");
    world.emulator.add(fault);
    CHECK(result_failure(world, id) == errc::redirect_refused);
}
