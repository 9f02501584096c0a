// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_READINESS_HPP
#define MDE_FLOW_READINESS_HPP

/// @file
/// Whether an action has what a link is wanted to, judged by the action alone.

#include <mde/base/linkage.hpp>
#include <mde/flow/await_action.hpp>
#include <mde/flow/classify.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_package_uri.hpp>

#include <cstdint>
#include <string>

namespace mde::inline MDE_ABI::flow {

namespace detail {

/// No error if the action as a whole has succeeded.
MDE_DECL error_code readiness_of_action(const MachineAction& action, Diagnostics& diagnostics);

/// The machine's own words about a command that failed.
MDE_DECL error_code failed_command(const LiveResponseCommand& command, Diagnostics& diagnostics);

#if MDE_DEFINITIONS

MDE_DECL error_code readiness_of_action(const MachineAction& action, Diagnostics& diagnostics) {
    if (!is_terminal(action.status)) return make_error_code(errc::action_not_finished);
    if (action.status == MachineActionStatus::succeeded) return {};
    describe_ending(action, diagnostics);
    return error_of_ending(action.status);
}

MDE_DECL error_code failed_command(const LiveResponseCommand& command, Diagnostics& diagnostics) {
    std::string words;
    for (const std::string& error : command.errors) words += words.empty() ? error : "; " + error;
    diagnostics.code = safe_word(command.command_status, {});
    diagnostics.message = safe_message(words, {});
    return make_error_code(errc::action_failed);
}

#endif

} // namespace detail

/// A package is there once the action has succeeded.
/// @par Errors errc::action_not_finished, errc::action_failed, errc::action_timed_out,
/// errc::action_cancelled
MDE_DECL error_code readiness(const GetPackageUri&, const MachineAction& action,
                              Diagnostics& diagnostics);

/// A command that has completed has its result even if a later one failed. Answers sometimes leave
/// the commands out: then the action as a whole decides.
/// Source: "Run live response commands on a device"; API-CONTRACT 3.1, 3.3.
/// @par Errors as above, and errc::not_found: the action has no such command
MDE_DECL error_code readiness(const GetLiveResponseResultLink& request, const MachineAction& action,
                              Diagnostics& diagnostics);

#if MDE_DEFINITIONS

MDE_DECL error_code readiness(const GetPackageUri&, const MachineAction& action,
                              Diagnostics& diagnostics) {
    return detail::readiness_of_action(action, diagnostics);
}

MDE_DECL error_code readiness(const GetLiveResponseResultLink& request, const MachineAction& action,
                              Diagnostics& diagnostics) {
    for (const LiveResponseCommand& command : action.commands) {
        if (command.index != static_cast<std::int64_t>(request.index)) continue;
        if (command.command_status == "Completed") return {};
        if (command.command_status == "Failed") return detail::failed_command(command, diagnostics);
        return detail::readiness_of_action(action, diagnostics);
    }
    if (!action.commands.empty()) return make_error_code(errc::not_found);
    return detail::readiness_of_action(action, diagnostics);
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
