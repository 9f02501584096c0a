// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_GET_LIVE_RESPONSE_RESULT_LINK_HPP
#define MDE_REQUEST_GET_LIVE_RESPONSE_RESULT_LINK_HPP

/// @file
/// The page "Get live response results" as a type.

#include <mde/model/machine_action_id.hpp>
#include <mde/model/machine_action_kind.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/request/api_request.hpp>
#include <mde/wire/route.hpp>

#include <string_view>

namespace mde::inline MDE_ABI {

/// Asks for the link to the result of one command of a live-response action. The link says itself
/// when it ends, by the page after 30 minutes; asking again gives a new one without running the
/// command again.
/// Source: "Get live response results". The newest page names Machine.ReadWrite.All alone for
/// applications, older ones also Machine.Read.All; the union is given here.
struct GetLiveResponseResultLink {
    /// Which one; it must be a live response.
    MachineActionId action;
    /// The command's `index` in the action; counted from 0.
    unsigned index = 0;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = PackageUri;
    static constexpr Method method = Method::get;
    static constexpr AnyOf application{Permission::machine_read_all,
                                       Permission::machine_read_write_all};
    static constexpr AnyOf delegated{Permission::machine_live_response};
    static constexpr Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr Stage stage = Stage::get_live_response_link;
    static constexpr std::string_view route =
        "/api/machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})";
    static constexpr LinkLife link_life = LinkLife::declared;
    static constexpr MachineActionType action_type = MachineActionType::live_response;

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, action.segment(), index);
    }
    /// @}
    /// What its result is stored as.
    constexpr PackageKey key() const noexcept { return PackageKey::live_response(action, index); }
};

} // namespace mde::inline MDE_ABI

#endif
