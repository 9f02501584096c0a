// SPDX-License-Identifier: BSL-1.0
#include <mde/port/token_store.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <string>

using namespace mde;

namespace {

struct Counting {
    int loads = 0;
    int saves = 0;
    int forgets = 0;
    std::string saved;

    result<StoredToken> load(const TokenKey&) {
        ++loads;
        return StoredToken{Secret("a"), {}, {}, {}};
    }
    error_code save(const TokenKey&, const StoredToken& token) {
        ++saves;
        saved = token.access_token.expose();
        return make_error_code(errc::store_no_space);
    }
    error_code forget(const TokenKey& key) {
        ++forgets;
        saved = key.client_id;
        return {};
    }
};
struct Forgetless {
    result<StoredToken> load(const TokenKey&) { return StoredToken(); }
    error_code save(const TokenKey&, const StoredToken&) { return {}; }
};
struct Optional {
    StoredToken load(const TokenKey&) { return {}; }
    error_code save(const TokenKey&, const StoredToken&) { return {}; }
    error_code forget(const TokenKey&) { return {}; }
};
static_assert(TokenStore<Counting> && TokenStore<TokenStoreRef>);
static_assert(!TokenStore<Forgetless> && !TokenStore<Optional> && !TokenStore<int>);
static_assert(std::copyable<TokenStoreRef>);

} // namespace

TEST_CASE("a reference passes everything on") {
    Counting store;
    TokenStoreRef ref(store);
    CHECK(ref.load({})->access_token.expose() == "a");
    CHECK(ref.save({}, {Secret("b"), {}, {}, {}}) == errc::store_no_space);
    CHECK(store.saved == "b");
    TokenKey key;
    key.client_id = "app-1";
    CHECK_FALSE(ref.forget(key));
    CHECK(store.saved == "app-1");
    CHECK(store.loads == 1);
    CHECK(store.saves == 1);
    CHECK(store.forgets == 1);
}

TEST_CASE("a copy of a reference refers to the store and not to the first one") {
    Counting store;
    TokenStoreRef copy;
    {
        TokenStoreRef first(store);
        copy = TokenStoreRef(first);
        first = TokenStoreRef();
    }
    CHECK(copy.load({})->access_token.expose() == "a");
    CHECK(store.loads == 1);
}

TEST_CASE("a reference to nothing keeps nothing") {
    TokenStoreRef nothing;
    CHECK_FALSE(nothing.save({}, {Secret("b"), {}, {}, {}}));
    CHECK(nothing.load({})->empty());
    CHECK_FALSE(nothing.forget({}));
}
