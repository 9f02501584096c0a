// SPDX-License-Identifier: BSL-1.0
// Fetches that are killed, stopped or doubled: the next one goes on with what they left.

#include "cli/relay.hpp"
#include "cli/server.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/base/bounds.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <random>
#include <span>
#include <string>

using namespace mde_test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t package_size = 8 * mde::bounds::mib;
const std::string stored_name = std::string(finished_action) + ".zip";

std::string hash_of(const std::string& bytes) {
    mde::OpensslSha256 hasher;
    hasher.update(std::as_bytes(std::span(bytes)));
    return std::string(hasher.finish()->hex());
}

/// A service whose downloads pass a slow wire that counts.
struct SlowWorld {
    Relay relay{static_cast<std::size_t>(-1), Relay::After::cut};
    Server server{{"--link-host", relay.host(), "--package-size", "8M", "--no-quota"}};
    std::string hash;

    SlowWorld() {
        relay.slow_down(500us);
        relay.begin(server.port);
        const TemporaryDirectory directory;
        const Run clean = server.fetch(directory.path());
        REQUIRE(clean.status == 0);
        hash = hash_of(contents_of(directory.file(stored_name)));
    }

    Words fetch_to(const std::string& out) const {
        return Words{"fetch", "--action-id", std::string(finished_action), "--out", out} +
               server.access();
    }
};

/// Fetches with `options`, killed again and again, until it was killed so often. What each kill
/// makes the next fetch ask for again is at most `lost` bytes.
void kill_fetches(SlowWorld& world, unsigned often, const Words& options, std::uint64_t lost) {
    std::mt19937 random(20240501);
    unsigned kills = 0;
    while (kills < often) {
        const TemporaryDirectory directory;
        const std::uint64_t passed_before = world.relay.passed();
        unsigned kills_here = 0;
        for (;;) {
            Program program(world.fetch_to(directory.path()) + options, with_secret());
            const std::uint64_t more = random() % (mde::bounds::mib * 3 / 4);
            world.relay.wait_until_passed(world.relay.passed() + more, 2000ms);
            program.signal(SIGKILL);
            const int status = program.wait();
            if (status == 0) break;
            REQUIRE(status == -SIGKILL);
            ++kills_here;
            // Whoever finds a file under the final name finds a whole one.
            if (names_in(directory.path()).contains(stored_name))
                REQUIRE(hash_of(contents_of(directory.file(stored_name))) == world.hash);
        }
        const Run last = run(world.fetch_to(directory.path()), with_secret());
        CHECK(last.status == 15);
        CHECK(hash_of(contents_of(directory.file(stored_name))) == world.hash);
        CHECK(names_in(directory.path()).size() == 2);
        const std::uint64_t passed = world.relay.passed() - passed_before;
        MESSAGE(kills_here << " kills, " << passed << " bytes over the wire");
        CHECK(passed <= package_size + (kills_here + 1) * lost);
        kills += kills_here;
    }
}

} // namespace

TEST_CASE("a fetch killed at two hundred points is right in the end and fetches little twice") {
    SlowWorld world;
    kill_fetches(world, 200, {}, mde::bounds::mib);
}

TEST_CASE("a fetch over several connections that is killed is right in the end") {
    SlowWorld world;
    // Behind a gap there may be what each of the others has fetched.
    kill_fetches(world, 40, {"--connections", "4"}, 4 * mde::bounds::segment + mde::bounds::mib);
}

TEST_CASE("a fetch that was stopped is gone on with by the same command") {
    SlowWorld world;
    const TemporaryDirectory directory;
    const std::uint64_t before = world.relay.passed();
    Program program(world.fetch_to(directory.path()), with_secret());
    REQUIRE(world.relay.wait_until_passed(before + 2 * mde::bounds::mib, 20s));
    program.signal(SIGINT);
    CHECK(program.wait() == 130);
    CHECK(has(program.error, "run the same command again to go on"));
    const Run again = run(world.fetch_to(directory.path()), with_secret());
    CHECK(again.status == 0);
    CHECK(hash_of(contents_of(directory.file(stored_name))) == world.hash);
    CHECK(world.relay.passed() - before <= package_size + mde::bounds::mib);
}

TEST_CASE("a second fetch of the same package says that the first one is at it") {
    SlowWorld world;
    const TemporaryDirectory directory;
    const std::uint64_t before = world.relay.passed();
    Program first(world.fetch_to(directory.path()), with_secret());
    REQUIRE(world.relay.wait_until_passed(before + 1, 20s));
    const std::size_t links = world.server.log.count("get-link");
    const Run second = run(world.fetch_to(directory.path()), with_secret());
    CHECK(second.status == 10);
    CHECK(has(one_line(second), "another process is storing this package"));
    CHECK(world.server.log.count("get-link") == links);
    CHECK(first.wait() == 0);
    CHECK(hash_of(contents_of(directory.file(stored_name))) == world.hash);
}
