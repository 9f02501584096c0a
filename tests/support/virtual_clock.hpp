// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_VIRTUAL_CLOCK_HPP
#define MDE_TESTS_SUPPORT_VIRTUAL_CLOCK_HPP

/// @file
/// A clock that nobody waits for.

#include <mde/base/time.hpp>

#include <chrono>
#include <memory>

namespace mde_test {

using namespace std::chrono_literals;

/// Time goes on only when somebody sleeps. Copies share it.
class VirtualClock {
  public:
    mde::Now now() const noexcept { return *now_; }
    void sleep(mde::Duration span) const { advance(span); }
    void advance(mde::Duration span) const {
        now_->monotonic += span;
        now_->utc += std::chrono::duration_cast<mde::Ticks>(span);
    }
    void set_calendar(mde::UtcTime utc) const { now_->utc = utc; }

  private:
    std::shared_ptr<mde::Now> now_ = std::make_shared<mde::Now>(
        mde::Now{mde::MonotonicTime(1h),
                 mde::UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))});
};

} // namespace mde_test

#endif
