// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_COMMANDS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_COMMANDS_HPP

/// @file
/// The commands. Each gives the program's exit code.

#include "options.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "stop_signals.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <string_view>

namespace mde_package {

/// What every command works with.
struct Stage {
    boost::asio::io_context& context;
    StopSignals& stop;
    Output& out;
    Progress& progress;
};

/// Everything that talks to the service.
int run_client(Stage& stage, Options options);
int run_serve(Stage& stage, const Options& options);
int run_demo(Stage& stage, const Options& options);
int run_verify(Stage& stage, const Options& options);

/// Shows the one line about an error, after whatever progress is on the screen.
void show_error(Stage& stage, std::string_view line);

} // namespace mde_package

#endif
