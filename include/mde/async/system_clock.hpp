// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_SYSTEM_CLOCK_HPP
#define MDE_ASYNC_SYSTEM_CLOCK_HPP

/// @file
/// The machine's own clocks behind the `Clock` port.

#include <mde/base/linkage.hpp>
#include <mde/port/clock.hpp>

#include <chrono>
#include <ctime>
#if MDE_DEFINITIONS
#include <thread>
#endif

namespace mde::inline MDE_ABI {

/// Monotonic time goes on while the machine is suspended, where the system has such a clock
/// (Linux): a link that was asked for before the lid was closed is dead afterwards.
struct SystemClock {
    /// Both clocks, one right after the other.
    Now now() const noexcept;

    /// For the blocking driver.
    void sleep(Duration span) const;

  private:
    static MonotonicTime monotonic() noexcept;
};
static_assert(Clock<SystemClock>);

#if MDE_DEFINITIONS

MDE_DECL Now SystemClock::now() const noexcept {
    return {monotonic(), std::chrono::time_point_cast<Ticks>(std::chrono::system_clock::now())};
}

MDE_DECL void SystemClock::sleep(Duration span) const { std::this_thread::sleep_for(span); }

MDE_DECL MonotonicTime SystemClock::monotonic() noexcept {
#if defined(CLOCK_BOOTTIME)
    std::timespec time{};
    if (::clock_gettime(CLOCK_BOOTTIME, &time) == 0)
        return MonotonicTime(std::chrono::seconds(time.tv_sec) +
                             std::chrono::nanoseconds(time.tv_nsec));
#endif
    return MonotonicTime(
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
