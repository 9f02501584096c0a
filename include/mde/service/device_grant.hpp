// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_DEVICE_GRANT_HPP
#define MDE_SERVICE_DEVICE_GRANT_HPP

/// @file
/// Sign-in with a code that somebody enters elsewhere: the code, and the polls for its token.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/device_codes.hpp>
#include <mde/service/sign_in_request.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/service/token_scope.hpp>
#include <mde/service/user_grant.hpp>
#include <mde/wire/device_code_codec.hpp>
#include <mde/wire/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

namespace detail {

MDE_DECL std::string new_user_code(GuidSource& guids);

MDE_DECL wire::json::object page_of(const DeviceCode& code, const SignInRules& rules);

/// Nothing with `approved`.
MDE_DECL Refusal refusal_of(DevicePoll poll);

#if MDE_DEFINITIONS

MDE_DECL std::string new_user_code(GuidSource& guids) {
    std::string code = guids.hex(9);
    for (char& c : code)
        if (!ascii::is_digit(c)) c = static_cast<char>(c - 'a' + 'A');
    return code;
}

MDE_DECL wire::json::object page_of(const DeviceCode& code, const SignInRules& rules) {
    const auto seconds = [](Duration span) {
        return std::chrono::ceil<std::chrono::seconds>(span);
    };
    return wire::write_device_authorization(
        {Secret(code.device_code), code.user_code, rules.verification_uri,
         "To sign in, use a web browser to open the page " + rules.verification_uri +
             " and enter the code " + code.user_code + " to authenticate.",
         seconds(rules.device_code_lifetime), seconds(code.interval)});
}

MDE_DECL Refusal refusal_of(DevicePoll poll) {
    switch (poll) {
    case DevicePoll::unknown:
        return TokenRefusal{400, "bad_verification_code", 70018, "The device code is not known."};
    case DevicePoll::expired:
        return TokenRefusal{400, "expired_token", 70019, "The device code has expired."};
    case DevicePoll::too_soon:
        return TokenRefusal{400, "slow_down", 70016, "The client polls faster than it was told."};
    case DevicePoll::pending:
        return TokenRefusal{400, "authorization_pending", 70016,
                            "OAuth 2.0 device flow error. Authorization is pending. Continue "
                            "polling."};
    case DevicePoll::declined:
        return TokenRefusal{400, "authorization_declined", 65004, "User declined to consent."};
    case DevicePoll::approved: break;
    }
    return std::nullopt;
}

#endif

} // namespace detail

/// The first request. Source: "OAuth 2.0 device authorization grant".
MDE_DECL HttpReply begin_device_sign_in(const SignInRequest& request);

/// One of the requests that follow.
MDE_DECL HttpReply poll_device_sign_in(const SignInRequest& request);

#if MDE_DEFINITIONS

MDE_DECL HttpReply begin_device_sign_in(const SignInRequest& request) {
    detail::Refusal refusal;
    const Application* application = request.named_application(refusal);
    if (application == nullptr) return request.refuse(*refusal);
    TokenScope scope;
    refusal = detail::read_user_scope(request.settings(), request.value("scope"), scope);
    if (refusal) return request.refuse(*refusal);
    const MonotonicTime now = request.now().monotonic;
    ServiceState& state = request.state();
    DeviceCode code;
    code.device_code = request.unguessable("device code");
    code.user_code = detail::new_user_code(state.guids);
    code.tenant = application->tenant;
    code.client_id = application->client_id;
    code.audience = scope.audience;
    code.granted = detail::granted_of(scope, application->delegated);
    code.offline_access = scope.offline_access;
    code.claims = request.value("claims");
    code.created = now;
    code.expires = saturating_add(now, request.rules().device_code_lifetime);
    code.interval = request.rules().device_code_interval;
    HttpReply reply =
        detail::sign_in_reply(200, detail::page_of(code, request.rules()), state.guids.guid());
    state.device_codes.add(std::move(code));
    return reply;
}

MDE_DECL HttpReply poll_device_sign_in(const SignInRequest& request) {
    detail::Refusal refusal;
    const Application* application = request.user_application(refusal);
    if (application == nullptr) return request.refuse(*refusal);
    const std::string_view asked = request.value("device_code");
    if (asked.empty()) return request.refuse(detail::missing_parameter("device_code"));
    DeviceCode code;
    refusal = detail::refusal_of(
        request.state().device_codes.poll(asked, *application, request.now().monotonic,
                                          request.rules().device_code_approved_after, code));
    if (refusal) return request.refuse(*refusal);
    return grant_to_user(request, *application,
                         {code.audience, code.granted, code.claims, code.offline_access});
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
