// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_GET_PACKAGE_URI_HPP
#define MDE_REQUEST_GET_PACKAGE_URI_HPP

/// @file
/// The page "Get package SAS URI" as a type.

#include <mde/model/machine_action_id.hpp>
#include <mde/model/machine_action_kind.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/route.hpp>

#include <string_view>

namespace mde::inline MDE_ABI {

/// Asks for the link to the package of a finished collection. The link lives a very short time: ask
/// for it when the download can start, not before.
/// Source: "Get package SAS URI". The pages of different years disagree about the application
/// permission; the union is given here. 404 while the action has not finished.
struct GetPackageUri {
    /// Which one; it must be a collection that has succeeded.
    MachineActionId action;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = PackageUri;
    static constexpr Method method = Method::get;
    static constexpr AnyOf application{Permission::machine_collect_forensics,
                                       Permission::machine_read_all,
                                       Permission::machine_read_write_all};
    static constexpr AnyOf delegated{Permission::machine_collect_forensics};
    static constexpr Quota quota{.per_minute = 2, .per_hour = 120};
    static constexpr Stage stage = Stage::get_link;
    static constexpr std::string_view route = "/api/machineactions/{id}/getPackageUri";
    static constexpr MachineActionType action_type =
        MachineActionType::collect_investigation_package;

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, action.segment());
    }
    /// @}
    /// What the package is stored as.
    constexpr PackageKey key() const noexcept { return PackageKey(action); }
};

} // namespace mde::inline MDE_ABI

#endif
