// SPDX-License-Identifier: BSL-1.0
// Links that an attacker chose, through the codec, the policy and each flow that redeems links. The
// same table runs against the real transport in tests/wire/hostile_links.cpp.
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/flow/fetch_package.hpp>

#include "support/blob_world.hpp"
#include "support/hostile_links.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

const std::string package_host = "userrequests-us.securitycenter.windows.com";
const std::string blob_host = "mdeexports.blob.core.windows.net";

/// `text` as a JSON string; Boost.JSON writes what is no UTF-8 as it is.
std::string as_json(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

/// The answer of `stage` is `body` from now on.
void answer_with(World& world, Stage stage, std::string body) {
    service::Fault fault;
    fault.stage = stage;
    fault.count = 0;
    fault.status = 200;
    fault.body = std::move(body);
    world.emulator.add(fault);
}

/// Refused as the table says, before anything was asked of any host and anything was stored. What
/// is shown of it is the host at most.
void check_refused(const World& world, const HostileLink& link, const error_code& error) {
    CHECK(error == link.refusal);
    CHECK(world.calls(Stage::download) == 0);
    CHECK(world.calls(Stage::other) == 0);
    CHECK(world.diagnostics.message.find("token") == std::string::npos);
    CHECK(world.diagnostics.message.size() < 300);
}

} // namespace

TEST_CASE("a hostile link is refused by the codec or by the policy of its cloud") {
    const LinkPolicy policy(clouds().front());
    for (const std::string& good : {package_host, blob_host}) {
        const LinkKind kind = good == blob_host ? LinkKind::blob : LinkKind::package;
        CHECK(policy.allows(wire::adopt_link(Secret("https://" + good + "/x"), Now())->host(), 443,
                            kind));
        for (const HostileLink& link : hostile_links(good, "443")) {
            CAPTURE(name_of(link));
            const auto uri = wire::adopt_link(Secret(link.text), Now());
            if (link.refusal == errc::malformed_link)
                CHECK(uri.error() == errc::malformed_link);
            else
                CHECK((uri && !policy.allows(uri->host(), uri->port(), kind)));
        }
    }
}

TEST_CASE("a package is not asked for at a hostile link whether it is quoted once or twice") {
    for (const HostileLink& link : hostile_links(package_host, "443")) {
        CAPTURE(name_of(link));
        for (const std::string& value : {as_json(link.text), as_json(as_json(link.text))}) {
            World world;
            answer_with(world, Stage::get_link, R"({"value":)" + value + '}');
            const MachineActionId id = world.finished_action();
            const auto receipt = world.run<flow::FetchPackage<SumHasher>>(id);
            // One that begins with a quote is a text in a text that breaks off.
            const bool is_text = link.text.starts_with('"');
            check_refused(world, is_text ? HostileLink{{}, errc::malformed_answer} : link,
                          receipt.error());
            CHECK_FALSE(world.store.find(PackageKey{id}));
            if (is_text) break;
        }
    }
}

TEST_CASE("a live-response result is not asked for at a hostile link") {
    for (const HostileLink& link : hostile_links(blob_host, "443")) {
        if (link.text.starts_with('"')) continue;
        CAPTURE(name_of(link));
        BlobWorld world;
        answer_with(world, Stage::get_live_response_link,
                    R"({"value":)" + as_json(link.text) + '}');
        const auto receipt = world.run<flow::FetchLiveResponseResult<SumHasher>>(
            GetLiveResponseResultLink{world.live_response(), 0});
        check_refused(world, link, receipt.error());
    }
}

TEST_CASE("one hostile link among those of an export stops them all before the first download") {
    for (const HostileLink& link : hostile_links(blob_host, "443")) {
        CAPTURE(name_of(link));
        BlobWorld world;
        answer_with(world, Stage::export_files,
                    R"({"exportFiles":["https://)" + blob_host + R"(/a?sig=x",)" +
                        as_json(link.text) + R"(],"generatedTime":"2024-04-30T00:00:00Z"})");
        const auto fetched =
            world.run<flow::FetchExportFiles<SumHasher, ExportKind::software_inventory>>(
                GetExportFiles<ExportKind::software_inventory>{});
        check_refused(world, link, fetched.error());
    }
}

TEST_CASE("a redirect to a hostile link is refused after the one request that brought it") {
    for (const HostileLink& link : hostile_links(package_host, "443")) {
        // No header field holds these: they would end it, or are cut off its ends.
        if (link.text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) continue;
        if (link.text.starts_with(' ') || link.text.ends_with(' ') || link.text.ends_with('\t'))
            continue;
        if (link.text.size() > bounds::link) continue;
        CAPTURE(name_of(link));
        World world;
        const MachineActionId id = world.finished_action();
        service::Fault fault;
        fault.stage = Stage::download;
        fault.status = 302;
        fault.fields = {{"Location", link.text}};
        world.emulator.add(fault);
        CHECK(world.run<flow::FetchPackage<SumHasher>>(id).error() == errc::redirect_refused);
        CHECK(world.calls(Stage::download) == 1);
        CHECK_FALSE(world.store.find(PackageKey{id}));
    }
}
