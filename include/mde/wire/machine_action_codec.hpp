// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_MACHINE_ACTION_CODEC_HPP
#define MDE_WIRE_MACHINE_ACTION_CODEC_HPP

/// @file
/// A machine action and a page of them as JSON, both ways, in the order of recorded answers.

#include <mde/base/civil_date.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/machine_action_page.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/names.hpp>

#include <boost/json/serialize.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// The service writes year 1 for "none".
MDE_DECL std::optional<UtcTime> read_date(Members& members, std::string_view name);

MDE_DECL std::vector<std::string> read_strings(Members& members, std::string_view name);

MDE_DECL void read_command_detail(const json::object& object, LiveResponseCommand& command,
                                  Members& outer);

MDE_DECL LiveResponseCommand read_command(const json::object& object, Members& outer);

/// The documentation also says that this array holds plain words: those carry nothing, and are
/// passed over.
MDE_DECL void read_commands(Members& members, MachineAction& action);

MDE_DECL std::optional<RelatedFileInfo> read_related_file(Members& members);

MDE_DECL bool read_id(Members& members, MachineAction& action);

MDE_DECL json::value text_or_null(const std::optional<std::string>& text);

MDE_DECL json::value date_or_null(const std::optional<UtcTime>& date);

MDE_DECL json::object write_command(const LiveResponseCommand& command);

template <class Enum, std::size_t Count>
json::string write_enum(const OpenEnum<Enum>& value, const NameTable<Enum, Count>& names) {
    const std::string_view name = names.name_of(value.value());
    return json::string(name.empty() ? std::string_view(value.unknown_text()) : name);
}

#if MDE_DEFINITIONS

MDE_DECL std::optional<UtcTime> read_date(Members& members, std::string_view name) {
    const auto text = members.string(name);
    if (!text) return std::nullopt;
    const result<UtcTime> date = parse_date(*text);
    if (!date) {
        members.reject();
        return std::nullopt;
    }
    if (*date < utc_of(CivilDate{2, 1, 1})) return std::nullopt;
    return *date;
}

MDE_DECL std::vector<std::string> read_strings(Members& members, std::string_view name) {
    std::vector<std::string> texts;
    const json::array* array = members.array(name);
    if (array == nullptr) return texts;
    for (const json::value& item : *array) {
        if (!item.is_string())
            members.reject();
        else
            texts.emplace_back(item.get_string().data(), item.get_string().size());
    }
    return texts;
}

MDE_DECL void read_command_detail(const json::object& object, LiveResponseCommand& command,
                                  Members& outer) {
    Members members(object);
    command.type = members.string("type").value_or("");
    if (const json::array* parameters = members.array("params")) {
        for (const json::value& item : *parameters) {
            if (!item.is_object()) {
                members.reject();
                continue;
            }
            Members parameter(item.get_object());
            command.parameters.push_back(
                {parameter.string("key").value_or(""), parameter.string("value").value_or("")});
            if (!parameter.ok()) members.reject();
        }
    }
    if (!members.ok()) outer.reject();
}

MDE_DECL LiveResponseCommand read_command(const json::object& object, Members& outer) {
    Members members(object);
    LiveResponseCommand command;
    command.index = members.integer("index").value_or(0);
    command.start_time = read_date(members, "startTime");
    command.end_time = read_date(members, "endTime");
    command.command_status = members.string("commandStatus").value_or("");
    command.errors = read_strings(members, "errors");
    if (const json::object* inner = members.object("command"))
        read_command_detail(*inner, command, members);
    if (!members.ok()) outer.reject();
    return command;
}

MDE_DECL void read_commands(Members& members, MachineAction& action) {
    const json::array* commands = members.array("commands");
    if (commands == nullptr) return;
    for (const json::value& item : *commands)
        if (item.is_object()) action.commands.push_back(read_command(item.get_object(), members));
}

MDE_DECL std::optional<RelatedFileInfo> read_related_file(Members& members) {
    const json::object* object = members.object("relatedFileInfo");
    if (object == nullptr) return std::nullopt;
    Members inner(*object);
    RelatedFileInfo info{inner.string("fileIdentifier").value_or(""),
                         inner.string("fileIdentifierType").value_or("")};
    if (!inner.ok()) members.reject();
    return info;
}

MDE_DECL bool read_id(Members& members, MachineAction& action) {
    const auto text = members.string("id");
    if (!text) return false;
    const result<MachineActionId> documented = MachineActionId::parse(*text);
    const result<MachineActionId> id =
        documented ? documented : MachineActionId::undocumented(*text);
    if (!id) return false;
    action.id = *id;
    return true;
}

MDE_DECL json::value text_or_null(const std::optional<std::string>& text) {
    return text ? json::value(json::string(*text)) : json::value(nullptr);
}

MDE_DECL json::value date_or_null(const std::optional<UtcTime>& date) {
    return date ? json::value(json::string(format_date(*date).view())) : json::value(nullptr);
}

MDE_DECL json::object write_command(const LiveResponseCommand& command) {
    json::array parameters;
    for (const CommandParameter& parameter : command.parameters)
        parameters.push_back({{"key", parameter.key}, {"value", parameter.value}});
    json::array errors;
    for (const std::string& error : command.errors) errors.push_back(json::string(error));
    return {{"index", command.index},
            {"startTime", date_or_null(command.start_time)},
            {"endTime", date_or_null(command.end_time)},
            {"commandStatus", command.command_status},
            {"errors", std::move(errors)},
            {"command", {{"type", command.type}, {"params", std::move(parameters)}}}};
}

#endif

} // namespace detail

/// Members that the page documents, in both spellings that answers were seen to have.
/// @par Errors errc::malformed_answer
MDE_DECL result<MachineAction> read_machine_action(const json::object& object);

/// Members in the order of recorded answers; `null` for what is empty.
MDE_DECL json::object write_machine_action(const MachineAction& action);

/// One action. Source: "Get machineAction API".
template <>
struct Codec<MachineAction> {
    /// Whole, or not at all.
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
    static result<MachineAction> decode(const Answer& answer);

    /// `base` is the API's own URL, as it stands in `@odata.context`.
    static std::string encode(const MachineAction& action, std::string_view base);
};

/// A list of actions. Source: "List machineActions API".
template <>
struct Codec<MachineActionPage> {
    /// One action that cannot be read makes the whole page unreadable.
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
    static result<MachineActionPage> decode(const Answer& answer);

    /// Likewise for a list.
    static std::string encode(const MachineActionPage& page, std::string_view base);
};

#if MDE_DEFINITIONS

MDE_DECL result<MachineAction> read_machine_action(const json::object& object) {
    Members members(object);
    MachineAction action;
    if (!detail::read_id(members, action)) return make_error_code(errc::malformed_answer);
    const auto type = members.string("type");
    const auto status = members.string("status");
    if (!type || !status) return make_error_code(errc::malformed_answer);
    action.type = machine_action_types.read(*type);
    action.status = machine_action_statuses.read(*status);
    action.title = members.string("title");
    action.scope = members.string("scope");
    action.requestor = members.string("requestor");
    action.requestor_comment = members.string("requestorComment");
    action.machine_id = members.string("machineId");
    action.computer_dns_name = members.string("computerDnsName");
    action.created = detail::read_date(members, "creationDateTimeUtc");
    action.last_updated = detail::read_date(members, "lastUpdateDateTimeUtc");
    if (!action.last_updated) action.last_updated = detail::read_date(members, "lastUpdateTimeUtc");
    action.cancellation_requestor = members.string("cancellationRequestor");
    action.cancellation_comment = members.string("cancellationComment");
    action.cancelled_at = detail::read_date(members, "cancellationDateTimeUtc");
    action.external_id = members.string("externalId");
    if (!action.external_id) action.external_id = members.string("externalID");
    action.request_source = members.string("requestSource");
    action.related_file = detail::read_related_file(members);
    detail::read_commands(members, action);
    action.error_hresult = members.integer("errorHResult");
    if (!members.ok()) return make_error_code(errc::malformed_answer);
    return action;
}

MDE_DECL json::object write_machine_action(const MachineAction& action) {
    json::array commands;
    for (const LiveResponseCommand& command : action.commands)
        commands.push_back(detail::write_command(command));
    json::value related(nullptr);
    if (action.related_file)
        related = {{"fileIdentifier", action.related_file->file_identifier},
                   {"fileIdentifierType", action.related_file->file_identifier_type}};
    return {{"id", action.id.text()},
            {"type", detail::write_enum(action.type, machine_action_types)},
            {"title", detail::text_or_null(action.title)},
            {"requestor", detail::text_or_null(action.requestor)},
            {"requestorComment", detail::text_or_null(action.requestor_comment)},
            {"status", detail::write_enum(action.status, machine_action_statuses)},
            {"machineId", detail::text_or_null(action.machine_id)},
            {"computerDnsName", detail::text_or_null(action.computer_dns_name)},
            {"creationDateTimeUtc", detail::date_or_null(action.created)},
            {"lastUpdateDateTimeUtc", detail::date_or_null(action.last_updated)},
            {"cancellationRequestor", detail::text_or_null(action.cancellation_requestor)},
            {"cancellationComment", detail::text_or_null(action.cancellation_comment)},
            {"cancellationDateTimeUtc", detail::date_or_null(action.cancelled_at)},
            {"errorHResult",
             action.error_hresult ? json::value(*action.error_hresult) : json::value(nullptr)},
            {"scope", detail::text_or_null(action.scope)},
            {"externalId", detail::text_or_null(action.external_id)},
            {"requestSource", detail::text_or_null(action.request_source)},
            {"relatedFileInfo", std::move(related)},
            {"commands", std::move(commands)},
            {"troubleshootInfo", nullptr}};
}

MDE_DECL result<MachineAction> Codec<MachineAction>::decode(const Answer& answer) {
    detail::ScratchMemory memory;
    const result<json::object> document = parse_json_object(answer.body, memory.storage());
    if (!document) return document.error();
    return read_machine_action(*document);
}

MDE_DECL std::string Codec<MachineAction>::encode(const MachineAction& action,
                                                  std::string_view base) {
    json::object document;
    document["@odata.context"] = std::string(base) + "/api/$metadata#MachineActions/$entity";
    for (const auto& member : write_machine_action(action))
        document.emplace(member.key(), member.value());
    return json::serialize(document);
}

MDE_DECL result<MachineActionPage> Codec<MachineActionPage>::decode(const Answer& answer) {
    detail::ScratchMemory memory;
    const result<json::object> document = parse_json_object(answer.body, memory.storage());
    if (!document) return document.error();
    Members members(*document);
    MachineActionPage page;
    const json::array* actions = members.array("value");
    page.next_link = members.string("@odata.nextLink");
    if (actions == nullptr || !members.ok()) return make_error_code(errc::malformed_answer);
    for (const json::value& item : *actions) {
        if (!item.is_object()) return make_error_code(errc::malformed_answer);
        result<MachineAction> action = read_machine_action(item.get_object());
        if (!action) return action.error();
        page.actions.push_back(std::move(*action));
    }
    return page;
}

MDE_DECL std::string Codec<MachineActionPage>::encode(const MachineActionPage& page,
                                                      std::string_view base) {
    json::array actions;
    for (const MachineAction& action : page.actions)
        actions.push_back(write_machine_action(action));
    json::object document;
    document["@odata.context"] = std::string(base) + "/api/$metadata#MachineActions";
    document["value"] = std::move(actions);
    if (page.next_link) document["@odata.nextLink"] = *page.next_link;
    return json::serialize(document);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
