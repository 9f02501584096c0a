// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TOKEN_ROUTE_HPP
#define MDE_SERVICE_TOKEN_ROUTE_HPP

/// @file
/// Which point of sign-in a path names: token, device code, or the metadata service.

#include <mde/base/ascii.hpp>
#include <mde/model/settings.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// A point of sign-in.
enum class SignInPoint {
    /// Where tokens come from.
    token,
    /// Where device codes come from.
    device_code,
    /// Of the metadata service; it has no tenant.
    managed_identity,
};

/// A path of sign-in, taken apart.
struct TokenRoute {
    /// Empty for the metadata service.
    std::string_view tenant;
    /// In which form it answers.
    TokenEndpoint endpoint = TokenEndpoint::v2;
    /// Which point it is.
    SignInPoint point = SignInPoint::token;
};

/// `/{tenant}/oauth2/v2.0/token`, `/{tenant}/oauth2/token`, `/{tenant}/oauth2/v2.0/devicecode` or
/// `/metadata/identity/oauth2/token`.
constexpr std::optional<TokenRoute> match_token_route(std::string_view path) noexcept {
    if (ascii::equal_ignoring_case(path, "/metadata/identity/oauth2/token"))
        return TokenRoute{{}, TokenEndpoint::v1, SignInPoint::managed_identity};
    const std::size_t slash = path.find('/', 1);
    if (!path.starts_with('/') || slash == std::string_view::npos || slash == 1)
        return std::nullopt;
    const std::string_view tenant = path.substr(1, slash - 1);
    const std::string_view rest = path.substr(slash);
    if (ascii::equal_ignoring_case(rest, "/oauth2/v2.0/token"))
        return TokenRoute{tenant, TokenEndpoint::v2, SignInPoint::token};
    if (ascii::equal_ignoring_case(rest, "/oauth2/token"))
        return TokenRoute{tenant, TokenEndpoint::v1, SignInPoint::token};
    if (ascii::equal_ignoring_case(rest, "/oauth2/v2.0/devicecode"))
        return TokenRoute{tenant, TokenEndpoint::v2, SignInPoint::device_code};
    return std::nullopt;
}

} // namespace mde::inline MDE_ABI::service

#endif
