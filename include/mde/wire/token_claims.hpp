// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_TOKEN_CLAIMS_HPP
#define MDE_WIRE_TOKEN_CLAIMS_HPP

/// @file
/// Reads what an access token seems to grant: for advice, verified by nobody here.

#include <mde/base/linkage.hpp>
#include <mde/model/permission.hpp>
#include <mde/model/token_claims.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/jwt.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

namespace detail {

MDE_DECL void add_permission(AnyOf& granted, std::string_view name) noexcept;

MDE_DECL AnyOf permissions_in(std::string_view scopes) noexcept;

MDE_DECL AnyOf permissions_in(const json::array& roles) noexcept;

#if MDE_DEFINITIONS

MDE_DECL void add_permission(AnyOf& granted, std::string_view name) noexcept {
    if (const auto permission = find_permission(name)) granted = granted.with(*permission);
}

MDE_DECL AnyOf permissions_in(std::string_view scopes) noexcept {
    AnyOf granted{};
    while (!scopes.empty()) {
        const std::size_t end = (std::min)(scopes.find(' '), scopes.size());
        add_permission(granted, scopes.substr(0, end));
        scopes.remove_prefix((std::min)(end + 1, scopes.size()));
    }
    return granted;
}

MDE_DECL AnyOf permissions_in(const json::array& roles) noexcept {
    AnyOf granted{};
    for (const json::value& role : roles)
        if (role.is_string()) add_permission(granted, std::string_view(role.get_string()));
    return granted;
}

#endif

} // namespace detail

/// Nothing for an opaque token, which is as good as any other. A token with `scp` speaks for a
/// user, whatever else is in it; one with neither `scp` nor `roles` grants nothing.
MDE_DECL std::optional<TokenClaims> decode_token_claims(std::string_view token);

#if MDE_DEFINITIONS

MDE_DECL std::optional<TokenClaims> decode_token_claims(std::string_view token) {
    const std::optional<std::string> payload = jwt_payload(token);
    if (!payload) return std::nullopt;
    const result<json::object> document = parse_json_object(*payload);
    if (!document) return std::nullopt;
    Members members(*document);
    TokenClaims claims{members.string("aud").value_or(""), members.string("tid").value_or(""),
                       TokenSubject::application, AnyOf()};
    if (const auto scopes = members.string("scp")) {
        claims.subject = TokenSubject::user;
        claims.granted = detail::permissions_in(*scopes);
    } else if (const json::array* roles = members.array("roles")) {
        claims.granted = detail::permissions_in(*roles);
    }
    return members.ok() ? std::optional<TokenClaims>(std::move(claims)) : std::nullopt;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
