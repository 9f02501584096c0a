// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_MISSING_PERMISSIONS_HPP
#define MDE_REQUEST_MISSING_PERMISSIONS_HPP

/// @file
/// Which calls a token will probably not be allowed to make: advice, never a refusal.

#include <mde/model/token_claims.hpp>
#include <mde/request/api_request.hpp>

#include <vector>

namespace mde::inline MDE_ABI {

/// A call for which the token has no permission.
struct MissingPermission {
    /// Which call, by its stage.
    Stage call = Stage::none;
    /// One of these would be enough.
    AnyOf one_of;

    friend bool operator==(const MissingPermission&, const MissingPermission&) noexcept = default;
};

/// What `claims` lack for the given calls: application permissions if the token speaks for the
/// application, delegated ones if it speaks for a user (who also needs a role in the portal, of
/// which a token says nothing). Empty: nothing is known to be missing. The service decides.
///
/// `missing_permissions<CollectInvestigationPackage, GetMachineAction, GetPackageUri>(claims)`
template <ApiRequest... Requests>
std::vector<MissingPermission> missing_permissions(const TokenClaims& claims) {
    std::vector<MissingPermission> missing;
    const auto check = [&](Stage call, AnyOf application, AnyOf delegated) {
        const AnyOf needed = claims.subject == TokenSubject::user ? delegated : application;
        if (!needed.empty() && !needed.satisfied_by(claims.granted))
            missing.push_back({call, needed});
    };
    (check(Requests::stage, Requests::application, Requests::delegated), ...);
    return missing;
}

} // namespace mde::inline MDE_ABI

#endif
