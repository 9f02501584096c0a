// SPDX-License-Identifier: BSL-1.0
// One list of cases for all quota stores: of one process, of one machine, and in Redis.

#include "fleet/redis_quota_store.hpp"
#include "fleet/redis_server.hpp"

#include <mde/adapter/file_quotas.hpp>
#include <mde/async/local_quotas.hpp>

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using namespace mde_test;
using namespace std::chrono_literals;
using fleet::is_away;
using fleet::WhenAway;
using mde::Duration;
using mde::Quota;
using mde::QuotaKey;

namespace {

constexpr QuotaKey links{"contoso.example", "app-1", mde::Stage::get_link};

/// Time is an argument here, and passes when it is told to.
struct LocalWorld {
    mde::LocalQuotas store;
    mde::Now now{mde::MonotonicTime(1h), {}};
    Duration window = 61s;

    void pass(Duration span) { now.monotonic += span; }
};

struct FileWorld {
    mde_test::TemporaryDirectory directory;
    mde::FileQuotas store = *mde::FileQuotas::in(directory.path());
    mde::Now now{mde::MonotonicTime(1h), mde::UtcTime(std::chrono::hours(24 * 365))};
    Duration window = 61s;

    void pass(Duration span) { now.monotonic += span; }
};

/// A minute of a second, by the server's clock: more than this process is ever kept waiting.
struct RedisWorld {
    static fleet::RedisQuotaOptions options(const std::string& name) {
        fleet::RedisQuotaOptions options;
        options.prefix = name;
        options.minute = 900ms;
        options.on_the_way = 100ms;
        return options;
    }

    std::string name = fresh_name();
    fleet::RedisConnection connection{shared_redis().address()};
    fleet::RedisQuotaStore store{connection, options(name)};
    mde::Now now{};
    Duration window = 1s;

    static Duration time_of(fleet::RedisConnection& connection) {
        const auto time = connection.command({"TIME"});
        REQUIRE(time.has_value());
        const auto number = [&](std::size_t i) {
            return std::stoll(std::string(time->value()[i].text()));
        };
        return std::chrono::seconds(number(0)) + std::chrono::microseconds(number(1));
    }
    void pass(Duration span) {
        const Duration end = time_of(connection) + span;
        REQUIRE(eventually([&] { return time_of(connection) >= end; }));
    }
};

/// Nothing but what is asked for.
template <class World>
Duration wait_in(World& world, const Quota& quota, const QuotaKey& key = links) {
    const auto wait = world.store.acquire(key, quota, world.now);
    REQUIRE(wait.has_value());
    return *wait;
}

} // namespace

TYPE_TO_STRING(LocalWorld);
TYPE_TO_STRING(FileWorld);
TYPE_TO_STRING(RedisWorld);
#define MDE_QUOTA_STORES LocalWorld, FileWorld, RedisWorld

TEST_CASE_TEMPLATE("a slot that is free is given and counted", T, MDE_QUOTA_STORES) {
    T world;
    const Quota quota{2, 0};
    CHECK(wait_in(world, quota) == Duration::zero());
    CHECK(wait_in(world, quota) == Duration::zero());
    const Duration wait = wait_in(world, quota);
    CHECK(wait > Duration::zero());
    CHECK(wait <= world.window + 1ms);
    // What was not given was not counted: the time to wait is that of the first two.
    const Duration again = wait_in(world, quota);
    CHECK(again <= wait);
    world.pass(again);
    CHECK(wait_in(world, quota) == Duration::zero());
}

TEST_CASE_TEMPLATE("a window slides", T, MDE_QUOTA_STORES) {
    T world;
    const Quota quota{2, 0};
    REQUIRE(wait_in(world, quota) == Duration::zero());
    world.pass(world.window / 2);
    REQUIRE(wait_in(world, quota) == Duration::zero());
    world.pass(wait_in(world, quota));
    CHECK(wait_in(world, quota) == Duration::zero());
    // The second one is not old enough yet.
    CHECK(wait_in(world, quota) > Duration::zero());
}

TEST_CASE_TEMPLATE("the hour counts beside the minute", T, MDE_QUOTA_STORES) {
    T world;
    const Quota quota{2, 3};
    for (int i = 0; i < 2; ++i) REQUIRE(wait_in(world, quota) == Duration::zero());
    world.pass(wait_in(world, quota));
    REQUIRE(wait_in(world, quota) == Duration::zero());
    CHECK(wait_in(world, quota) > 20 * world.window);
}

TEST_CASE_TEMPLATE("a quota without limits holds nothing back", T, MDE_QUOTA_STORES) {
    T world;
    for (int i = 0; i < 20; ++i) CHECK(wait_in(world, Quota{}) == Duration::zero());
}

TEST_CASE_TEMPLATE("tenants and applications and calls are counted apart", T, MDE_QUOTA_STORES) {
    T world;
    const Quota quota{1, 0};
    const QuotaKey tenant{"other.example", links.application, links.call};
    const QuotaKey application{links.tenant, "app-2", links.call};
    const QuotaKey call{links.tenant, links.application, mde::Stage::collect};
    const QuotaKey shifted{"contoso.example:app", "-1", links.call};
    for (const QuotaKey& key : {links, tenant, application, call, shifted}) {
        CHECK(wait_in(world, quota, key) == Duration::zero());
        CHECK(wait_in(world, quota, key) > Duration::zero());
    }
}

TEST_CASE_TEMPLATE("after a 429 nothing is given for as long as the service says", T,
                   MDE_QUOTA_STORES) {
    T world;
    const Quota quota{5, 0};
    world.store.throttled(links, 2 * world.window, world.now);
    const Duration wait = wait_in(world, quota);
    CHECK(wait > world.window);
    CHECK(wait <= 2 * world.window);
    // A shorter one does not shorten it.
    world.store.throttled(links, Duration(1), world.now);
    CHECK(wait_in(world, quota) > world.window);
    world.pass(wait);
    CHECK(wait_in(world, quota) == Duration::zero());
}

TEST_CASE("no slot is given twice however many ask at once") {
    const std::string name = fresh_name();
    fleet::RedisQuotaOptions options = RedisWorld::options(name);
    options.minute = 1h;
    std::atomic<int> given{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            // As another process would have it.
            fleet::RedisConnection connection(shared_redis().address());
            fleet::RedisQuotaStore store(connection, options);
            for (int n = 0; n < 50; ++n) {
                const auto wait = store.acquire(links, Quota{10, 20}, {});
                if (!wait) ++failed;
                if (wait && *wait == Duration::zero()) ++given;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(given == 10);
}

TEST_CASE("threads that share a store share its slots") {
    fleet::RedisConnection connection(shared_redis().address());
    fleet::RedisQuotaOptions options = RedisWorld::options(fresh_name());
    options.minute = 1h;
    fleet::RedisQuotaStore store(connection, options);
    std::atomic<int> given{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n)
                if (store.acquire(links, Quota{10, 0}, {}).value() == Duration::zero()) ++given;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(given == 10);
}

TEST_CASE("a clock that was set back gives nothing away") {
    RedisWorld world;
    const std::string calls = world.name + ":contoso.example:app-1:get%20link:calls";
    const std::string later =
        std::to_string(std::chrono::microseconds(std::chrono::floor<std::chrono::microseconds>(
                                                     RedisWorld::time_of(world.connection) + 20s))
                           .count());
    for (const char* call : {"one", "two"})
        REQUIRE(world.connection.command({"ZADD", calls, later, call}).has_value());
    CHECK(wait_in(world, Quota{2, 0}) > 20s);
    CHECK(wait_in(world, Quota{0, 2}) > 20s);
    CHECK(wait_in(world, Quota{3, 0}) == Duration::zero());
    CHECK(wait_in(world, Quota{3, 0}) > Duration::zero());
}

TEST_CASE("what was counted outlives a restart of the server") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisQuotaStore store(connection);
    const Quota quota{2, 0};
    for (int i = 0; i < 2; ++i)
        REQUIRE(store.acquire(links, quota, {}).value() == Duration::zero());
    // The server forgets the script, the connection breaks, the count stays.
    server.restart();
    const auto wait = store.acquire(links, quota, {});
    REQUIRE(wait.has_value());
    CHECK(*wait > 50s);
    CHECK(*wait <= 61500ms + 1ms);
}

TEST_CASE("while the server is away no slot is given and the error says so") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisQuotaStore refusing(connection);
    fleet::RedisQuotaOptions options;
    options.when_away = WhenAway::wait;
    fleet::RedisQuotaStore waiting(connection, options);
    REQUIRE(refusing.acquire(links, Quota{2, 0}, {}).value() == Duration::zero());
    server.kill();
    for (int i = 0; i < 3; ++i) {
        CHECK(is_away(refusing.acquire(links, Quota{2, 0}, {}).error()));
        CHECK(waiting.acquire(links, Quota{2, 0}, {}).value() > Duration::zero());
    }
    server.start();
    // Of all that was asked for meanwhile nothing was counted.
    REQUIRE(eventually([&] { return refusing.acquire(links, Quota{}, {}).has_value(); }));
    CHECK(refusing.acquire(links, Quota{2, 0}, {}).value() == Duration::zero());
    CHECK(waiting.acquire(links, Quota{2, 0}, {}).value() > 50s);
}

TEST_CASE("a server that answers nothing is found out within the limits") {
    RedisServer server;
    fleet::RedisLimits limits;
    limits.answer = 100ms;
    fleet::RedisConnection connection(server.address(), limits);
    fleet::RedisQuotaStore store(connection);
    const Quota quota{2, 0};
    REQUIRE(store.acquire(links, quota, {}).value() == Duration::zero());
    server.hold();
    const auto begun = std::chrono::steady_clock::now();
    CHECK(store.acquire(links, quota, {}).error() == mde::errc::timed_out);
    CHECK(std::chrono::steady_clock::now() - begun < limits.longest() + 4s);
    server.let_go();
    // It did what it had been asked for; the slot is given now, and not counted a second time.
    mde::result<Duration> wait = mde::make_error_code(mde::errc::timed_out);
    REQUIRE(eventually([&] {
        wait = store.acquire(links, quota, {});
        return wait.has_value();
    }));
    CHECK(*wait == Duration::zero());
    const auto calls =
        connection.command({"ZCARD", "mde:quota:contoso.example:app-1:get%20link:calls"});
    REQUIRE(calls.has_value());
    CHECK(calls->value().number() == 2);
    CHECK(store.acquire(links, quota, {}).value() > 50s);
}

TEST_CASE("a 429 that came while the server was away is told to all once it is back") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisQuotaStore store(connection);
    server.kill();
    const mde::Now now{mde::MonotonicTime(1h), {}};
    store.throttled(links, 40s, now);
    server.start();
    mde::Now later = now;
    later.monotonic += 10s;
    REQUIRE(eventually([&] { return store.acquire(links, Quota{2, 0}, later).has_value(); }));
    fleet::RedisConnection other_connection(server.address());
    fleet::RedisQuotaStore other(other_connection);
    const auto wait = other.acquire(links, Quota{2, 0}, {});
    REQUIRE(wait.has_value());
    CHECK(*wait > 20s);
    CHECK(*wait <= 30s);
}
