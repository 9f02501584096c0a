// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_GET_MACHINE_ACTION_HPP
#define MDE_REQUEST_GET_MACHINE_ACTION_HPP

/// @file
/// The page "Get machineAction API" as a type.

#include <mde/base/fwd.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/route.hpp>

#include <string_view>

namespace mde::inline MDE_ABI {

/// Reads one action. Source: "Get machineAction API". A fresh action may be 404 for a while.
struct GetMachineAction {
    /// Which one.
    MachineActionId action;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = MachineAction;
    static constexpr Method method = Method::get;
    static constexpr AnyOf application{Permission::machine_read_all,
                                       Permission::machine_read_write_all};
    static constexpr AnyOf delegated{Permission::machine_read, Permission::machine_read_write};
    static constexpr Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr Stage stage = Stage::get_action;
    static constexpr std::string_view route = "/api/machineactions/{id}";

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, action.segment());
    }
    /// @}
};

} // namespace mde::inline MDE_ABI

#endif
