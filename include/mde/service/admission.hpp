// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ADMISSION_HPP
#define MDE_SERVICE_ADMISSION_HPP

/// @file
/// What stands before every call of the API: token, permission and quota, in this order.

#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/request/api_request.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/claims_request.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/calendar.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// One call, as far as it was understood before its answer is made.
struct ApiCall {
    /// As it arrived.
    const IncomingRequest* request = nullptr;
    /// When it arrived.
    Now now;
    /// What is read of actions is as it was then.
    Now as_of;
    /// What stands in place of `{id}` in the route.
    std::string_view segment;
    /// Who calls, once the token was checked.
    Caller caller;
};

namespace detail {

template <ApiRequest Request>
AnyOf required(const ServiceState& state, const Caller& caller) noexcept {
    if (caller.kind == TokenKind::delegated) return Request::delegated;
    if (Request::stage == Stage::get_link) return state.settings.link_permissions;
    return Request::application;
}

MDE_DECL HttpReply permission_refused(ServiceState& state, const Caller& caller, AnyOf needed);

MDE_DECL void add_retry_after(const ServiceState& state, std::chrono::seconds wait, UtcTime utc,
                              HttpReply& reply);

MDE_DECL std::optional<HttpReply> check_quota(ServiceState& state, const Caller& caller, Stage call,
                                              const Quota& quota, const Now& now);

#if MDE_DEFINITIONS

MDE_DECL HttpReply permission_refused(ServiceState& state, const Caller& caller, AnyOf needed) {
    const std::string_view who =
        caller.kind == TokenKind::delegated
            ? "The user does not have any of the required delegated permissions ("
            : "The application does not have any of the required application permissions (";
    return error_reply(state, 403, "Forbidden",
                       std::string(who) + joined(names_of(needed), ", ") +
                           ") to access the resource");
}

MDE_DECL void add_retry_after(const ServiceState& state, std::chrono::seconds wait, UtcTime utc,
                              HttpReply& reply) {
    switch (state.settings.api.retry_after) {
    case RetryAfterForm::seconds:
        return reply.add_field("Retry-After", std::to_string(wait.count()));
    case RetryAfterForm::date: {
        // A date has no fraction: it must not come too early.
        const auto date = std::chrono::ceil<std::chrono::seconds>(utc) + wait;
        return reply.add_field("Retry-After", std::string(wire::format_http_date(date).view()));
    }
    case RetryAfterForm::missing: return;
    }
}

MDE_DECL std::optional<HttpReply> check_quota(ServiceState& state, const Caller& caller, Stage call,
                                              const Quota& quota, const Now& now) {
    const Settings& settings = state.settings;
    if (settings.quotas == Feature::off) return std::nullopt;
    const auto refusal =
        state.quotas.count(caller.tenant, caller.application, call, quota, now.monotonic,
                           settings.api.quota_windows, settings.api.quota_minute);
    if (!refusal) return std::nullopt;
    const bool numbered = settings.throttle_code == ThrottleCode::number;
    const bool hour = refusal->window == std::chrono::hours(1);
    HttpReply reply = error_reply(state, 429, numbered ? "429" : "TooManyRequests",
                                  "API calls quota exceeded! maximum allowed " +
                                      std::to_string(refusal->maximum) + " per " +
                                      (hour ? "01:00:00" : "00:01:00"));
    add_retry_after(state, refusal->retry_after, now.utc, reply);
    return reply;
}

#endif

} // namespace detail

namespace detail {

/// The token is good, but not asked for with the claims that the API wants to see.
MDE_DECL HttpReply claims_challenge(ServiceState& state);

/// Refuses a call without a good token; else fills in the caller.
MDE_DECL std::optional<HttpReply> check_token(ServiceState& state, const SignerRef& signer,
                                              ApiCall& call);

#if MDE_DEFINITIONS

MDE_DECL HttpReply claims_challenge(ServiceState& state) {
    const SignInRules& rules = state.settings.sign_in;
    HttpReply reply = error_reply(state, 401, "Unauthorized", "A claims challenge was not met");
    reply.set_field("WWW-Authenticate",
                    "Bearer realm=\"\", authorization_uri=\"" + rules.authorization_uri +
                        "\", error=\"insufficient_claims\", claims=\"" +
                        base64_of(rules.claims_challenge, Base64Alphabet::standard) + '"');
    return reply;
}

MDE_DECL std::optional<HttpReply> check_token(ServiceState& state, const SignerRef& signer,
                                              ApiCall& call) {
    const std::string_view field = call.request->field("Authorization");
    std::optional<Caller> caller;
    if (ascii::starts_with_ignoring_case(field, "Bearer "))
        caller =
            check_bearer_token(signer, field.substr(7), state.settings.audiences, call.now.utc);
    if (!caller)
        return error_reply(state, 401, "Unauthorized",
                           "Bearer token is missing, invalid or expired");
    const std::string& challenge = state.settings.sign_in.claims_challenge;
    if (!challenge.empty() && !satisfies_claims(caller->claims, challenge))
        return claims_challenge(state);
    call.caller = std::move(*caller);
    return std::nullopt;
}

#endif

} // namespace detail

/// Refuses a call without a good token, the permission or quota; else fills in the caller. `W` is
/// a `World`.
template <ApiRequest Request, class W>
std::optional<HttpReply> admit(W& world, ApiCall& call) {
    if (auto refused = detail::check_token(world, SignerRef::to(world.signer), call))
        return refused;
    const AnyOf needed = detail::required<Request>(world, call.caller);
    if (!needed.satisfied_by(call.caller.granted))
        return detail::permission_refused(world, call.caller, needed);
    return detail::check_quota(world, call.caller, Request::stage, Request::quota, call.now);
}

} // namespace mde::inline MDE_ABI::service

#endif
