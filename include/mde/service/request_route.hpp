// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REQUEST_ROUTE_HPP
#define MDE_SERVICE_REQUEST_ROUTE_HPP

/// @file
/// Which call a request is, by its verb and path.

#include <mde/base/linkage.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/service/blob_path.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/token_route.hpp>
#include <mde/wire/route_match.hpp>

#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// A request, sorted.
struct RequestRoute {
    /// `Stage::other`: no call has this verb and path.
    Stage stage = Stage::other;
    /// What stands in place of `{id}`.
    std::string_view segment{};
    /// Of `Stage::sign_in`.
    std::optional<TokenRoute> token{};
    /// Of `Stage::export_files`.
    std::optional<ExportKind> exported{};
};

namespace detail {

template <class Request>
std::optional<RequestRoute> match_call(std::string_view method, std::string_view path) {
    if (method != name_of(Request::method)) return std::nullopt;
    const auto segment = wire::match_route(Request::route, path);
    if (!segment) return std::nullopt;
    return RequestRoute{Request::stage, *segment, {}, {}};
}

MDE_DECL std::optional<RequestRoute> match_live_response(std::string_view method,
                                                         std::string_view path);

MDE_DECL std::optional<RequestRoute> match_export(std::string_view method, std::string_view path);

#if MDE_DEFINITIONS

MDE_DECL std::optional<RequestRoute> match_live_response(std::string_view method,
                                                         std::string_view path) {
    if (method != name_of(GetLiveResponseResultLink::method)) return std::nullopt;
    const auto match = wire::match_numbered_route(GetLiveResponseResultLink::route, path);
    if (!match) return std::nullopt;
    return RequestRoute{GetLiveResponseResultLink::stage, match->segment, {}, {}};
}

MDE_DECL std::optional<RequestRoute> match_export(std::string_view method, std::string_view path) {
    if (method != name_of(Method::get)) return std::nullopt;
    for (const ExportPage& page : export_pages)
        if (wire::match_route(page.route, path))
            return RequestRoute{Stage::export_files, {}, {}, page.kind};
    return std::nullopt;
}

#endif

} // namespace detail

/// The points of sign-in are found for every verb, since they have their own answer to a wrong one.
MDE_DECL RequestRoute route_request(std::string_view method, std::string_view path);

#if MDE_DEFINITIONS

MDE_DECL RequestRoute route_request(std::string_view method, std::string_view path) {
    if (method == "GET" && ascii::equal_ignoring_case(path, package_path))
        return {Stage::download, {}, {}, {}};
    if (method == "GET" && path.starts_with(blob_root)) return {Stage::download, {}, {}, {}};
    if (const auto token = match_token_route(path)) return {Stage::sign_in, {}, token, {}};
    if (auto route = detail::match_call<GetPackageUri>(method, path)) return *route;
    if (auto route = detail::match_call<CancelMachineAction>(method, path)) return *route;
    if (auto route = detail::match_call<CollectInvestigationPackage>(method, path)) return *route;
    if (auto route = detail::match_call<GetMachineAction>(method, path)) return *route;
    if (auto route = detail::match_call<ListMachineActions>(method, path)) return *route;
    if (auto route = detail::match_live_response(method, path)) return *route;
    if (auto route = detail::match_export(method, path)) return *route;
    return {};
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
