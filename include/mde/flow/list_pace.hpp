// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_LIST_PACE_HPP
#define MDE_FLOW_LIST_PACE_HPP

/// @file
/// How often to read a list that shows how many actions do.

#include <mde/base/bounds.hpp>
#include <mde/base/chrono.hpp>
#include <mde/base/time.hpp>
#include <mde/model/retry_policy.hpp>

#include <algorithm>
#include <cstddef>

namespace mde::inline MDE_ABI::flow {

/// Grows by half while nothing moves, and begins anew when something does. A list that takes
/// several answers is read no more often than half of the hourly quota of 1,500 calls allows.
class ListPace {
  public:
    /// Begins with `policy.first`.
    constexpr explicit ListPace(const PollPolicy& policy) noexcept
        : policy_(policy), interval_(policy.first) {}

    /// Until the first look.
    constexpr Duration first() const noexcept { return policy_.first; }

    /// Until the next look, after one that brought `actions`.
    constexpr Duration after(std::size_t actions, bool moved) noexcept {
        const std::size_t answers = 1 + actions / bounds::list_page;
        const Duration least =
            answers == 1 ? policy_.first
                         : (std::max)(policy_.first, each_answer * static_cast<long>(answers));
        const Duration most = (std::max)(least, policy_.most);
        interval_ = moved ? least : std::clamp(interval_ + interval_ / 2, least, most);
        return interval_;
    }

  private:
    static constexpr Duration each_answer = std::chrono::milliseconds(4'800);

    PollPolicy policy_;
    Duration interval_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
