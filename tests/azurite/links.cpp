// SPDX-License-Identifier: BSL-1.0
// Links that declare their life, at a server that goes by its own clock.
#include "azurite/azurite_world.hpp"

using namespace mde;
using namespace mde_test;

namespace {

/// What the server says to the link itself: no client looks at it before, no relay counts it.
unsigned status_of(const Link& link) {
    return ask(told_port("MDE_AZURITE_PORT"), Method::get, link.target()).status;
}

} // namespace

TEST_CASE("a blob is downloaded whole over a link that declares its end") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(3 * mebi);
    const std::string etag = Owner::store("whole.zip", bytes);
    const Fetched fetched = world.downloader().download(world.link("whole.zip"), adopted_key());
    check_stored(world, adopted_key(), bytes, fetched);
    CHECK(fetched.receipt.source_host == "127.0.0.1");
    CHECK(fetched.receipt.etag == etag);
    CHECK(fetched.receipt.media_type == "application/zip");
    CHECK(world.relay.connections() == 1);
    const auto seen = Owner::seen("whole.zip", 1);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].status == 200);
    CHECK(seen[0].range.empty());
    CHECK(seen[0].length == bytes.size());
}

TEST_CASE("the end that a link declares is read to the second") {
    AzuriteWorld world;
    const Link link = world.link("never-stored.zip", 1234);
    const Now now = SystemClock().now();
    const auto uri = wire::adopt_link(Secret(link.url), now, ExpiryPolicy(), LinkLife::declared);
    REQUIRE(uri.has_value());
    const Duration left = link.expires_at - now.utc;
    CHECK(uri->expires_at() == now.monotonic + left);
    CHECK(uri->remaining(now.monotonic) == left - ExpiryPolicy().margin);
    CHECK(left > 1230s);
    CHECK(left <= 1234s);
}

TEST_CASE("a link dies for the server and for the client at its declared end") {
    AzuriteWorld world;
    world.settings.expiry.margin = Duration::zero();
    const std::string bytes = package_bytes(mebi / 4);
    Owner::store("dies.zip", bytes);
    const Link link = world.link("dies.zip", 3);
    // The client takes it while it lives, and so does the server.
    check_stored(world, adopted_key(), bytes, world.downloader().download(link, adopted_key()));
    CHECK(status_of(link) == 200);
    while (SystemClock().now().utc < link.expires_at) world.io.run_one_for(50ms);
    CHECK(status_of(link) == 403);

    const std::size_t connections = world.relay.connections();
    const TemporaryDirectory other;
    const Fetched refused =
        Downloader(world.io, world.settings, other.path()).download(link, adopted_key());
    CHECK(refused.error == errc::package_uri_expired);
    CHECK(refused.diagnostics.http_status == 0);
    CHECK(world.relay.connections() == connections);
    CHECK(other.names().empty());
}

TEST_CASE("a link that has expired is refused before a socket is opened") {
    AzuriteWorld world;
    Owner::store("expired.zip", package_bytes(mebi / 4));
    const Link link = world.link("expired.zip", -10);
    const Fetched refused = world.downloader().download(link, adopted_key());
    CHECK(refused.error == errc::package_uri_expired);
    CHECK(world.relay.connections() == 0);
    CHECK(world.folder.names().empty());
    // The server would have said the same.
    CHECK(status_of(link) == 403);
}

TEST_CASE("a link that would die on the way is refused while the server still takes it") {
    AzuriteWorld world;
    world.settings.expiry.margin = 120s;
    Owner::store("short.zip", package_bytes(mebi / 4));
    const Link link = world.link("short.zip", 60);
    CHECK(world.downloader().download(link, adopted_key()).error == errc::package_uri_expired);
    CHECK(world.relay.connections() == 0);
    CHECK(status_of(link) == 200);
}

TEST_CASE("a link whose life lies ahead is waited for") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(mebi / 4);
    Owner::store("early.zip", bytes);
    const Link link = Owner::link_between("early.zip", world.relay.port(), 2, 60);
    CHECK(status_of(link) == 403);
    check_stored(world, adopted_key(), bytes, world.downloader().download(link, adopted_key()));
    // One refusal was ours.
    const auto seen = Owner::seen("early.zip", 2);
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].status == 200);
}

TEST_CASE("a link that the server has withdrawn is dead whatever it declares") {
    AzuriteWorld world;
    Owner::store("withdrawn.zip", package_bytes(mebi / 4));
    const Link link = Owner::permitted_link("withdrawn.zip", world.relay.port());
    CHECK(status_of(link) == 200);
    Owner::forbid();
    const Fetched refused = world.downloader().download(link, adopted_key());
    CHECK(refused.error == errc::link_dead);
    CHECK(refused.diagnostics.http_status == 403);
    CHECK(world.relay.connections() == 1);
    CHECK_FALSE(world.has_part(adopted_key()));
}
