// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_PROCESS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_PROCESS_HPP

/// @file
/// How a process with secrets and connections is set up, before anything else.

#include <string_view>

namespace mde_package {

/// A broken pipe and a file that grew too large are errors, not the end; there are no core dumps;
/// a file that is opened later does not become standard output.
void set_up_process() noexcept;

/// Overwrites the values of the environment variables that hold secrets, `more` among them, and the
/// user of the proxy on the command line: `ps`, /proc and an image of the process show them
/// otherwise. What was read from them before is not touched.
void forget_given_secrets(int argc, char** argv, std::string_view more) noexcept;

} // namespace mde_package

#endif
