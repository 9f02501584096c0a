// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_SIGN_IN_WAYS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_SIGN_IN_WAYS_HPP

/// @file
/// How to sign in: by the way that was asked for, else by what the other options imply, else by
/// what Azure's own variables say.

#include "options.hpp"
#include "settle.hpp"

namespace mde_package {

/// Fills in tenant, client id and chain. Secrets come from the environment or from files.
/// @throws UsageError
void settle_sign_in(const Raw& raw, Access& access);

} // namespace mde_package

#endif
