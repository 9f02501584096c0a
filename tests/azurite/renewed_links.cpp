// SPDX-License-Identifier: BSL-1.0
// A link that dies in mid-stream is replaced by the API, and the transfer goes on where it was.
#include "azurite/azurite_world.hpp"

#include <boost/asio/steady_timer.hpp>

using namespace mde;
using namespace mde_test;

namespace {

/// What the server saw in the end: the whole, cut off, and the rest of the same blob.
void check_rest(const Seen& begun, const Seen& rest, const std::string& etag) {
    CHECK(begun.status == 200);
    CHECK(begun.range.empty());
    CHECK(rest.status == 206);
    CHECK(rest.if_range == etag);
    CHECK(rest.etag == etag);
    CHECK(rest.length > 0);
    CHECK(rest.length < whole);
    CHECK(rest.range == "bytes=" + std::to_string(whole - rest.length) + '-');
}

} // namespace

TEST_CASE("a package goes on over a new link when the first one ends by its own word") {
    AzuriteWorld world;
    world.settings.expiry.margin = Duration::zero();
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("renewed.zip", bytes);
    std::vector<Link> links;
    world.api.make_link = [&](unsigned number) {
        links.push_back(world.link("renewed.zip", number == 0 ? 4 : 60));
        return links.back().url;
    };
    // The wire stands still in mid-stream until the link is dead, and breaks then.
    boost::asio::steady_timer until_dead(world.io);
    world.relay.at_limit = [&] {
        until_dead.expires_after(links.at(0).expires_at - SystemClock().now().utc);
        until_dead.async_wait([&](error_code ec) {
            if (!ec) world.relay.cut();
        });
    };
    world.relay.break_once_after(first_piece);
    const MachineActionId id =
        world.finished_action(MachineActionType::collect_investigation_package);
    const Fetched fetched = world.downloader().fetch(id);
    check_stored(world, PackageKey(id), bytes, fetched);
    CHECK(fetched.receipt.etag == etag);
    CHECK(fetched.receipt.stored >= links.at(0).expires_at);
    CHECK(links.size() == 2);
    CHECK(world.relay.connections() == 2);
    const auto seen = Owner::seen("renewed.zip", 2);
    REQUIRE(seen.size() == 2);
    check_rest(seen[0], seen[1], etag);
    // The one that is dead to us is dead to the server.
    CHECK(ask(told_port("MDE_AZURITE_PORT"), Method::get, links.at(0).target()).status == 403);
}

TEST_CASE("a result goes on over a new link when the server has withdrawn the first one") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("withdrawn.bin", bytes, "application/octet-stream");
    unsigned links = 0;
    world.api.make_link = [&](unsigned number) {
        ++links;
        return number == 0 ? Owner::permitted_link("withdrawn.bin", world.relay.port()).url
                           : world.link("withdrawn.bin").url;
    };
    world.relay.at_limit = [&] {
        Owner::forbid();
        world.relay.cut();
    };
    world.relay.break_once_after(first_piece);
    const MachineActionId id = world.finished_action(MachineActionType::live_response);
    world.api.emulator.blobs().put_result(id, 0, "what the link of the emulator would lead to");
    const GetLiveResponseResultLink request{id, 0};
    const Fetched fetched = world.downloader().fetch(request);
    check_stored(world, request.key(), bytes, fetched);
    CHECK(fetched.receipt.etag == etag);
    CHECK(links == 2);
    // The first link was tried once more, since it was said to live.
    const auto seen = Owner::seen("withdrawn.bin", 3);
    REQUIRE(seen.size() == 3);
    CHECK(seen[1].status == 403);
    check_rest(seen[0], seen[2], etag);
}

TEST_CASE("a blob that is replaced while its link is renewed is fetched from its beginning") {
    AzuriteWorld world;
    const std::string after = package_bytes(whole, 2);
    Owner::store("exchanged.zip", package_bytes(whole, 1));
    std::string etag;
    world.api.make_link = [&](unsigned number) {
        if (number == 0) return Owner::permitted_link("exchanged.zip", world.relay.port()).url;
        etag = Owner::store("exchanged.zip", after);
        return world.link("exchanged.zip").url;
    };
    world.relay.at_limit = [&] {
        Owner::forbid();
        world.relay.cut();
    };
    world.relay.break_once_after(first_piece);
    const MachineActionId id =
        world.finished_action(MachineActionType::collect_investigation_package);
    const Fetched fetched = world.downloader().fetch(id);
    check_stored(world, PackageKey(id), after, fetched);
    CHECK(fetched.receipt.etag == etag);
    const auto seen = Owner::seen("exchanged.zip", 4);
    REQUIRE(seen.size() == 4);
    CHECK(seen[0].status == 200);
    CHECK(seen[1].status == 403);
    CHECK(seen[2].status == 206);
    CHECK(seen[3].status == 200);
    CHECK(seen[3].etag == etag);
}
