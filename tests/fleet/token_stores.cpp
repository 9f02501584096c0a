// SPDX-License-Identifier: BSL-1.0
// One list of cases for all token stores: in memory, in files, in Redis.

#include "fleet/redis_server.hpp"
#include "fleet/redis_token_store.hpp"
#include "support/temporary_directory.hpp"

#include <mde/adapter/file_token_store.hpp>
#include <mde/adapter/memory_token_store.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace mde_test;
using namespace std::chrono_literals;
using fleet::is_away;
using mde::Secret;
using mde::StoredToken;
using mde::TokenKey;

namespace {

const mde::UtcTime begun(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1));
/// Long, and not what a case of its own says.
constexpr std::string_view fleet_secret = "fl33t~secret/of+a.test=";

TokenKey token_key() {
    return {"login.example", "contoso.example", "app-1", "https://api.example"};
}

StoredToken token_of(std::string_view text, std::string_view refresh = {},
                     mde::Ticks life = std::chrono::hours(1)) {
    return {Secret(text), begun, begun + life, Secret(refresh)};
}

std::string access_of(const mde::result<StoredToken>& loaded) {
    REQUIRE(loaded.has_value());
    return std::string(loaded->access_token.expose());
}

struct MemoryTokens {
    mde::MemoryTokenStore store;
};

struct FileTokens {
    TemporaryDirectory directory;
    mde::FileTokenStore store = mde::FileTokenStore::in(directory.path()).value();
};

struct RedisTokens {
    fleet::RedisConnection connection{shared_redis().address()};
    fleet::RedisTokenStore store{connection, fleet::Seal(Secret(fleet_secret)), fresh_name()};
};

} // namespace

TYPE_TO_STRING(MemoryTokens);
TYPE_TO_STRING(FileTokens);
TYPE_TO_STRING(RedisTokens);
#define MDE_TOKEN_STORES MemoryTokens, FileTokens, RedisTokens

TEST_CASE_TEMPLATE("a token comes back as it was saved until it is forgotten", T,
                   MDE_TOKEN_STORES) {
    T world;
    CHECK(access_of(world.store.load(token_key())).empty());
    REQUIRE_FALSE(world.store.save(token_key(), token_of("abc.def", "re \"fresh\"")));
    const auto loaded = world.store.load(token_key());
    CHECK(access_of(loaded) == "abc.def");
    CHECK(loaded->refresh_token.expose() == "re \"fresh\"");
    CHECK(loaded->obtained_at == begun);
    CHECK(loaded->expires_at == begun + 1h);
    REQUIRE_FALSE(world.store.forget(token_key()));
    CHECK(world.store.load(token_key())->empty());
    CHECK_FALSE(world.store.forget(token_key()));
}

TEST_CASE_TEMPLATE("a token takes the place of the one before", T, MDE_TOKEN_STORES) {
    T world;
    REQUIRE_FALSE(world.store.save(token_key(), token_of("first", "refresh")));
    REQUIRE_FALSE(world.store.save(token_key(), token_of("second")));
    const auto loaded = world.store.load(token_key());
    CHECK(access_of(loaded) == "second");
    CHECK(loaded->refresh_token.empty());
}

TEST_CASE_TEMPLATE("each part of a key tells tokens apart", T, MDE_TOKEN_STORES) {
    T world;
    std::vector<TokenKey> keys(7, token_key());
    keys[1].authority = "login.other";
    keys[2].tenant = "other.example";
    keys[3].client_id = "app-2";
    keys[4].audience = "https://other.example";
    keys[5].delegated = true;
    // The same letters, cut elsewhere.
    keys[6].tenant = "contoso.example:app";
    keys[6].client_id = "-1";
    for (std::size_t i = 0; i < keys.size(); ++i)
        REQUIRE_FALSE(world.store.save(keys[i], token_of("token-" + std::to_string(i))));
    REQUIRE_FALSE(world.store.forget(keys[0]));
    CHECK(world.store.load(keys[0])->empty());
    for (std::size_t i = 1; i < keys.size(); ++i)
        CHECK(access_of(world.store.load(keys[i])) == "token-" + std::to_string(i));
}

TEST_CASE_TEMPLATE("a large token is kept whole", T, MDE_TOKEN_STORES) {
    T world;
    const std::string large(16 * 1024, 'a');
    REQUIRE_FALSE(world.store.save(token_key(), token_of(large)));
    CHECK(access_of(world.store.load(token_key())) == large);
}

TEST_CASE("two processes share a token") {
    RedisTokens one;
    fleet::RedisConnection other_connection(shared_redis().address());
    fleet::RedisTokenStore other(other_connection, fleet::Seal(Secret(fleet_secret)), "both");
    fleet::RedisTokenStore same(one.connection, fleet::Seal(Secret(fleet_secret)), "both");
    REQUIRE_FALSE(same.save(token_key(), token_of("shared")));
    CHECK(access_of(other.load(token_key())) == "shared");
}

TEST_CASE("many writers and readers at once see whole tokens only") {
    const std::string prefix = fresh_name();
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            fleet::RedisConnection connection(shared_redis().address());
            fleet::RedisTokenStore own(connection, fleet::Seal(Secret(fleet_secret)), prefix);
            const std::string text(3000, static_cast<char>('a' + i));
            for (int n = 0; n < 25; ++n) {
                if (own.save(token_key(), token_of(text))) ++wrong;
                const auto loaded = own.load(token_key());
                const std::string_view seen =
                    loaded ? loaded->access_token.expose() : std::string_view();
                if (seen.size() != 3000 || seen.find_first_not_of(seen.front()) != seen.npos)
                    ++wrong;
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("a token goes by the server's clock when its life ends") {
    RedisTokens world;
    TokenKey other = token_key();
    other.client_id = "app-2";
    REQUIRE_FALSE(world.store.save(token_key(), token_of("short", {}, mde::Ticks(200ms))));
    REQUIRE_FALSE(world.store.save(other, token_of("short", "refresh", mde::Ticks(200ms))));
    CHECK(eventually([&] { return world.store.load(token_key())->empty(); }));
    // What can be used to get another one stays.
    CHECK(world.store.load(other)->refresh_token.expose() == "refresh");
    REQUIRE_FALSE(world.store.save(other, token_of("none", {}, mde::Ticks::zero())));
    CHECK(world.store.load(other)->empty());
}

TEST_CASE("what lies at the server can be read and changed by nobody else") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisTokenStore store(connection, fleet::Seal(Secret(fleet_secret)));
    REQUIRE_FALSE(store.save(token_key(), token_of("wh4t.only/we~know", "also.only/we~know")));
    const std::string files = server.files();
    CHECK(files.find("contoso.example") != std::string::npos);
    CHECK(files.find("only/we~know") == std::string::npos);

    fleet::RedisTokenStore stranger(connection, fleet::Seal(Secret("another secret")));
    CHECK(stranger.load(token_key())->empty());

    const auto keys = connection.command({"KEYS", "*"});
    REQUIRE(keys.has_value());
    REQUIRE(keys->value().size() == 1);
    const std::string name(keys->value()[0].text());
    const std::string sealed(connection.command({"GET", name})->value().text());
    // Under another name, cut, or with one bit changed it is no token.
    TokenKey other = token_key();
    other.tenant = "other.example";
    const std::string other_name =
        fleet::redis_key("mde:token", {other.authority, other.tenant, other.client_id,
                                       other.audience, "application"});
    REQUIRE(connection.command({"SET", other_name, sealed}).has_value());
    CHECK(store.load(other)->empty());
    std::string changed = sealed;
    changed[20] = static_cast<char>(changed[20] ^ 1);
    for (const std::string& bad : {changed, sealed.substr(0, sealed.size() - 1), std::string("x"),
                                   std::string(), std::string(64, 'x')}) {
        REQUIRE(connection.command({"SET", name, bad}).has_value());
        CHECK(store.load(token_key())->empty());
    }
    REQUIRE(connection.command({"SET", name, sealed}).has_value());
    CHECK(access_of(store.load(token_key())) == "wh4t.only/we~know");
}

TEST_CASE("a token outlives a restart of the server and an error says that it is away") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisTokenStore store(connection, fleet::Seal(Secret(fleet_secret)));
    REQUIRE_FALSE(store.save(token_key(), token_of("kept")));
    server.kill();
    CHECK(is_away(store.load(token_key()).error()));
    CHECK(is_away(store.save(token_key(), token_of("lost"))));
    CHECK(is_away(store.forget(token_key())));
    server.start();
    CHECK(eventually([&] { return store.load(token_key()).has_value(); }));
    CHECK(access_of(store.load(token_key())) == "kept");
}

TEST_CASE("a server with a password lets in those who know it") {
    constexpr const char* password = "r3dis.pa55word/of~a-test";
    RedisServer server({}, password);
    fleet::RedisConnection with(server.address());
    fleet::RedisTokenStore store(with, fleet::Seal(Secret(fleet_secret)));
    CHECK_FALSE(store.save(token_key(), token_of("abc")));
    fleet::RedisAddress address = server.address();
    address.password = Secret("another");
    fleet::RedisConnection wrong(std::move(address));
    CHECK(wrong.command({"PING"}).error() == mde::errc::store_denied);
    address = server.address();
    address.password = Secret();
    fleet::RedisConnection without(std::move(address));
    CHECK(without.command({"PING"}).error() == mde::errc::store_denied);
}
