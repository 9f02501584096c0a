// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SIGN_IN_HOST_HPP
#define MDE_SERVICE_SIGN_IN_HOST_HPP

/// @file
/// The authority: which grant a request is for.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/device_grant.hpp>
#include <mde/service/managed_identity_host.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/sign_in_request.hpp>
#include <mde/service/signer.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/service/token_route.hpp>
#include <mde/service/token_scope.hpp>
#include <mde/service/user_grant.hpp>

#include <string_view>

namespace mde::inline MDE_ABI::service {

/// The grant `client_credentials`. Source: "OAuth 2.0 client credentials flow".
MDE_DECL HttpReply grant_to_application(const SignInRequest& request);

namespace detail {

MDE_DECL HttpReply answer_authority(const SignInRequest& request);

#if MDE_DEFINITIONS

MDE_DECL HttpReply answer_authority(const SignInRequest& request) {
    if (request.method() != "POST")
        return request.refuse(
            {400, "invalid_request", 900561, "The endpoint only accepts POST requests."});
    if (request.route().point == SignInPoint::device_code) return begin_device_sign_in(request);
    const std::string_view grant = request.value("grant_type");
    if (grant.empty()) return request.refuse(missing_parameter("grant_type"));
    if (grant == "client_credentials") return grant_to_application(request);
    if (grant == "urn:ietf:params:oauth:grant-type:device_code")
        return poll_device_sign_in(request);
    if (grant == "refresh_token") return refresh_user_token(request);
    return request.refuse(
        {400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."});
}

#endif

} // namespace detail

/// Answers whatever came to one of the points of sign-in.
MDE_DECL HttpReply answer_sign_in(ServiceState& state, const SignerRef& signer,
                                  const IncomingRequest& request, const TokenRoute& route,
                                  const Now& now);

#if MDE_DEFINITIONS

MDE_DECL HttpReply grant_to_application(const SignInRequest& request) {
    detail::Refusal refusal;
    const Application* application = request.proven_application(refusal);
    if (application == nullptr) return request.refuse(*refusal);
    TokenScope scope;
    refusal = detail::read_application_scope(request.settings(), request.route().endpoint,
                                             request.form(), scope);
    if (refusal) return request.refuse(*refusal);
    TokenContent content =
        content_for(*application, scope.audience, request.settings().token_lifetime);
    content.claims = request.value("claims");
    return request.grant(content);
}

MDE_DECL HttpReply answer_sign_in(ServiceState& state, const SignerRef& signer,
                                  const IncomingRequest& request, const TokenRoute& route,
                                  const Now& now) {
    if (route.point == SignInPoint::managed_identity)
        return managed_identity_reply(state, signer, request, now.utc);
    return detail::answer_authority(SignInRequest(state, signer, request, route, now));
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
