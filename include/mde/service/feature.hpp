// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_FEATURE_HPP
#define MDE_SERVICE_FEATURE_HPP

/// @file
/// A switch, as most settings of the service are.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI::service {

/// Whether something is done.
enum class Feature {
    /// It is not done.
    off,
    /// It is done.
    on,
};

} // namespace mde::inline MDE_ABI::service

#endif
