// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_COMMAND_LINE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_COMMAND_LINE_HPP

/// @file
/// From the arguments and the environment to checked options.

#include "options.hpp"
#include "output.hpp"

#include <optional>
#include <stdexcept>

namespace mde_package {

/// The command line makes no sense; `what()` says why, and never holds a value that could be a
/// secret.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Nothing if help or the version was asked for and has been written.
/// @throws UsageError
std::optional<Options> parse_command_line(int argc, char** argv, Output& out);

} // namespace mde_package

#endif
