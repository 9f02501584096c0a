// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ACTION_HPP
#define MDE_MODEL_MACHINE_ACTION_HPP

/// @file
/// A machine action: what the service knows of one thing that a machine was asked to do.

#include <mde/base/time.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/model/open_enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mde::inline MDE_ABI {

/// Kinds of action. Source: "machineAction resource type".
enum class MachineActionType {
    unknown,
    run_anti_virus_scan,
    offboard,
    live_response,
    collect_investigation_package,
    isolate,
    unisolate,
    stop_and_quarantine_file,
    restrict_code_execution,
    unrestrict_code_execution,
};

/// How far an action has come. Source: "machineAction resource type".
enum class MachineActionStatus {
    unknown,
    pending,
    in_progress,
    succeeded,
    failed,
    time_out,
    cancelled,
};

/// True for the statuses that are never left again. An unknown one is not: the service may grow.
constexpr bool is_terminal(MachineActionStatus status) noexcept {
    return status == MachineActionStatus::succeeded || status == MachineActionStatus::failed ||
           status == MachineActionStatus::time_out || status == MachineActionStatus::cancelled;
}

/// A file that an action was about.
struct RelatedFileInfo {
    std::string file_identifier;
    /// `Sha1`, `Sha256` or `Md5` by the page; kept as it came.
    std::string file_identifier_type;

    friend bool operator==(const RelatedFileInfo&, const RelatedFileInfo&) = default;
};

/// One parameter of a live-response command.
struct CommandParameter {
    std::string key;
    std::string value;

    friend bool operator==(const CommandParameter&, const CommandParameter&) = default;
};

/// One command of a live-response action. Source: "Run live response commands on a device".
struct LiveResponseCommand {
    std::int64_t index = 0;
    std::optional<UtcTime> start_time;
    std::optional<UtcTime> end_time;
    std::string command_status;
    std::vector<std::string> errors;
    std::string type;
    std::vector<CommandParameter> parameters;

    friend bool operator==(const LiveResponseCommand&, const LiveResponseCommand&) = default;
};

/// Source: "machineAction resource type" and recorded answers. Only the id, the type and the status
/// are always there; whatever else the service leaves out or sends as null is empty here.
struct MachineAction {
    MachineActionId id;
    OpenEnum<MachineActionType> type;
    OpenEnum<MachineActionStatus> status;
    std::optional<std::string> title;
    std::optional<std::string> scope;
    std::optional<std::string> requestor;
    std::optional<std::string> requestor_comment;
    /// 40 hexadecimal digits; null on some fresh actions. Kept as text: it names the machine in
    /// the receipt, and an odd one must not make the action unreadable.
    std::optional<std::string> machine_id;
    std::optional<std::string> computer_dns_name;
    std::optional<UtcTime> created;
    std::optional<UtcTime> last_updated;
    std::optional<std::string> cancellation_requestor;
    std::optional<std::string> cancellation_comment;
    std::optional<UtcTime> cancelled_at;
    std::optional<std::string> external_id;
    std::optional<std::string> request_source;
    std::optional<RelatedFileInfo> related_file;
    std::vector<LiveResponseCommand> commands;
    /// Zero when the machine reported no error.
    std::optional<std::int64_t> error_hresult;

    friend bool operator==(const MachineAction&, const MachineAction&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
