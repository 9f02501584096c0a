// SPDX-License-Identifier: BSL-1.0
#include <mde/base/time.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace mde;
using namespace std::chrono_literals;

namespace {

template <class T>
concept HasNow = requires {
    T::now();
};
static_assert(!HasNow<Timeline>);
static_assert(HasNow<std::chrono::steady_clock>);

} // namespace

TEST_CASE("a tick is 100 ns and years 1 and 9999 have room") {
    CHECK(Ticks(1) == 100ns);
    using namespace std::chrono;
    CHECK(UtcTime(sys_days(year(1) / 1 / 1)) < UtcTime(sys_days(year(9999) / 12 / 31)));
    CHECK(floor<days>(UtcTime(sys_days(year(9999) / 12 / 31))) == sys_days(year(9999) / 12 / 31));
}

TEST_CASE("addition stops at both ends of the time-line") {
    const MonotonicTime zero{};
    CHECK(saturating_add(zero, 5ns) == MonotonicTime(5ns));
    CHECK(saturating_add(zero, -5ns) == MonotonicTime(-5ns));
    CHECK(saturating_add(MonotonicTime::max(), 1ns) == MonotonicTime::max());
    CHECK(saturating_add(MonotonicTime::max() - 1ns, 1ns) == MonotonicTime::max());
    CHECK(saturating_add(MonotonicTime::max() - 1ns, 2ns) == MonotonicTime::max());
    CHECK(saturating_add(MonotonicTime::min(), -1ns) == MonotonicTime::min());
    CHECK(saturating_add(MonotonicTime::min() + 1ns, -1ns) == MonotonicTime::min());
    CHECK(saturating_add(MonotonicTime(1ns), Duration::max()) == MonotonicTime::max());
    CHECK(saturating_add(MonotonicTime(-1ns), Duration::min()) == MonotonicTime::min());
    CHECK(saturating_add(zero, Duration::max()) == MonotonicTime::max());
    CHECK(saturating_add(zero, Duration::min()) == MonotonicTime::min());
    CHECK(saturating_add(MonotonicTime::max(), Duration::min()) ==
          MonotonicTime::max() + Duration::min());
}

TEST_CASE("subtraction stops at both ends of the time-line") {
    const MonotonicTime zero{};
    CHECK(saturating_subtract(zero, 5ns) == MonotonicTime(-5ns));
    CHECK(saturating_subtract(zero, -5ns) == MonotonicTime(5ns));
    CHECK(saturating_subtract(MonotonicTime::min(), 1ns) == MonotonicTime::min());
    CHECK(saturating_subtract(MonotonicTime::min() + 1ns, 1ns) == MonotonicTime::min());
    CHECK(saturating_subtract(MonotonicTime::min() + 1ns, 2ns) == MonotonicTime::min());
    CHECK(saturating_subtract(MonotonicTime::max(), -1ns) == MonotonicTime::max());
    CHECK(saturating_subtract(MonotonicTime(-2ns), Duration::max()) == MonotonicTime::min());
    CHECK(saturating_subtract(zero, Duration::min()) == MonotonicTime::max());
    CHECK(saturating_subtract(MonotonicTime(-1ns), Duration::min()) == MonotonicTime::max());
    CHECK(saturating_subtract(MonotonicTime::max(), Duration::max()) == zero);
}

TEST_CASE("a difference stops at the longest and the shortest span") {
    CHECK(saturating_difference(MonotonicTime(7ns), MonotonicTime(5ns)) == 2ns);
    CHECK(saturating_difference(MonotonicTime(5ns), MonotonicTime(7ns)) == -2ns);
    CHECK(saturating_difference(MonotonicTime::max(), MonotonicTime::min()) == Duration::max());
    CHECK(saturating_difference(MonotonicTime::min(), MonotonicTime::max()) == Duration::min());
    CHECK(saturating_difference(MonotonicTime::min(), MonotonicTime::min()) == 0ns);
    CHECK(saturating_difference(UtcTime::max(), UtcTime(Ticks(-1))) == Ticks::max());
}

TEST_CASE("a span between two dates stops at the longest and the shortest one") {
    using namespace std::chrono;
    const UtcTime early(sys_days(1970y / 1 / 1));
    const UtcTime late(sys_days(2400y / 1 / 1));
    CHECK(saturating_span(early + Ticks(3), early) == 300ns);
    CHECK(saturating_span(early, early + 1s) == -1s);
    CHECK(saturating_span(late, early) > hours(24 * 365 * 292));
    CHECK(saturating_span(early, late) < -hours(24 * 365 * 292));
    CHECK(saturating_span(UtcTime::max(), UtcTime::min()) == saturating_span(late, early));
}

TEST_CASE("no deadline is later than every other time") {
    CHECK(no_deadline > saturating_add(MonotonicTime{}, std::chrono::hours(24 * 365 * 200)));
}
