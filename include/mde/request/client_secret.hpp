// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_CLIENT_SECRET_HPP
#define MDE_REQUEST_CLIENT_SECRET_HPP

/// @file
/// Signing in as an application that shares a secret with its tenant.

#include <mde/base/linkage.hpp>
#include <mde/request/grant.hpp>

#include <utility>

namespace mde::inline MDE_ABI {

namespace detail {

/// Makes the requests of `client_secret`. A copy has a copy of the secret, wiped like every other.
class ClientSecretMaker {
  public:
    explicit ClientSecretMaker(Secret secret) noexcept : secret_(std::move(secret)) {}
    ClientSecretMaker(ClientSecretMaker&&) noexcept = default;
    ClientSecretMaker(const ClientSecretMaker& other) : secret_(other.secret_.clone()) {}
    ClientSecretMaker& operator=(ClientSecretMaker&&) = delete;
    ClientSecretMaker& operator=(const ClientSecretMaker&) = delete;
    ~ClientSecretMaker() = default;

    result<TokenRequest> operator()(const TokenAsk& ask) const;

  private:
    Secret secret_;
};

#if MDE_DEFINITIONS

MDE_DECL result<TokenRequest> ClientSecretMaker::operator()(const TokenAsk& ask) const {
    if (secret_.empty()) return make_error_code(errc::credential_unavailable);
    auto request = begin_client_credentials(ask);
    if (request) request->prove("client_secret", secret_.clone());
    return request;
}

#endif

} // namespace detail

/// Source: "OAuth 2.0 client credentials flow", first case.
/// @par Errors of its requests: errc::credential_unavailable, if there is no secret, or `Settings`
/// lack tenant, client id or authority
MDE_DECL Grant client_secret(Secret secret);

#if MDE_DEFINITIONS

MDE_DECL Grant client_secret(Secret secret) {
    return TokenRequestMaker(detail::ClientSecretMaker(std::move(secret)));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
