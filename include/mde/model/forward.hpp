// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_FORWARD_HPP
#define MDE_MODEL_FORWARD_HPP

/// @file
/// Names of answers, for a request that says what it is answered with and needs nothing of it.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

struct MachineAction;
struct MachineActionPage;

} // namespace mde::inline MDE_ABI

#endif
