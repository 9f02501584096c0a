// SPDX-License-Identifier: BSL-1.0
#include <mde/model/stored_token.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <concepts>

using namespace mde;
using namespace std::chrono_literals;

static_assert(!std::copy_constructible<StoredToken>);

// At four fifths, at the latest five minutes before, never before the half.
static_assert(renewal_margin(10h) == 2h);
static_assert(renewal_margin(1h) == 12min);
static_assert(renewal_margin(25min) == 5min);
static_assert(renewal_margin(20min) == 5min);
static_assert(renewal_margin(10min) == 5min);
static_assert(renewal_margin(6min) == 3min);
static_assert(renewal_margin(0s) == 0s);

namespace {

const UtcTime begun(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1));

StoredToken token(Ticks life) { return {Secret("a"), begun, begun + life, {}}; }

} // namespace

TEST_CASE("what is left of a token shrinks until it is near its end") {
    CHECK(usable_life(token(1h), begun) == 1h);
    CHECK(usable_life(token(1h), begun + 47min) == 13min);
    CHECK(usable_life(token(1h), begun + 48min - Ticks(1)) == 12min + Duration(100));
    CHECK(usable_life(token(1h), begun + 48min) == 0s);
    CHECK(usable_life(token(1h), begun + 2h) == 0s);
}

TEST_CASE("a clock that was set back makes no token last longer") {
    CHECK(usable_life(token(1h), begun - Ticks(1)) == 0s);
    CHECK(usable_life(token(1h), begun - 24h * 365) == 0s);
}

TEST_CASE("a life beyond two days is not believed") {
    CHECK(usable_life(token(48h), begun) == 48h);
    CHECK(usable_life(token(48h + Ticks(1)), begun) == 0s);
    CHECK(usable_life(token(24h * 365 * 5000), begun) == 0s);
    CHECK(usable_life({Secret("a"), (UtcTime::min)(), begun + 1h, {}}, begun) == 0s);
    CHECK(usable_life({Secret("a"), begun, (UtcTime::max)(), {}}, begun) == 0s);
}

TEST_CASE("no token and a token that ends before it begins have no life") {
    CHECK(usable_life({Secret(), begun, begun + 1h, Secret("r")}, begun) == 0s);
    CHECK(usable_life(token(0s), begun) == 0s);
    CHECK(usable_life(token(-1h), begun) == 0s);
    CHECK(StoredToken().empty());
    CHECK_FALSE(StoredToken{Secret(), begun, begun, Secret("r")}.empty());
    CHECK_FALSE(token(1h).empty());
}
