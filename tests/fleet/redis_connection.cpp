// SPDX-License-Identifier: BSL-1.0
// The connection that all stores of a fleet are built on.

#include "fleet/redis_connection.hpp"
#include "fleet/redis_quota_store.hpp"
#include "fleet/redis_server.hpp"
#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

using namespace mde_test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using fleet::is_away;
using mde::errc;

TEST_CASE("a local socket is as good as a port") {
    const TemporaryDirectory directory;
    const RedisServer server({"--unixsocket", directory.file("socket")});
    fleet::RedisAddress address;
    address.path = directory.file("socket");
    fleet::RedisConnection connection(std::move(address));
    const auto pong = connection.command({"PING"});
    REQUIRE(pong.has_value());
    CHECK(pong->value().text() == "PONG");
    address.path = directory.file("none");
    fleet::RedisConnection none(std::move(address));
    CHECK(none.command({"PING"}).error() == errc::unreachable);
}

TEST_CASE("words go through as they are whatever is in them") {
    fleet::RedisConnection connection(shared_redis().address());
    const std::string key = fresh_name();
    const std::string text = "\r\n\0 %s $3 \xff"s;
    REQUIRE(connection.command({"SET", key, text}).has_value());
    CHECK(connection.command({"GET", key})->value().text() == text);
    CHECK(connection.command({"GET", fresh_name()})->value().is_nothing());
    REQUIRE(connection.command({"SET", key, ""}).has_value());
    CHECK_FALSE(connection.command({"GET", key})->value().is_nothing());
}

TEST_CASE("parts of a key do not run into each other") {
    CHECK(fleet::redis_key("p", {"a", "b"}) == "p:a:b");
    CHECK(fleet::redis_key("p", {"a:b"}) == "p:a%3Ab");
    CHECK(fleet::redis_key("p", {"a%3Ab"}) == "p:a%253Ab");
    CHECK(fleet::redis_key("p", {"", ""}) == "p::");
}

TEST_CASE("a script that the server forgot is told to it again and done once") {
    fleet::RedisConnection connection(shared_redis().address());
    const std::string key = fresh_name();
    const fleet::RedisScript script("return redis.call('INCRBY', KEYS[1], ARGV[1]) -- " + key);
    CHECK(connection.run(script, {key}, {"2"})->value().number() == 2);
    CHECK(connection.run(script, {key}, {"2"})->value().number() == 4);
    REQUIRE(connection.command({"SCRIPT", "FLUSH"}).has_value());
    CHECK(connection.run(script, {key}, {"2"})->value().number() == 6);
    const auto known = connection.command({"SCRIPT", "EXISTS", script.name()});
    REQUIRE(known.has_value());
    CHECK(known->value()[0].number() == 1);
    const fleet::RedisScript broken("return redis.call('NOSUCH')");
    CHECK(connection.run(broken, {}, {}).error() == errc::store_failed);
}

TEST_CASE("each refusal of a server has its error") {
    CHECK(fleet::error_of("LOADING Redis is loading the dataset in memory") ==
          errc::service_unavailable);
    CHECK(fleet::error_of("NOAUTH Authentication required.") == errc::store_denied);
    CHECK(fleet::error_of("READONLY You can't write against a read only replica.") ==
          errc::store_denied);
    CHECK(fleet::error_of("OOM command not allowed") == errc::store_no_space);
    CHECK(fleet::error_of("ERR unknown command") == errc::store_failed);
    CHECK(fleet::error_of("") == errc::store_failed);
    CHECK(is_away(fleet::error_of("BUSY Redis is busy running a script")));
    CHECK_FALSE(is_away(fleet::error_of("OOMPH")));
}

TEST_CASE("a server that only reads gives no slot and says why") {
    const RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisQuotaOptions options;
    // It is not away: waiting would not help.
    options.when_away = fleet::WhenAway::wait;
    fleet::RedisQuotaStore store(connection, options);
    const mde::QuotaKey key{"contoso.example", "app-1", mde::Stage::get_link};
    REQUIRE(connection.command({"REPLICAOF", "127.0.0.1", "1"}).has_value());
    CHECK(store.acquire(key, mde::Quota{2, 0}, {}).error() == errc::store_denied);
    REQUIRE(connection.command({"REPLICAOF", "NO", "ONE"}).has_value());
    CHECK(store.acquire(key, mde::Quota{2, 0}, {}).value() == mde::Duration::zero());
}

TEST_CASE("a server without memory left refuses what would need some") {
    const RedisServer server({"--maxmemory", "1"});
    fleet::RedisConnection connection(server.address());
    CHECK(connection.command({"SET", "a", "b"}).error() == errc::store_no_space);
}

TEST_CASE("while nobody listens all that is asked for fails at once") {
    RedisServer server;
    server.kill();
    fleet::RedisLimits limits;
    limits.pause = 1h;
    fleet::RedisConnection patient(server.address(), limits);
    fleet::RedisConnection eager(server.address());
    CHECK(patient.command({"PING"}).error() == errc::unreachable);
    server.start();
    CHECK(eventually([&] { return eager.command({"PING"}).has_value(); }));
    // This one does not even try before its pause is over.
    CHECK(patient.command({"PING"}).error() == errc::unreachable);
}

TEST_CASE("a command whose connection broke is sent again only if that does no harm") {
    const RedisServer server;
    fleet::RedisLimits limits;
    limits.answer = 50s;
    fleet::RedisConnection other(server.address());
    const auto wait_for_blocked = [&] {
        REQUIRE(eventually([&] {
            const auto info = other.command({"INFO", "clients"});
            return info && info->value().text().find("blocked_clients:1") != std::string::npos;
        }));
    };
    for (const fleet::Repeat repeat : {fleet::Repeat::never, fleet::Repeat::safe}) {
        fleet::RedisConnection connection(server.address(), limits);
        mde::error_code error;
        std::string text;
        std::thread waiting([&] {
            const auto reply = connection.command({"BLPOP", "list", "0"}, repeat);
            if (reply)
                text = reply->value()[1].text();
            else
                error = reply.error();
        });
        wait_for_blocked();
        CHECK(other.command({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).has_value());
        if (repeat == fleet::Repeat::safe) {
            wait_for_blocked();
            CHECK(other.command({"RPUSH", "list", "sent again"}).has_value());
        }
        waiting.join();
        CHECK((error == errc::connection_lost) == (repeat == fleet::Repeat::never));
        CHECK(text == (repeat == fleet::Repeat::safe ? "sent again" : ""));
    }
}
