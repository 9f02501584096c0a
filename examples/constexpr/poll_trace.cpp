// SPDX-License-Identifier: BSL-1.0
// How an action is watched, stepped by the compiler: no clock, no network, no thread. main is
// empty: compiling is the demonstration.

#include <mde/flow/watch.hpp>

#include <array>
#include <chrono>

using namespace std::chrono_literals;
using Status = mde::MachineActionStatus;
using Kind = mde::flow::Verdict::Kind;

//[poll_trace
constexpr mde::MonotonicTime begun{1h};

// Two looks at an action that is not there yet, one at one that has ended.
constexpr auto trace = [] {
    mde::flow::Watch watch(mde::PollPolicy{.first = 5s, .most = 30s}, begun + 1h);
    const auto first = watch.on_not_found(begun);
    const auto second = watch.on_status(Status::pending, begun + first.wait);
    const auto third = watch.on_status(Status::succeeded, begun + first.wait + second.wait);
    return std::array{first, second, third};
}();
static_assert(trace[0].kind == Kind::look_again && trace[0].wait == 5s);
static_assert(trace[1].kind == Kind::look_again && trace[1].wait > trace[0].wait);
static_assert(trace[2].kind == Kind::succeeded);

// What did not end well says why, and nobody looks again after the deadline.
constexpr auto verdict(Status status, mde::MonotonicTime deadline) {
    return mde::flow::Watch(mde::PollPolicy{}, deadline).on_status(status, begun);
}
static_assert(verdict(Status::time_out, mde::no_deadline).error == mde::errc::action_timed_out);
static_assert(verdict(Status::pending, begun + 1s).kind == Kind::out_of_time);
//]

int main() {}
