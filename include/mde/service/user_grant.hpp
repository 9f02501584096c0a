// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_USER_GRANT_HPP
#define MDE_SERVICE_USER_GRANT_HPP

/// @file
/// Tokens with which an application acts for somebody: refresh tokens, and what comes with them.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/refresh_tokens.hpp>
#include <mde/service/sign_in_request.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/service/token_scope.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// What a user's token is to be.
struct UserGrant {
    /// What the token is for.
    std::string_view audience;
    /// What it permits.
    AnyOf granted{};
    /// What it was asked for with, as JSON.
    std::string_view claims{};
    /// Whether a refresh token was asked for.
    bool offline_access = false;
};

/// A token for the user of `application`, with a refresh token if that was asked for.
MDE_DECL HttpReply grant_to_user(const SignInRequest& request, const Application& application,
                                 const UserGrant& grant);

/// The grant `refresh_token`. The old one is used up by the answer that holds the new one. Source:
/// "Refresh tokens in the Microsoft identity platform".
MDE_DECL HttpReply refresh_user_token(const SignInRequest& request);

#if MDE_DEFINITIONS

MDE_DECL HttpReply grant_to_user(const SignInRequest& request, const Application& application,
                                 const UserGrant& grant) {
    TokenContent content =
        content_for(application, grant.audience, request.settings().token_lifetime);
    content.kind = TokenKind::delegated;
    content.granted = grant.granted;
    content.user = application.user;
    content.claims = grant.claims;
    if (!grant.offline_access) return request.grant(content);
    const std::string refresh = request.unguessable("refresh token");
    const MonotonicTime expires =
        saturating_add(request.now().monotonic, request.rules().refresh_token_lifetime);
    request.state().refresh_tokens.add(refresh, {application.tenant, application.client_id,
                                                 content.audience, grant.granted, expires});
    return request.grant(content, refresh);
}

MDE_DECL HttpReply refresh_user_token(const SignInRequest& request) {
    detail::Refusal refusal;
    const Application* application = request.user_application(refusal);
    if (application == nullptr) return request.refuse(*refusal);
    const std::string_view token = request.value("refresh_token");
    if (token.empty()) return request.refuse(detail::missing_parameter("refresh_token"));
    RefreshTokens& tokens = request.state().refresh_tokens;
    const RefreshGrant* known =
        tokens.find(token, application->tenant, application->client_id, request.now().monotonic);
    if (known == nullptr)
        return request.refuse({400, "invalid_grant", 700082,
                               "The refresh token has expired, was used before or is not known."});
    const RefreshGrant grant = *known;
    TokenScope scope{grant.audience, AnyOf(), true};
    if (!request.value("scope").empty()) {
        scope = {};
        refusal = detail::read_user_scope(request.settings(), request.value("scope"), scope);
        if (refusal) return request.refuse(*refusal);
    }
    tokens.remove(token);
    return grant_to_user(
        request, *application,
        {scope.audience, detail::granted_of(scope, grant.granted), request.value("claims"), true});
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
