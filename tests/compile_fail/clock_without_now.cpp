// EXPECT: clock_has_const_now_that_returns_Now
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/clock.hpp>

struct Whole {
    mde::Now now() const { return {}; }
};
static_assert(mde::Clock<Whole>);

#ifdef EXPECT_FAIL
static_assert(mde::Clock<mde::Timeline>);
#endif
