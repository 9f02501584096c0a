// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ACTION_KIND_HPP
#define MDE_MODEL_MACHINE_ACTION_KIND_HPP

/// @file
/// What kinds of action there are, and how far one can have come.

#include <mde/base/version.hpp>

namespace mde::inline MDE_ABI {

/// Kinds of action. Source: "machineAction resource type".
enum class MachineActionType {
    /// None of these; `OpenEnum::unknown_text()` has it.
    unknown,
    /// `RunAntiVirusScan`
    run_anti_virus_scan,
    /// `Offboard`
    offboard,
    /// `LiveResponse`: its commands have results.
    live_response,
    /// `CollectInvestigationPackage`: what this SDK is about.
    collect_investigation_package,
    /// `Isolate`
    isolate,
    /// `Unisolate`
    unisolate,
    /// `StopAndQuarantineFile`
    stop_and_quarantine_file,
    /// `RestrictCodeExecution`
    restrict_code_execution,
    /// `UnrestrictCodeExecution`
    unrestrict_code_execution,
};

/// How far an action has come. Source: "machineAction resource type".
enum class MachineActionStatus {
    /// None of these; `OpenEnum::unknown_text()` has it.
    unknown,
    /// The machine has not begun.
    pending,
    /// The machine is at it.
    in_progress,
    /// What was asked for is there.
    succeeded,
    /// The machine could not do it; see `MachineAction::error_hresult`.
    failed,
    /// The machine did not do it in time.
    time_out,
    /// Somebody no longer wanted it.
    cancelled,
};

/// True for the statuses that are never left again. An unknown one is not: the service may grow.
constexpr bool is_terminal(MachineActionStatus status) noexcept {
    return status == MachineActionStatus::succeeded || status == MachineActionStatus::failed ||
           status == MachineActionStatus::time_out || status == MachineActionStatus::cancelled;
}

} // namespace mde::inline MDE_ABI

#endif
