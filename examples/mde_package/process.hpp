// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_PROCESS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_PROCESS_HPP

/// @file
/// How a process with secrets and connections is set up, before anything else.

namespace mde_package {

/// A broken pipe and a file that grew too large are errors, not the end; there are no core dumps;
/// a file that is opened later does not become standard output.
void set_up_process() noexcept;

} // namespace mde_package

#endif
