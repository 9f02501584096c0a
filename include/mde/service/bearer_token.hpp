// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BEARER_TOKEN_HPP
#define MDE_SERVICE_BEARER_TOKEN_HPP

/// @file
/// Access tokens in the form of a JWT: made by the sign-in host, checked by the API.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/application.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/signer.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// What a token says.
struct TokenContent {
    /// `tid`.
    std::string tenant;
    /// `appid`.
    std::string client_id;
    /// Of the application.
    std::string name;
    /// `aud`.
    std::string audience;
    /// What it permits.
    AnyOf granted{};
    /// How it permits it.
    TokenKind kind = TokenKind::application;
    /// From when it is made.
    std::chrono::seconds life{};
    /// Whom the application acts for.
    std::string user{};
    /// The `claims` that it was asked for with, as JSON.
    std::string claims{};
};

/// The content of a token for `application` itself.
MDE_DECL TokenContent content_for(const Application& application, std::string_view audience,
                                  std::chrono::seconds life);

namespace detail {

MDE_DECL std::int64_t unix_seconds(UtcTime utc) noexcept;

MDE_DECL std::string bearer_claims(const TokenContent& content, UtcTime utc);

MDE_DECL void grant(Caller& caller, std::string_view name);

MDE_DECL void read_grants(wire::Members& members, Caller& caller);

#if MDE_DEFINITIONS

MDE_DECL std::int64_t unix_seconds(UtcTime utc) noexcept {
    return std::chrono::floor<std::chrono::seconds>(utc).time_since_epoch().count();
}

MDE_DECL std::string bearer_claims(const TokenContent& content, UtcTime utc) {
    wire::json::object claims{{"aud", content.audience},
                              {"iss", "https://sts.windows.net/" + content.tenant + "/"},
                              {"iat", unix_seconds(utc)},
                              {"nbf", unix_seconds(utc)},
                              {"exp", unix_seconds(utc) + content.life.count()},
                              {"appid", content.client_id},
                              {"app_displayname", content.name},
                              {"tid", content.tenant}};
    const std::vector<std::string> names = names_of(content.granted);
    if (content.kind == TokenKind::delegated) {
        claims["scp"] = joined(names, " ");
    } else if (!names.empty()) {
        // A token without any role has no `roles` at all.
        wire::json::array roles;
        for (const std::string& name : names) roles.push_back(wire::json::string(name));
        claims["roles"] = std::move(roles);
    }
    if (!content.user.empty()) claims["upn"] = content.user;
    if (!content.claims.empty()) claims["claims_asked_for"] = content.claims;
    return wire::json::serialize(claims);
}

MDE_DECL void grant(Caller& caller, std::string_view name) {
    if (const auto permission = find_permission(name))
        caller.granted = caller.granted.with(*permission);
}

MDE_DECL void read_grants(wire::Members& members, Caller& caller) {
    if (const wire::json::array* roles = members.array("roles"))
        for (const wire::json::value& role : *roles)
            if (role.is_string()) grant(caller, role.get_string());
    const auto scopes = members.string("scp");
    if (!scopes) return;
    caller.kind = TokenKind::delegated;
    std::string_view rest = *scopes;
    while (!rest.empty()) {
        const std::size_t end = (std::min)(rest.find(' '), rest.size());
        grant(caller, rest.substr(0, end));
        rest.remove_prefix((std::min)(end + 1, rest.size()));
    }
}

#endif

} // namespace detail

/// `header.claims.signature`, each in base64url.
MDE_DECL std::string make_bearer_token(const SignerRef& signer, const TokenContent& content,
                                       UtcTime utc);

/// Whom a token speaks for; empty if it is garbled, altered, for another audience or past its time.
MDE_DECL std::optional<Caller> check_bearer_token(const SignerRef& signer, std::string_view token,
                                                  const std::vector<std::string>& audiences,
                                                  UtcTime utc);

#if MDE_DEFINITIONS

MDE_DECL TokenContent content_for(const Application& application, std::string_view audience,
                                  std::chrono::seconds life) {
    return {application.tenant,
            application.client_id,
            application.name,
            std::string(audience),
            application.granted,
            application.kind,
            life};
}

MDE_DECL std::string make_bearer_token(const SignerRef& signer, const TokenContent& content,
                                       UtcTime utc) {
    const std::string signed_part =
        detail::base64_of(R"({"typ":"JWT","alg":"HS256"})", Base64Alphabet::url) + '.' +
        detail::base64_of(detail::bearer_claims(content, utc), Base64Alphabet::url);
    return signed_part + '.' +
           detail::base64_of(signature_of(signer, "token", signed_part), Base64Alphabet::url);
}

MDE_DECL std::optional<Caller> check_bearer_token(const SignerRef& signer, std::string_view token,
                                                  const std::vector<std::string>& audiences,
                                                  UtcTime utc) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto signature = base64_decode(token.substr(last + 1), Base64Alphabet::url);
    if (!signature ||
        !equal_in_constant_time(*signature, signature_of(signer, "token", token.substr(0, last))))
        return std::nullopt;
    const auto claims =
        base64_decode(token.substr(first + 1, last - first - 1), Base64Alphabet::url);
    if (!claims) return std::nullopt;
    const auto document = wire::parse_json_object(*claims);
    if (!document) return std::nullopt;
    wire::Members members(*document);
    const std::string audience = members.string("aud").value_or("");
    if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end())
        return std::nullopt;
    if (detail::unix_seconds(utc) >= members.integer("exp").value_or(0)) return std::nullopt;
    const auto user = members.string("upn");
    Caller caller{members.string("tid").value_or(""),
                  members.string("appid").value_or(""),
                  user ? *user : members.string("app_displayname").value_or(""),
                  AnyOf(),
                  TokenKind::application,
                  members.string("claims_asked_for").value_or("")};
    detail::read_grants(members, caller);
    return caller;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
