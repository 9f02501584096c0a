// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_CONTEXT_HPP
#define MDE_FLOW_CONTEXT_HPP

/// @file
/// What every flow is given: settings, a deadline, a place for the service's words, a seed.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/settings.hpp>

#include <algorithm>
#include <cstdint>

namespace mde::inline MDE_ABI::flow {

/// Both pointers outlive the flow.
struct Context {
    /// Whom to talk to, and within which limits.
    const Settings* settings = nullptr;
    /// Takes the service's words; never null.
    Diagnostics* diagnostics = nullptr;
    /// For the whole flow, waits included.
    MonotonicTime deadline = no_deadline;
    /// For the jitter of waits; any value. Equal seeds give equal waits.
    std::uint64_t seed = 0;

    /// Up to the deadline.
    /// @pre `now` is before it
    Duration time_left(MonotonicTime now) const noexcept;

    /// For one try that begins now: the smaller of `Settings::call_limit` and what is left.
    Duration try_limit(MonotonicTime now) const noexcept;
};

#if MDE_DEFINITIONS

MDE_DECL Duration Context::time_left(MonotonicTime now) const noexcept {
    return deadline == no_deadline ? (Duration::max)() : deadline - now;
}

MDE_DECL Duration Context::try_limit(MonotonicTime now) const noexcept {
    return (std::min)(settings->call_limit, time_left(now));
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
