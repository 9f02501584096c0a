// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_MANAGED_IDENTITY_HOST_HPP
#define MDE_SERVICE_MANAGED_IDENTITY_HOST_HPP

/// @file
/// The metadata service of a cloud's own machines: tokens for whoever runs there, no secret.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/application.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/query.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/service/token_reply.hpp>
#include <mde/service/token_scope.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

namespace detail {

MDE_DECL HttpReply metadata_error(ServiceState& state, unsigned status, std::string_view error,
                                  std::string_view description);

MDE_DECL std::string_view query_parameter(const QueryParameters& query,
                                          std::string_view name) noexcept;

MDE_DECL bool is_named(const QueryParameters& query, std::string_view name, std::string_view value);

/// The first identity that is everything it was called; null if there is none.
MDE_DECL const Application* find_identity(const ServiceState& state, const QueryParameters& query);

#if MDE_DEFINITIONS

MDE_DECL HttpReply metadata_error(ServiceState& state, unsigned status, std::string_view error,
                                  std::string_view description) {
    return sign_in_reply(status, {{"error", error}, {"error_description", description}},
                         state.guids.guid());
}

MDE_DECL std::string_view query_parameter(const QueryParameters& query,
                                          std::string_view name) noexcept {
    for (const auto& [known, value] : query)
        if (ascii::equal_ignoring_case(known, name)) return value;
    return {};
}

MDE_DECL bool is_named(const QueryParameters& query, std::string_view name,
                       std::string_view value) {
    const std::string_view asked = query_parameter(query, name);
    return asked.empty() || ascii::equal_ignoring_case(asked, value);
}

MDE_DECL const Application* find_identity(const ServiceState& state, const QueryParameters& query) {
    const auto found = std::find_if(
        state.applications.begin(), state.applications.end(), [&](const Application& known) {
            return known.managed_identity && is_named(query, "client_id", known.client_id) &&
                   is_named(query, "object_id", known.managed_identity->object_id) &&
                   is_named(query, "msi_res_id", known.managed_identity->resource_id);
        });
    return found == state.applications.end() ? nullptr : &*found;
}

#endif

} // namespace detail

/// Answers as the page "How to use managed identities for Azure resources on an Azure VM to acquire
/// an access token" says. A request that was forwarded is refused: it is not from this machine.
MDE_DECL HttpReply managed_identity_reply(ServiceState& state, const SignerRef& signer,
                                          const IncomingRequest& request, UtcTime utc);

#if MDE_DEFINITIONS

MDE_DECL HttpReply managed_identity_reply(ServiceState& state, const SignerRef& signer,
                                          const IncomingRequest& request, UtcTime utc) {
    if (request.method != "GET")
        return detail::metadata_error(state, 405, "method_not_allowed", "Only GET is supported");
    if (request.field("Metadata") != "true")
        return detail::metadata_error(state, 400, "bad_request_102",
                                      "Required metadata header not specified");
    if (!request.field("X-Forwarded-For").empty())
        return detail::metadata_error(state, 400, "invalid_request",
                                      "The request has an X-Forwarded-For header");
    const QueryParameters query = parse_query(request.target).value_or(QueryParameters());
    for (const std::string_view name : {"api-version", "resource"})
        if (detail::query_parameter(query, name).empty())
            return detail::metadata_error(state, 400, "invalid_request",
                                          "Required query variable '" + std::string(name) +
                                              "' is missing");
    const Application* identity = detail::find_identity(state, query);
    if (identity == nullptr)
        return detail::metadata_error(state, 400, "invalid_request", "Identity not found");
    const std::string_view audience = detail::query_parameter(query, "resource");
    if (const auto refusal = detail::check_audience(state.settings, audience))
        return detail::metadata_error(state, 400, refusal->error,
                                      "AADSTS500011: " + refusal->description);
    return token_reply(state, signer, TokenEndpoint::v1,
                       content_for(*identity, audience, state.settings.token_lifetime), utc);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
