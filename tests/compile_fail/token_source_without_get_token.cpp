// EXPECT: token_source_has_get_token_of_query_and_diagnostics_or_async_get_token
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/token_source.hpp>

struct Whole {
    mde::result<mde::AccessToken> get_token(const mde::TokenQuery&, mde::Diagnostics&) {
        return mde::AccessToken();
    }
};
static_assert(mde::TokenSource<Whole>);

struct Partial {
    mde::AccessToken token() { return mde::AccessToken(); }
};
#ifdef EXPECT_FAIL
static_assert(mde::TokenSource<Partial>);
#endif
