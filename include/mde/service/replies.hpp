// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REPLIES_HPP
#define MDE_SERVICE_REPLIES_HPP

/// @file
/// Answers of the API with the header fields that recorded ones have.

#include <mde/base/printable.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/query.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/odata.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

namespace detail {

inline void add_common_fields(ServiceState& state, HttpReply& reply) {
    reply.add_field("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    reply.add_field("mise-correlation-id", state.guids.guid());
}

} // namespace detail

/// A success: OData headers, chunked.
inline HttpReply json_reply(ServiceState& state, unsigned status, std::string body) {
    HttpReply reply;
    reply.status = status;
    reply.body = std::move(body);
    reply.framing = ReplyFraming::by_chunks;
    reply.add_field("Content-Type", "application/json; odata.metadata=minimal; "
                                    "odata.streaming=true; charset=utf-8");
    reply.add_field("OData-Version", "4.0");
    detail::add_common_fields(state, reply);
    return reply;
}

/// An error: no OData version.
inline HttpReply error_reply(ServiceState& state, unsigned status, std::string_view code,
                             std::string_view message) {
    std::string shown(message);
    if (!state.echo.empty()) shown.append(" (received: ").append(state.echo).append(")");
    const std::string target = state.settings.target_style == TargetStyle::guid
                                   ? state.guids.guid()
                                   : state.guids.trace_id();
    HttpReply reply;
    reply.status = status;
    reply.body = wire::encode_service_error({std::string(code), shown, target});
    reply.framing = ReplyFraming::by_chunks;
    reply.add_field("Content-Type", "application/json; charset=utf-8");
    detail::add_common_fields(state, reply);
    if (status == 401) reply.add_field("WWW-Authenticate", "Bearer");
    return reply;
}

/// What the service says of an unknown path and of a wrong verb alike. The query is left out: it
/// may be a link's.
inline HttpReply no_resource_reply(ServiceState& state, const IncomingRequest& request) {
    const std::string uri = "https://" + printable_word(request.host, 256) +
                            printable_message(path_of(request.target), 1024);
    return error_reply(state, 404, "NotFound",
                       "No HTTP resource was found that matches the request URI '" + uri + "'.");
}

} // namespace mde::inline MDE_ABI::service

#endif
