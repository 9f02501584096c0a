// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_TOKEN_CLAIMS_HPP
#define MDE_MODEL_TOKEN_CLAIMS_HPP

/// @file
/// What an access token seems to grant.

#include <mde/model/permission.hpp>

#include <string>

namespace mde::inline MDE_ABI {

/// For whom a token speaks.
enum class TokenSubject {
    /// The application itself; its permissions stand in `roles`.
    application,
    /// A user, through the application; the delegated permissions stand in `scp`.
    user,
};

/// Only what a preflight needs. Source: "Access token claims reference". The service may change the
/// form of its tokens at any time, so nothing may depend on this.
struct TokenClaims {
    /// `aud`: the resource that the token is for.
    std::string audience;
    /// `tid`: the tenant that it was issued in.
    std::string tenant;
    /// Whose permissions they are.
    TokenSubject subject = TokenSubject::application;
    /// Those of the API's permissions that this SDK knows.
    AnyOf granted{};
};

} // namespace mde::inline MDE_ABI

#endif
