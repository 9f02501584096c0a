// SPDX-License-Identifier: BSL-1.0
// The rules of a watch, evaluated by the compiler: compiling is passing.
#include <mde/flow/watch.hpp>

#include <chrono>
#include <initializer_list>

using namespace mde;
using namespace std::chrono_literals;
using Kind = flow::Verdict::Kind;
using Status = MachineActionStatus;

namespace {

constexpr MonotonicTime begin{1h};

/// What a watch says after a series of looks, ten seconds apart.
constexpr flow::Verdict after(std::initializer_list<Status> looks,
                              MonotonicTime deadline = no_deadline) {
    flow::Watch watch(PollPolicy{}, deadline);
    flow::Verdict last;
    MonotonicTime now = begin;
    for (const Status status : looks) {
        last = watch.on_status(status, now);
        now += 10s;
    }
    return last;
}

static_assert(after({Status::pending}).kind == Kind::look_again);
static_assert(after({Status::pending, Status::in_progress}).kind == Kind::look_again);
static_assert(after({Status::pending, Status::in_progress, Status::succeeded}).kind ==
              Kind::succeeded);
static_assert(after({Status::failed}) == flow::Verdict{Kind::ended, {}, errc::action_failed});
static_assert(after({Status::time_out}) == flow::Verdict{Kind::ended, {}, errc::action_timed_out});
static_assert(after({Status::cancelled}) == flow::Verdict{Kind::ended, {}, errc::action_cancelled});
static_assert(after({Status::unknown}).kind == Kind::look_again);
static_assert(after({Status::unknown, Status::succeeded}).kind == Kind::succeeded);

// Intervals grow by half, up to the most.
static_assert(after({Status::pending}).wait == 5s);
static_assert(after({Status::pending, Status::pending}).wait == 7500ms);
static_assert(after({Status::pending, Status::pending, Status::pending, Status::pending,
                     Status::pending, Status::pending, Status::pending})
                  .wait == 30s);

// No look is waited for that would come after the deadline.
static_assert(after({Status::pending}, begin + 5s).kind == Kind::out_of_time);
static_assert(after({Status::pending}, begin + 6s).kind == Kind::look_again);

// What counts is how long nobody knows an action: a fresh one,
constexpr flow::Verdict not_found_twice(MonotonicTime first, MonotonicTime second) {
    flow::Watch watch(PollPolicy{}, no_deadline);
    watch.on_not_found(first);
    return watch.on_not_found(second);
}
static_assert(not_found_twice(begin, begin + 119s).kind == Kind::look_again);
static_assert(not_found_twice(begin, begin + 120s).error == errc::action_not_found);
static_assert(not_found_twice(begin + 10min, begin + 11min).kind == Kind::look_again);

// and one that a replica knows which lags less than another one.
constexpr flow::Verdict not_found_around(MonotonicTime seen) {
    flow::Watch watch(PollPolicy{}, no_deadline);
    watch.on_not_found(begin);
    watch.on_status(Status::pending, seen);
    return watch.on_not_found(begin + 10min);
}
static_assert(not_found_around(begin + 1min).kind == Kind::look_again);

} // namespace
