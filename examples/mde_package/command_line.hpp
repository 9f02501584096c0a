// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_COMMAND_LINE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_COMMAND_LINE_HPP

/// @file
/// From the arguments and the environment to checked options.

#include "options.hpp"
#include "output.hpp"

#include <optional>

namespace mde_package {

/// Nothing if help or the version was asked for and has been written.
/// @throws UsageError (usage_error.hpp)
std::optional<Options> parse_command_line(int argc, char** argv, Output& out);

} // namespace mde_package

#endif
