// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_COLLECT_INVESTIGATION_PACKAGE_HPP
#define MDE_REQUEST_COLLECT_INVESTIGATION_PACKAGE_HPP

/// @file
/// The page "Collect investigation package API" as a type.

#include <mde/base/fwd.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/request/api_request.hpp>
#include <mde/request/comment.hpp>
#include <mde/wire/route.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Starts a collection on a machine. Source: "Collect investigation package API": 201 with the new
/// action; 400 if a collection for this machine already runs.
struct CollectInvestigationPackage {
    /// Which one.
    MachineId machine;
    /// Required; see `check_comment()`.
    std::string comment;

    /// @{
    /// The page; see `ApiRequest`.
    using Response = MachineAction;
    static constexpr Method method = Method::post;
    static constexpr AnyOf application{Permission::machine_collect_forensics};
    static constexpr AnyOf delegated{Permission::machine_collect_forensics};
    static constexpr Quota quota{.per_minute = 100, .per_hour = 1500};
    static constexpr Stage stage = Stage::collect;
    static constexpr std::string_view route = "/api/machines/{id}/collectInvestigationPackage";

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, machine.segment());
    }
    error_code check() const noexcept { return check_comment(comment); }
    std::string body() const { return comment_body(comment); }
    /// @}
};

} // namespace mde::inline MDE_ABI

#endif
