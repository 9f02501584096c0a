// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_LIST_MACHINE_ACTIONS_HPP
#define MDE_REQUEST_LIST_MACHINE_ACTIONS_HPP

/// @file
/// The page "List machineActions API" as a type.

#include <mde/base/fwd.hpp>
#include <mde/model/machine_action_kind.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/date_text.hpp>
#include <mde/wire/names.hpp>
#include <mde/wire/percent.hpp>

#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Lists actions, newest first. Source: "List machineActions API". Each filter that is set must
/// hold; the page documents `$filter`, `$top` (at most 10,000) and `$skip`, no ordering.
struct ListMachineActions {
    /// Of this machine.
    std::optional<MachineId> machine{};
    /// Of this type; an unknown one is not asked for.
    std::optional<MachineActionType> type{};
    /// With this status; an unknown one is not asked for.
    std::optional<MachineActionStatus> status{};
    /// Created at or after.
    std::optional<UtcTime> created_since{};
    /// Zero: not sent, the service decides.
    unsigned top = 0;
    /// So many are left out at the front.
    unsigned skip = 0;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = MachineActionPage;
    static constexpr Method method = Method::get;
    static constexpr AnyOf application{Permission::machine_read_all,
                                       Permission::machine_read_write_all};
    static constexpr AnyOf delegated{Permission::machine_read, Permission::machine_read_write};
    static constexpr Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr Stage stage = Stage::list_actions;
    static constexpr std::string_view route = "/api/machineactions";

    constexpr FixedText<1024> target() const noexcept {
        FixedText<1024> filter;
        if (machine) add_quoted(filter, "machineId", machine->text());
        if (type) add_quoted(filter, "type", wire::machine_action_types.name_of(*type));
        if (status) add_quoted(filter, "status", wire::machine_action_statuses.name_of(*status));
        if (created_since) {
            add_and(filter);
            filter.append("creationDateTimeUtc ge ");
            filter.append(wire::format_date(*created_since));
        }
        FixedText<1024> text(route);
        char separator = '?';
        if (!filter.empty()) {
            add_name(text, separator, "$filter=");
            wire::append_percent_encoded(text, filter);
        }
        if (top != 0) {
            add_name(text, separator, "$top=");
            text.append_number(top);
        }
        if (skip != 0) {
            add_name(text, separator, "$skip=");
            text.append_number(skip);
        }
        return text;
    }
    /// @}

  private:
    using Text = FixedText<1024>;

    static constexpr void add_name(Text& text, char& separator, std::string_view name) noexcept {
        text.append(separator);
        text.append(name);
        separator = '&';
    }
    static constexpr void add_and(Text& filter) noexcept {
        if (!filter.empty()) filter.append(" and ");
    }
    /// A quote inside an OData string is written twice.
    static constexpr void add_quoted(Text& filter, std::string_view name,
                                     std::string_view value) noexcept {
        // An unknown type or status has no name to ask for.
        if (value.empty()) return;
        add_and(filter);
        filter.append(name);
        filter.append(" eq '");
        for (const char c : value) {
            if (c == '\'') filter.append(c);
            filter.append(c);
        }
        filter.append('\'');
    }
};

} // namespace mde::inline MDE_ABI

#endif
