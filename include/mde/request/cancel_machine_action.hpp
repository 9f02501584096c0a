// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_CANCEL_MACHINE_ACTION_HPP
#define MDE_REQUEST_CANCEL_MACHINE_ACTION_HPP

/// @file
/// The page "Cancel machine action API" as a type.

#include <mde/base/fwd.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/request/api_request.hpp>
#include <mde/request/comment.hpp>
#include <mde/wire/route.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Cancels an action that has not finished. Source: "Cancel machine action API" (preview). The page
/// wants the permission of the action's own kind; for the collections of this SDK that is
/// Machine.CollectForensics.
struct CancelMachineAction {
    /// Which one.
    MachineActionId action;
    /// Not marked as required by the page; asked for here, since it ends in the audit log.
    std::string comment;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = MachineAction;
    static constexpr Method method = Method::post;
    static constexpr AnyOf application{Permission::machine_collect_forensics};
    static constexpr AnyOf delegated{Permission::machine_collect_forensics};
    static constexpr Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr Stage stage = Stage::cancel;
    static constexpr std::string_view route = "/api/machineactions/{id}/cancel";

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, action.segment());
    }
    error_code check() const noexcept { return check_comment(comment); }
    std::string body() const { return comment_body(comment); }
    /// @}
};

} // namespace mde::inline MDE_ABI

#endif
