// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/memory_token_store.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

TokenKey key_for(std::string_view client = "app-1") {
    return {"login.example", "contoso.example", client, "https://api.example"};
}

} // namespace

TEST_CASE("a token is kept under its key until it is forgotten") {
    MemoryTokenStore store;
    CHECK(store.load(key_for())->empty());
    CHECK_FALSE(
        store.save(key_for(), {Secret("a"), UtcTime(Ticks(1)), UtcTime(Ticks(2)), Secret("r")}));
    CHECK_FALSE(store.save(key_for("app-2"), {Secret("b"), {}, {}, {}}));
    const auto token = store.load(key_for());
    REQUIRE(token.has_value());
    CHECK(token->access_token.expose() == "a");
    CHECK(token->obtained_at == UtcTime(Ticks(1)));
    CHECK(token->expires_at == UtcTime(Ticks(2)));
    CHECK(token->refresh_token.expose() == "r");
    TokenKey delegated = key_for();
    delegated.delegated = true;
    CHECK(store.load(delegated)->empty());
    CHECK_FALSE(store.forget(key_for()));
    CHECK(store.load(key_for())->empty());
    CHECK(store.load(key_for("app-2"))->access_token.expose() == "b");
}
