// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TOKEN_REFUSAL_HPP
#define MDE_SERVICE_TOKEN_REFUSAL_HPP

/// @file
/// What sign-in says when it says no, in the form of Entra.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// No secret is in `description`. Source of the numbers: "Microsoft Entra authentication and
/// authorization error codes".
struct TokenRefusal {
    /// The status code.
    unsigned status = 400;
    /// `error`.
    std::string_view error;
    /// The number after `AADSTS`.
    unsigned number = 0;
    /// The text behind the number.
    std::string description;
};

namespace detail {

using Refusal = std::optional<TokenRefusal>;

MDE_DECL TokenRefusal missing_parameter(std::string_view parameter);

/// Answers of sign-in are never stored on the way.
MDE_DECL HttpReply sign_in_reply(unsigned status, const wire::json::object& body,
                                 std::string request_id);

#if MDE_DEFINITIONS

MDE_DECL TokenRefusal missing_parameter(std::string_view parameter) {
    return {400, "invalid_request", 900144,
            "The request body must contain the following parameter: '" + std::string(parameter) +
                "'."};
}

MDE_DECL HttpReply sign_in_reply(unsigned status, const wire::json::object& body,
                                 std::string request_id) {
    HttpReply reply;
    reply.status = status;
    reply.body = wire::json::serialize(body);
    reply.add_field("Content-Type", "application/json; charset=utf-8");
    reply.add_field("Cache-Control", "no-store, no-cache");
    reply.add_field("x-ms-request-id", std::move(request_id));
    return reply;
}

#endif

} // namespace detail

/// The refusal as the token endpoint answers it.
MDE_DECL HttpReply token_error_reply(ServiceState& state, const TokenRefusal& refusal, UtcTime utc);

#if MDE_DEFINITIONS

MDE_DECL HttpReply token_error_reply(ServiceState& state, const TokenRefusal& refusal,
                                     UtcTime utc) {
    const std::string trace = state.guids.guid();
    const std::string correlation = state.guids.guid();
    std::string stamp(wire::format_date(std::chrono::floor<std::chrono::seconds>(utc)).view());
    if (stamp.size() == 20) stamp[10] = ' ';
    std::string text = "AADSTS" + std::to_string(refusal.number) + ": " + refusal.description;
    if (!state.echo.empty()) text.append(" (received: ").append(state.echo).append(")");
    text.append(" Trace ID: " + trace + " Correlation ID: " + correlation + " Timestamp: " + stamp);
    return detail::sign_in_reply(refusal.status,
                                 {{"error", refusal.error},
                                  {"error_description", text},
                                  {"error_codes", wire::json::array{refusal.number}},
                                  {"timestamp", stamp},
                                  {"trace_id", trace},
                                  {"correlation_id", correlation}},
                                 trace);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
