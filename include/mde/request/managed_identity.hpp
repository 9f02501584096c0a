// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_MANAGED_IDENTITY_HPP
#define MDE_REQUEST_MANAGED_IDENTITY_HPP

/// @file
/// Signing in as the identity of the virtual machine that this runs on.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/request/grant.hpp>
#include <mde/wire/percent.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// Which identity, and where the metadata service (IMDS) is. At most one of the three names is
/// given; without any it is the machine's own (system-assigned) identity.
struct ManagedIdentity {
    /// By the identity's application.
    std::string client_id{};
    /// By the identity's object in the tenant.
    std::string object_id{};
    /// By the identity's resource in Azure.
    std::string resource_id{};
    /// Link-local, without TLS: the transport must have been told that it may be asked.
    std::string host = "169.254.169.254";
    /// Of the metadata service.
    std::uint16_t port = 80;
    /// For one try. Anywhere but on such a machine nobody answers, and another way may do.
    Duration time_limit = std::chrono::seconds(2);
};

/// Source: "How to use managed identities for Azure resources on an Azure VM to acquire an access
/// token". A `TokenQuery::claims` cannot be passed on: the metadata service has no place for it.
MDE_DECL Grant managed_identity(ManagedIdentity identity = {});

#if MDE_DEFINITIONS

MDE_DECL Grant managed_identity(ManagedIdentity identity) {
    return TokenRequestMaker(
        [identity = std::move(identity)](const TokenAsk& ask) -> result<TokenRequest> {
            TokenRequest request;
            request.issuer = TokenIssuer::metadata_service;
            request.method = Method::get;
            request.scheme = Scheme::http;
            request.host = identity.host;
            request.port = identity.port;
            request.fields = {{"Metadata", "true"}};
            request.time_limit = identity.time_limit;
            request.target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
            wire::append_percent_encoded(request.target, ask.settings->audience);
            const auto add = [&](std::string_view name, std::string_view value) {
                if (value.empty()) return;
                request.target.append(name);
                wire::append_percent_encoded(request.target, value);
            };
            add("&client_id=", identity.client_id);
            add("&object_id=", identity.object_id);
            add("&msi_res_id=", identity.resource_id);
            return request;
        });
}

#endif

} // namespace mde::inline MDE_ABI

#endif
