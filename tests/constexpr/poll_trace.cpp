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
    flow::Watch watch(PollPolicy{}, begin, deadline);
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

// A fresh action may be unknown for a while,
constexpr flow::Verdict not_found_at(MonotonicTime now) {
    return flow::Watch(PollPolicy{}, begin, no_deadline).on_not_found(now);
}
static_assert(not_found_at(begin + 119s).kind == Kind::look_again);
static_assert(not_found_at(begin + 120s).error == errc::action_not_found);

// and one that was seen to a replica that lags: what counts is how long nobody knows it.
constexpr flow::Verdict not_found_twice(MonotonicTime seen, MonotonicTime first,
                                        MonotonicTime second) {
    flow::Watch watch(PollPolicy{}, begin, no_deadline);
    watch.on_status(Status::pending, seen);
    watch.on_not_found(first);
    return watch.on_not_found(second);
}
static_assert(not_found_twice(begin, begin + 10min, begin + 10min + 119s).kind == Kind::look_again);
static_assert(not_found_twice(begin, begin + 10min, begin + 12min).error == errc::action_not_found);

} // namespace
