// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_QUOTA_HPP
#define MDE_MODEL_QUOTA_HPP

/// @file
/// How often a call may be made.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

/// Calls allowed to one application in one tenant. Zero: not limited by the documentation.
struct Quota {
    /// Calls in any 60 s.
    unsigned per_minute = 0;
    /// Calls in any 3,600 s.
    unsigned per_hour = 0;

    friend constexpr bool operator==(const Quota&, const Quota&) noexcept = default;
};

} // namespace mde::inline MDE_ABI

#endif
