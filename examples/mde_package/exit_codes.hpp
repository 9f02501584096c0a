// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_EXIT_CODES_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_EXIT_CODES_HPP

/// @file
/// How an error becomes one line and an exit code.

#include <mde/base/error.hpp>
#include <mde/model/diagnostics.hpp>

#include <array>
#include <string>
#include <string_view>

namespace mde_package {

/// One row of the table that `--help` shows.
struct ExitCode {
    int number;
    std::string_view meaning;
};

namespace exits {

inline constexpr int success = 0;
inline constexpr int usage = 2;
inline constexpr int sign_in = 3;
inline constexpr int permission = 4;
inline constexpr int not_found = 5;
inline constexpr int not_finished = 6;
inline constexpr int link_dead = 7;
inline constexpr int certificate = 8;
inline constexpr int network = 9;
inline constexpr int store = 10;
inline constexpr int action_failed = 11;
inline constexpr int unavailable = 12;
inline constexpr int not_a_package = 13;
inline constexpr int already_running = 14;
inline constexpr int already_stored = 15;
inline constexpr int link_host = 16;
inline constexpr int incomplete = 17;
inline constexpr int state = 18;
inline constexpr int not_proven = 19;
inline constexpr int other = 70;
inline constexpr int interrupted = 130;
inline constexpr int terminated = 143;

} // namespace exits

inline constexpr std::array<ExitCode, 22> exit_codes{{
    {exits::success, "done; for a fetch: all that was asked for is whole, under its final name"},
    {exits::usage, "the command line makes no sense"},
    {exits::sign_in, "sign-in was refused or declined, or has nothing to sign in with"},
    {exits::permission, "a permission is missing"},
    {exits::not_found, "no such action or machine, or the action collects no package"},
    {exits::not_finished, "the action has not finished"},
    {exits::link_dead, "the link has expired, or the download host refuses it"},
    {exits::certificate, "certificate or TLS"},
    {exits::network, "network: unreachable, lost, timed out, deadline, proxy"},
    {exits::store, "the package cannot be stored: no space, denied, busy"},
    {exits::action_failed, "the action failed, timed out or was cancelled"},
    {exits::unavailable, "throttled, or the service cannot answer now"},
    {exits::not_a_package, "what came is no package, not whole, or larger than --max-bytes"},
    {exits::already_running, "a collection for this machine already runs"},
    {exits::already_stored, "the package is already stored"},
    {exits::link_host, "the link's host is not allowed"},
    {exits::incomplete, "collect-many: has come to its end, but not all packages are stored"},
    {exits::state, "collect-many: the state cannot be used"},
    {exits::not_proven, "verify: a package is not what its receipt says, or there is none"},
    {exits::other, "anything else"},
    {exits::interrupted, "stopped by SIGINT"},
    {exits::terminated, "stopped by SIGTERM"},
}};

/// The exit code for an error.
int exit_code_of(const mde::error_code& error) noexcept;

/// The one line about an error, without a line break: what failed, why, in the service's words, and
/// what to do next. `what` is this program's own text.
std::string error_line(std::string_view what, const mde::error_code& error,
                       const mde::Diagnostics& diagnostics);

/// The end of one that was stopped by a signal; elsewhere `error_line` says it.
std::string stopped_line(std::string_view what, std::string_view next);
bool is_stopped(const mde::error_code& error) noexcept;

/// The same for a mistake on the command line.
std::string usage_line(std::string_view what);

} // namespace mde_package

#endif
