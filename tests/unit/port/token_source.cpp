// SPDX-License-Identifier: BSL-1.0
#include <mde/port/token_source.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace mde;

namespace {

struct Async {
    template <class Handler>
    void async_get_token(const TokenQuery&, Diagnostics&, Handler&& handler) {
        std::forward<Handler>(handler)(error_code(), AccessToken(Secret("a"), MonotonicTime{}));
    }
};
struct Stringly {
    std::string get_token(const TokenQuery&, Diagnostics&) { return "token"; }
};
static_assert(ImmediateTokenSource<exemplar::FixedToken>);
static_assert(!AsyncTokenSource<exemplar::FixedToken>);
static_assert(AsyncTokenSource<Async> && !ImmediateTokenSource<Async> && TokenSource<Async>);
static_assert(!TokenSource<Stringly> && !TokenSource<int>);

} // namespace

TEST_CASE("a fixed token is given out again and again") {
    exemplar::FixedToken source{AccessToken(Secret("abc"), MonotonicTime(Duration(7)))};
    Diagnostics diagnostics;
    for (int i = 0; i < 2; ++i) {
        const auto token = source.get_token(TokenQuery{}, diagnostics);
        REQUIRE(token.has_value());
        CHECK(token->secret().expose() == "abc");
        CHECK(token->expires_at() == MonotonicTime(Duration(7)));
    }
}

TEST_CASE("a fresh query takes any token and waits for ever") {
    const TokenQuery query;
    CHECK(query.freshness == TokenQuery::Freshness::any);
    CHECK(query.deadline == no_deadline);
}
