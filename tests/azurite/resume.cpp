// SPDX-License-Identifier: BSL-1.0
// What an attempt leaves behind is gone on with over another link, if it is of the same blob.
#include "azurite/azurite_world.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using namespace mde;
using namespace mde_test;

namespace {

/// Where a range begins; none: 0.
std::uint64_t begin_of(const Seen& seen) {
    const std::string unit = "bytes=";
    if (!seen.range.starts_with(unit)) return 0;
    CHECK(seen.range.ends_with('-'));
    return std::stoull(seen.range.substr(unit.size()));
}

/// The first attempt ends because the wire breaks and stays broken.
Fetched break_off(AzuriteWorld& world, const Link& link) {
    world.relay.end_after(first_piece);
    const Fetched broken = world.downloader().download(link, adopted_key());
    world.relay.mend();
    CHECK(broken.error);
    CHECK(world.stored(adopted_key()).empty());
    CHECK(world.has_part(adopted_key()));
    return broken;
}

/// Two requests reached the server: one for the whole, one for exactly what was missing.
void check_resumed(const AzuriteWorld& world, const std::string& blob, const std::string& etag) {
    const auto seen = Owner::seen(blob, 2);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].status == 200);
    CHECK(seen[0].range.empty());
    CHECK(seen[1].status == 206);
    CHECK(seen[1].if_range == etag);
    CHECK(seen[1].etag == etag);
    const std::uint64_t begin = begin_of(seen[1]);
    CHECK(begin > 0);
    CHECK(begin < world.relay.passed(0));
    CHECK(seen[1].length == whole - begin);
    CHECK(seen[1].content_range == "bytes " + std::to_string(begin) + '-' +
                                       std::to_string(whole - 1) + '/' + std::to_string(whole));
    // On the wire, too: what TLS and the head add is little.
    const std::size_t last = world.relay.connections() - 1;
    CHECK(world.relay.passed(last) > whole - begin);
    CHECK(world.relay.passed(last) < whole - begin + mebi / 8);
}

/// After what came in between, the whole of what is there now was asked for and stored.
void check_begun_anew(const AzuriteWorld& world, const std::string& blob, const std::string& bytes,
                      const std::string& etag, const Fetched& fetched) {
    check_stored(world, adopted_key(), bytes, fetched);
    CHECK(fetched.receipt.etag == etag);
    const auto seen = Owner::seen(blob, 3);
    REQUIRE(seen.size() >= 3);
    CHECK(begin_of(seen[seen.size() - 2]) > 0);
    CHECK(seen.back().status == 200);
    CHECK(seen.back().range.empty());
    CHECK(seen.back().etag == etag);
    CHECK(seen.back().length == bytes.size());
}

/// How much of a blob is in the store, by what the next attempt asks the server for. Its link is
/// withdrawn, so that it brings nothing.
std::uint64_t kept_of(AzuriteWorld& world, const std::string& blob) {
    const Link link = Owner::permitted_link(blob, world.relay.port());
    Owner::forbid();
    CHECK(world.downloader().download(link, adopted_key()).error == errc::link_dead);
    const auto seen = Owner::seen(blob, 2);
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].status == 403);
    CHECK(world.has_part(adopted_key()));
    return begin_of(seen[1]);
}

/// In a process of its own, which is killed in the middle.
int download_and_die(const AzuriteWorld& world, const Link& link) {
    int status = 1;
    try {
        boost::asio::io_context io;
        ProgressWatch watch{[](std::uint64_t stored) {
            if (stored > first_piece / 2) ::kill(::getpid(), SIGKILL);
        }};
        Downloader own(io, world.settings, world.folder.path(), std::move(watch));
        status = own.download(link, adopted_key()).error ? 2 : 3;
    } catch (...) {
    }
    return status;
}

} // namespace

TEST_CASE("a broken transfer is resumed over another link with what is missing") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("broken.zip", bytes);
    const Link first = world.link("broken.zip", 60);
    const Link second = world.link("broken.zip", 90);
    REQUIRE(first.url != second.url);
    break_off(world, first);
    const Fetched fetched = world.downloader().download(second, adopted_key());
    check_stored(world, adopted_key(), bytes, fetched);
    CHECK(fetched.receipt.etag == etag);
    check_resumed(world, "broken.zip", etag);
}

TEST_CASE("a transfer that breaks once goes on over the same link within one call") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("once.zip", bytes);
    world.relay.break_once_after(first_piece);
    check_stored(world, adopted_key(), bytes,
                 world.downloader().download(world.link("once.zip"), adopted_key()));
    CHECK(world.relay.connections() == 2);
    check_resumed(world, "once.zip", etag);
}

TEST_CASE("a cancelled transfer is resumed over another link with what is missing") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("cancelled.zip", bytes);
    world.relay.end_after(first_piece);
    {
        Downloader* running = nullptr;
        ProgressWatch watch{[&](std::uint64_t stored) {
            if (stored > first_piece / 2) running->cancel();
        }};
        Downloader downloader(world.io, world.settings, world.folder.path(), std::move(watch));
        running = &downloader;
        const Fetched cancelled =
            downloader.download(world.link("cancelled.zip", 60), adopted_key());
        CHECK(cancelled.error == boost::asio::error::operation_aborted);
    }
    world.relay.mend();
    CHECK(world.has_part(adopted_key()));
    const Fetched fetched =
        world.downloader().download(world.link("cancelled.zip", 90), adopted_key());
    check_stored(world, adopted_key(), bytes, fetched);
    check_resumed(world, "cancelled.zip", etag);
}

TEST_CASE("what a killed process has left is gone on with by another one") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    const std::string etag = Owner::store("killed.zip", bytes);
    const Link first = world.link("killed.zip", 60);
    world.relay.at_limit = [] {};
    world.relay.end_after(first_piece);
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(download_and_die(world, first));
    int status = 0;
    const auto limit = std::chrono::steady_clock::now() + 40s;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > limit) ::kill(child, SIGKILL);
        world.io.run_one_for(20ms);
    }
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
    CHECK(std::chrono::steady_clock::now() < limit);
    CHECK(world.stored(adopted_key()).empty());
    CHECK(world.has_part(adopted_key()));
    world.relay.cut();
    world.relay.mend();
    const Fetched fetched =
        world.downloader().download(world.link("killed.zip", 90), adopted_key());
    check_stored(world, adopted_key(), bytes, fetched);
    check_resumed(world, "killed.zip", etag);
}

TEST_CASE("a blob that was replaced between two attempts is fetched from its beginning") {
    struct Row {
        std::string blob;
        std::size_t size;
        /// What the server says to the request for the rest of the old one. That it ignores
        /// `If-Range` is why its word alone is no proof.
        unsigned status;
    };
    const Row rows[] = {
        {"replaced-same-size.zip", whole, 206},
        {"replaced-longer.zip", whole + mebi, 206},
        {"replaced-shorter.zip", whole - mebi, 206},
        {"replaced-shorter-than-part.zip", mebi, 416},
    };
    for (const Row& row : rows) {
        CAPTURE(row.blob);
        AzuriteWorld world;
        const std::string before = package_bytes(whole, 1);
        const std::string old_etag = Owner::store(row.blob, before);
        break_off(world, world.link(row.blob, 60));
        const std::string after = package_bytes(row.size, 2);
        const std::string etag = Owner::store(row.blob, after);
        REQUIRE(etag != old_etag);
        REQUIRE(before.substr(first_piece / 2, mebi / 8) != after.substr(mebi / 2, mebi / 8));
        const Fetched fetched =
            world.downloader().download(world.link(row.blob, 90), adopted_key());
        check_begun_anew(world, row.blob, after, etag, fetched);
        const auto seen = Owner::seen(row.blob, 3);
        CHECK(seen[seen.size() - 2].status == row.status);
        CHECK(seen[seen.size() - 2].if_range == old_etag);
    }
}

TEST_CASE(
    "a blob that is as long as what was kept of the one before is fetched from its beginning") {
    AzuriteWorld world;
    Owner::store("same-as-part.zip", package_bytes(whole, 1));
    break_off(world, world.link("same-as-part.zip", 60));
    const std::uint64_t kept = kept_of(world, "same-as-part.zip");
    REQUIRE(kept > 0);
    const std::string after = package_bytes(static_cast<std::size_t>(kept), 2);
    REQUIRE(after.size() == kept);
    const std::string etag = Owner::store("same-as-part.zip", after);
    const Fetched fetched =
        world.downloader().download(world.link("same-as-part.zip", 90), adopted_key());
    check_begun_anew(world, "same-as-part.zip", after, etag, fetched);
}

TEST_CASE("the same bytes under another tag are fetched from their beginning") {
    AzuriteWorld world;
    const std::string bytes = package_bytes(whole);
    Owner::store("stored-again.zip", bytes);
    break_off(world, world.link("stored-again.zip", 60));
    const std::string etag = Owner::store("stored-again.zip", bytes);
    const Fetched fetched =
        world.downloader().download(world.link("stored-again.zip", 90), adopted_key());
    check_begun_anew(world, "stored-again.zip", bytes, etag, fetched);
}
