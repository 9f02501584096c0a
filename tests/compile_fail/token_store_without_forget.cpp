// EXPECT: token_store_has_forget_of_key
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/token_store.hpp>

struct Partial {
    mde::result<mde::StoredToken> load(const mde::TokenKey&) { return mde::StoredToken(); }
    mde::error_code save(const mde::TokenKey&, const mde::StoredToken&) { return {}; }
};

struct Whole : Partial {
    mde::error_code forget(const mde::TokenKey&) { return {}; }
};
static_assert(mde::TokenStore<Whole>);

#ifdef EXPECT_FAIL
static_assert(mde::TokenStore<Partial>);
#endif
