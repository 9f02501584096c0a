// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_USAGE_ERROR_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_USAGE_ERROR_HPP

/// @file
/// What a command line that makes no sense is answered with.

#include <stdexcept>
#include <string>
#include <string_view>

namespace mde_package {

/// The command line makes no sense; `what()` says why, and never holds a value that could be a
/// secret.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// @throws UsageError
[[noreturn]] inline void refuse(const std::string& option, std::string_view why) {
    throw UsageError(option + ": " + std::string(why));
}

} // namespace mde_package

#endif
