// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_QUOTA_WINDOW_HPP
#define MDE_FLOW_QUOTA_WINDOW_HPP

/// @file
/// The calls of one kind within the last minute and the last hour, exactly.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/quota.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>

namespace mde::inline MDE_ABI::flow {

/// Sliding windows: no 60 s and no 3,600 s, wherever they begin, hold more calls than the quota, as
/// the service counts them: requests take different times to get there, so each window is counted
/// a second longer.
/// Distinct objects: safe. Shared objects: unsafe.
class QuotaWindow {
  public:
    /// Zero, and the call is counted; or the time until a slot is free, and nothing is.
    Duration acquire(const Quota& quota, MonotonicTime now);

    /// A call that was made elsewhere, in the order of the calls.
    void count(MonotonicTime call);

    /// Grants nothing before `time`.
    void block_until(MonotonicTime time) noexcept;

    /// Those that still count, oldest first.
    const std::deque<MonotonicTime>& calls() const noexcept { return calls_; }
    /// Nothing is granted before.
    MonotonicTime blocked_until() const noexcept { return blocked_until_; }

  private:
    static constexpr Duration on_the_way = std::chrono::seconds(1);
    static constexpr Duration minute = std::chrono::minutes(1) + on_the_way;
    static constexpr Duration hour = std::chrono::hours(1) + on_the_way;

    void forget(MonotonicTime now);

    /// A call at exactly the window's length after the first one would still share a closed window
    /// with it; a tick more does not.
    Duration wait_for(std::size_t limit, Duration window, MonotonicTime now) const;

    std::deque<MonotonicTime> calls_;
    MonotonicTime blocked_until_{};
};

#if MDE_DEFINITIONS

MDE_DECL Duration QuotaWindow::acquire(const Quota& quota, MonotonicTime now) {
    forget(now);
    const Duration wait = (std::max)({wait_for(quota.per_minute, minute, now),
                                      wait_for(quota.per_hour, hour, now), blocked_until_ - now});
    if (wait > Duration::zero()) return wait;
    count(now);
    return Duration::zero();
}

MDE_DECL void QuotaWindow::count(MonotonicTime call) {
    calls_.push_back(calls_.empty() ? call : (std::max)(call, calls_.back()));
}

MDE_DECL void QuotaWindow::block_until(MonotonicTime time) noexcept {
    blocked_until_ = (std::max)(blocked_until_, time);
}

MDE_DECL void QuotaWindow::forget(MonotonicTime now) {
    while (!calls_.empty() && now - calls_.front() > hour) calls_.pop_front();
}

MDE_DECL Duration QuotaWindow::wait_for(std::size_t limit, Duration window,
                                        MonotonicTime now) const {
    if (limit == 0 || calls_.size() < limit) return Duration::zero();
    const MonotonicTime oldest = calls_[calls_.size() - limit];
    return oldest + window + std::chrono::microseconds(1) - now;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
