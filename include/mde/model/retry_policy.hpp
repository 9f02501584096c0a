// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_RETRY_POLICY_HPP
#define MDE_MODEL_RETRY_POLICY_HPP

/// @file
/// How often something is tried, and how long to wait in between.

#include <mde/base/bounds.hpp>
#include <mde/base/chrono.hpp>
#include <mde/base/time.hpp>

namespace mde::inline MDE_ABI {

/// Waits grow from `first` by doubling up to `most`, each drawn at random between `least` and that
/// value (full jitter). A `Retry-After` is honoured instead, stretched by up to 40 % so that many
/// clients do not come back at once.
struct RetryPolicy {
    /// Tries of one stage, the first one included; at least 1.
    unsigned tries = bounds::tries;
    /// Tries of one stage in all, if some of them brought it further: those begin the count anew.
    unsigned tries_in_all = bounds::tries_in_all;
    /// The shortest wait.
    Duration least = std::chrono::milliseconds(300);
    /// The longest wait after the first failure.
    Duration first = std::chrono::milliseconds(800);
    /// The longest wait of all.
    Duration most = std::chrono::seconds(60);
};

/// How an action is watched.
struct PollPolicy {
    /// Until the second look; later ones grow by half up to `most`. The service allows one look in
    /// 2.4 s to a whole application.
    Duration first = std::chrono::seconds(5);
    /// The longest wait between two looks.
    Duration most = std::chrono::seconds(30);
    /// An action may be unknown for so long at a time, and the link to what it brought for so long
    /// after its end: replicas lag (API-CONTRACT 3.4).
    Duration unknown_grace = std::chrono::seconds(120);
};

} // namespace mde::inline MDE_ABI

#endif
