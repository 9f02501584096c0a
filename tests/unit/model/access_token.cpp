// SPDX-License-Identifier: BSL-1.0
#include <mde/model/access_token.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>
#include <type_traits>
#include <utility>

using namespace mde;

static_assert(!std::copy_constructible<AccessToken>);
static_assert(std::is_nothrow_move_constructible_v<AccessToken>);

TEST_CASE("a token keeps its text and its end and a default one is empty") {
    const MonotonicTime end{std::chrono::seconds(3599)};
    AccessToken token(Secret("abc"), end);
    CHECK_FALSE(token.empty());
    CHECK(token.secret().expose() == "abc");
    CHECK(token.expires_at() == end);
    CHECK(AccessToken().empty());
}

TEST_CASE("a clone has the same end and lives on its own") {
    AccessToken token(Secret("abc"), MonotonicTime(std::chrono::seconds(1)));
    const AccessToken second = token.clone();
    const AccessToken moved = std::move(token);
    CHECK(token.empty());
    CHECK(second.secret().expose() == "abc");
    CHECK(moved.secret().expose() == "abc");
    CHECK(second.expires_at() == moved.expires_at());
}
