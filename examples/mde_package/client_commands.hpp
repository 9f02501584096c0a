// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_CLIENT_COMMANDS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_CLIENT_COMMANDS_HPP

/// @file
/// The larger commands of the client, each in a file of its own.

#include "commands.hpp"
#include "exit_codes.hpp"
#include "options.hpp"
#include "remote.hpp"

#include <string_view>

namespace mde_package {

int run_sign_in(Stage& stage, const Options& options, Remote& remote);
int run_collect_many(Stage& stage, const Options& options, Remote& remote);

/// Only for a failure; says what failed.
template <class T>
int fail(Stage& stage, std::string_view what, const Outcome<T>& outcome) {
    show_error(stage, error_line(what, outcome.error, outcome.diagnostics));
    return exit_code_of(outcome.error);
}

/// A failure on this side of the wire.
inline int fail_store(Stage& stage, std::string_view what, const mde::error_code& error) {
    mde::Diagnostics diagnostics;
    diagnostics.stage = mde::Stage::store;
    show_error(stage, error_line(what, error, diagnostics));
    return exit_code_of(error);
}

} // namespace mde_package

#endif
