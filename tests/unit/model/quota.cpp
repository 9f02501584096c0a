// SPDX-License-Identifier: BSL-1.0
#include <mde/model/quota.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("a quota that nobody documents is zero") {
    CHECK(Quota{} == Quota{.per_minute = 0, .per_hour = 0});
    CHECK(Quota{2, 120} != Quota{2, 121});
}
