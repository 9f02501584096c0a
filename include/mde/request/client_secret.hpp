// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_CLIENT_SECRET_HPP
#define MDE_REQUEST_CLIENT_SECRET_HPP

/// @file
/// Signing in as an application that shares a secret with its tenant.

#include <mde/request/grant.hpp>

#include <memory>
#include <utility>

namespace mde::inline MDE_ABI {

/// Source: "OAuth 2.0 client credentials flow", first case.
/// @par Errors of its requests: errc::credential_unavailable, if there is no secret, or `Settings`
/// lack tenant, client id or authority
inline Grant client_secret(Secret secret) {
    return TokenRequestMaker([shared = std::make_shared<const Secret>(std::move(secret))](
                                 const TokenAsk& ask) -> result<TokenRequest> {
        if (shared->empty()) return make_error_code(errc::credential_unavailable);
        auto request = begin_client_credentials(ask);
        if (request) request->prove("client_secret", shared->clone());
        return request;
    });
}

} // namespace mde::inline MDE_ABI

#endif
