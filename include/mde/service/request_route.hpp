// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REQUEST_ROUTE_HPP
#define MDE_SERVICE_REQUEST_ROUTE_HPP

/// @file
/// Which call a request is, by its verb and path.

#include <mde/model/diagnostics.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/token_route.hpp>
#include <mde/wire/route.hpp>

#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// A request, sorted.
struct RequestRoute {
    /// `Stage::other`: no call has this verb and path.
    Stage stage = Stage::other;
    /// What stands in place of `{id}`.
    std::string_view segment{};
    std::optional<TokenRoute> token{};
};

namespace detail {

template <class Request>
std::optional<RequestRoute> match_call(std::string_view method, std::string_view path) {
    if (method != name_of(Request::method)) return std::nullopt;
    const auto segment = wire::match_route(Request::route, path);
    if (!segment) return std::nullopt;
    return RequestRoute{Request::stage, *segment, {}};
}

} // namespace detail

/// The points of sign-in are found for every verb, since they have their own answer to a wrong one.
inline RequestRoute route_request(std::string_view method, std::string_view path) {
    if (method == "GET" && ascii::equal_ignoring_case(path, package_path))
        return {Stage::download, {}, {}};
    if (const auto token = match_token_route(path)) return {Stage::sign_in, {}, token};
    if (auto route = detail::match_call<GetPackageUri>(method, path)) return *route;
    if (auto route = detail::match_call<CancelMachineAction>(method, path)) return *route;
    if (auto route = detail::match_call<CollectInvestigationPackage>(method, path)) return *route;
    if (auto route = detail::match_call<GetMachineAction>(method, path)) return *route;
    if (auto route = detail::match_call<ListMachineActions>(method, path)) return *route;
    return {};
}

} // namespace mde::inline MDE_ABI::service

#endif
