// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_NAMES_HPP
#define MDE_WIRE_NAMES_HPP

/// @file
/// The spelling of enumerations on the wire.

#include <mde/base/ascii.hpp>
#include <mde/model/machine_action_kind.hpp>
#include <mde/model/open_enum.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// One value and one of its names.
template <class Enum>
struct EnumName {
    /// The value.
    Enum value;
    /// As it stands on the wire.
    std::string_view name;
};

/// Values and their names; of two names of one value the first is written, both are read. Case is
/// ignored on reading, since pages disagree about it.
template <class Enum, std::size_t Count>
struct NameTable {
    /// In the order in which they are looked through.
    std::array<EnumName<Enum>, Count> rows;

    /// `Enum::unknown` for a name that is not in the table.
    constexpr Enum find(std::string_view name) const noexcept {
        for (const EnumName<Enum>& row : rows)
            if (ascii::equal_ignoring_case(row.name, name)) return row.value;
        return Enum::unknown;
    }

    /// The same, with the name kept if it is not in the table.
    OpenEnum<Enum> read(std::string_view name) const {
        const Enum known = find(name);
        return known == Enum::unknown ? OpenEnum<Enum>::unknown(name) : OpenEnum<Enum>(known);
    }

    /// Empty for `unknown`.
    constexpr std::string_view name_of(Enum value) const noexcept {
        for (const EnumName<Enum>& row : rows)
            if (row.value == value) return row.name;
        return {};
    }
};

/// Source: "machineAction resource type".
inline constexpr NameTable<MachineActionType, 9> machine_action_types{{{
    {MachineActionType::run_anti_virus_scan, "RunAntiVirusScan"},
    {MachineActionType::offboard, "Offboard"},
    {MachineActionType::live_response, "LiveResponse"},
    {MachineActionType::collect_investigation_package, "CollectInvestigationPackage"},
    {MachineActionType::isolate, "Isolate"},
    {MachineActionType::unisolate, "Unisolate"},
    {MachineActionType::stop_and_quarantine_file, "StopAndQuarantineFile"},
    {MachineActionType::restrict_code_execution, "RestrictCodeExecution"},
    {MachineActionType::unrestrict_code_execution, "UnrestrictCodeExecution"},
}}};

/// Source: "machineAction resource type"; its older text spells `Canceled`.
inline constexpr NameTable<MachineActionStatus, 7> machine_action_statuses{{{
    {MachineActionStatus::pending, "Pending"},
    {MachineActionStatus::in_progress, "InProgress"},
    {MachineActionStatus::succeeded, "Succeeded"},
    {MachineActionStatus::failed, "Failed"},
    {MachineActionStatus::time_out, "TimeOut"},
    {MachineActionStatus::cancelled, "Cancelled"},
    {MachineActionStatus::cancelled, "Canceled"},
}}};

} // namespace mde::inline MDE_ABI::wire

#endif
