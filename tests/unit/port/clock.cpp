// SPDX-License-Identifier: BSL-1.0
#include <mde/port/clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

using namespace mde;

namespace {

struct SettableClock {
    std::shared_ptr<Now> time = std::make_shared<Now>();
    Now now() const { return *time; }
};
struct OfAnotherTime {
    std::chrono::steady_clock::time_point now() const { return {}; }
};
struct MoveOnly {
    std::unique_ptr<Now> time;
    Now now() const { return *time; }
};
struct Mutable {
    Now now() { return {}; }
};

static_assert(Clock<exemplar::StoppedClock> && Clock<SettableClock>);
static_assert(!Clock<OfAnotherTime> && !Clock<MoveOnly> && !Clock<Mutable> && !Clock<Timeline>);
static_assert(!Clock<std::chrono::steady_clock>);

} // namespace

TEST_CASE("the smallest clock stands still and copies agree") {
    CHECK(exemplar::StoppedClock().now() == Now{});
    SettableClock clock;
    const SettableClock copy = clock;
    clock.time->monotonic += std::chrono::seconds(1);
    CHECK(copy.now() == clock.now());
}
