// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TOKEN_REPLY_HPP
#define MDE_SERVICE_TOKEN_REPLY_HPP

/// @file
/// What sign-in says when it says yes.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/settings.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/signer.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/wire/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

namespace detail {

/// The older endpoints write numbers as strings.
MDE_DECL wire::json::value number(TokenEndpoint endpoint, std::int64_t value);

#if MDE_DEFINITIONS

MDE_DECL wire::json::value number(TokenEndpoint endpoint, std::int64_t value) {
    if (endpoint == TokenEndpoint::v1) return wire::json::string(std::to_string(value));
    return value;
}

#endif

} // namespace detail

/// A token in the form of `endpoint`; `refresh_token` may be empty.
MDE_DECL HttpReply token_reply(ServiceState& state, const SignerRef& signer, TokenEndpoint endpoint,
                               const TokenContent& content, UtcTime utc,
                               std::string_view refresh_token = {});

#if MDE_DEFINITIONS

MDE_DECL HttpReply token_reply(ServiceState& state, const SignerRef& signer, TokenEndpoint endpoint,
                               const TokenContent& content, UtcTime utc,
                               std::string_view refresh_token) {
    wire::json::object body{{"token_type", "Bearer"},
                            {"expires_in", detail::number(endpoint, content.life.count())},
                            {"ext_expires_in", detail::number(endpoint, content.life.count())}};
    if (endpoint == TokenEndpoint::v1) {
        const std::int64_t begin = detail::unix_seconds(utc);
        body["expires_on"] = detail::number(endpoint, begin + content.life.count());
        body["not_before"] = detail::number(endpoint, begin);
        body["resource"] = content.audience;
    }
    if (content.kind == TokenKind::delegated)
        body["scope"] = joined(names_of(content.granted), " ");
    body["access_token"] = make_bearer_token(signer, content, utc);
    if (!refresh_token.empty()) body["refresh_token"] = refresh_token;
    return detail::sign_in_reply(200, body, state.guids.guid());
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
