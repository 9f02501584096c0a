// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ACTION_HPP
#define MDE_MODEL_MACHINE_ACTION_HPP

/// @file
/// A machine action: what the service knows of one thing that a machine was asked to do.

#include <mde/base/time.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/model/machine_action_kind.hpp>
#include <mde/model/open_enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mde::inline MDE_ABI {

/// A file that an action was about.
struct RelatedFileInfo {
    /// The digest that names the file.
    std::string file_identifier;
    /// `Sha1`, `Sha256` or `Md5` by the page; kept as it came.
    std::string file_identifier_type;

    friend bool operator==(const RelatedFileInfo&, const RelatedFileInfo&) = default;
};

/// One parameter of a live-response command.
struct CommandParameter {
    /// As the command calls it.
    std::string key;
    /// As it was given.
    std::string value;

    friend bool operator==(const CommandParameter&, const CommandParameter&) = default;
};

/// One command of a live-response action. Source: "Run live response commands on a device".
struct LiveResponseCommand {
    /// Counted from 0; see `GetLiveResponseResultLink`.
    std::int64_t index = 0;
    /// By the service's clock.
    std::optional<UtcTime> start_time;
    /// By the service's clock.
    std::optional<UtcTime> end_time;
    /// As the service spells it.
    std::string command_status;
    /// What the machine reported.
    std::vector<std::string> errors;
    /// The command, as the service spells it: `GetFile`, `RunScript`, `PutFile`.
    std::string type;
    /// In the order of the answer.
    std::vector<CommandParameter> parameters;

    friend bool operator==(const LiveResponseCommand&, const LiveResponseCommand&) = default;
};

/// Source: "machineAction resource type" and recorded answers. Only the id, the type and the status
/// are always there; whatever else the service leaves out or sends as null is empty here.
struct MachineAction {
    /// Never empty.
    MachineActionId id;
    /// What was asked for.
    OpenEnum<MachineActionType> type;
    /// How far it has come.
    OpenEnum<MachineActionStatus> status;
    /// A name for people.
    std::optional<std::string> title;
    /// As the page spells it, such as `Quick` and `Full` of a scan.
    std::optional<std::string> scope;
    /// Who asked for it: a user or an application.
    std::optional<std::string> requestor;
    /// The comment that it was asked for with.
    std::optional<std::string> requestor_comment;
    /// 40 hexadecimal digits; null on some fresh actions. Kept as text: it names the machine in
    /// the receipt, and an odd one must not make the action unreadable.
    std::optional<std::string> machine_id;
    /// The machine's name.
    std::optional<std::string> computer_dns_name;
    /// By the service's clock, in steps of 100 ns.
    std::optional<UtcTime> created;
    /// Likewise; moves with each change of the status.
    std::optional<UtcTime> last_updated;
    /// Who cancelled it.
    std::optional<std::string> cancellation_requestor;
    /// The comment that it was cancelled with.
    std::optional<std::string> cancellation_comment;
    /// When it was cancelled, by the service's clock.
    std::optional<UtcTime> cancelled_at;
    /// An id that the requestor gave it.
    std::optional<std::string> external_id;
    /// Where it was asked for; `PublicApi` in all recorded answers.
    std::optional<std::string> request_source;
    /// For actions about a file.
    std::optional<RelatedFileInfo> related_file;
    /// For live responses, in their order.
    std::vector<LiveResponseCommand> commands;
    /// Zero when the machine reported no error.
    std::optional<std::int64_t> error_hresult;

    friend bool operator==(const MachineAction&, const MachineAction&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
