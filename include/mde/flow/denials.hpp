// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DENIALS_HPP
#define MDE_FLOW_DENIALS_HPP

/// @file
/// When the service is believed that denies what it has shown.

#include <mde/base/error.hpp>
#include <mde/base/time.hpp>

#include <limits>

namespace mde::inline MDE_ABI::flow {

/// Whether that error of a fetch denies that the action has ended, or that there is one.
inline bool denies_the_end(const error_code& error) noexcept {
    return error == errc::action_not_finished || error == errc::action_not_found;
}

/// Denials in a row. Replicas lag, so the first ones mean little.
class Denials {
  public:
    /// Another one. True if it is to be believed: there are at least `most`, and the first one is
    /// `grace` ago.
    constexpr bool add(MonotonicTime now, unsigned most, Duration grace) noexcept {
        if (count_ == 0) since_ = now;
        if (count_ != (std::numeric_limits<unsigned>::max)()) ++count_;
        return count_ >= most && now >= saturating_add(since_, grace);
    }

  private:
    MonotonicTime since_{};
    unsigned count_ = 0;
};

} // namespace mde::inline MDE_ABI::flow

#endif
