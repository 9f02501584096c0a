// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REPLIES_HPP
#define MDE_SERVICE_REPLIES_HPP

/// @file
/// Answers of the API with the header fields that recorded ones have.

#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/query.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/odata.hpp>

#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

namespace detail {

MDE_DECL void add_common_fields(ServiceState& state, HttpReply& reply);

MDE_DECL std::string new_target(ServiceState& state);

/// In the form of the settings.
MDE_DECL void set_error_body(const Settings& settings, const wire::ServiceError& error,
                             HttpReply& reply);

#if MDE_DEFINITIONS

MDE_DECL void add_common_fields(ServiceState& state, HttpReply& reply) {
    reply.add_field("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    reply.add_field("mise-correlation-id", state.guids.guid());
}

MDE_DECL std::string new_target(ServiceState& state) {
    switch (state.settings.target_style) {
    case TargetStyle::guid: return state.guids.guid();
    case TargetStyle::trace_id: return state.guids.trace_id();
    case TargetStyle::missing: break;
    }
    return {};
}

MDE_DECL void set_error_body(const Settings& settings, const wire::ServiceError& error,
                             HttpReply& reply) {
    const ErrorBody form = settings.api.error_body;
    if (form == ErrorBody::empty) return;
    if (form == ErrorBody::html_from_500 && reply.status >= 500) {
        reply.body =
            "<!DOCTYPE html><html><title>" + std::to_string(reply.status) + "</title></html>";
        reply.add_field("Content-Type", "text/html; charset=utf-8");
        return;
    }
    wire::json::object inner{{"code", error.code}, {"message", error.message}};
    if (settings.target_style == TargetStyle::missing)
        reply.body = wire::json::serialize(wire::json::object{{"error", std::move(inner)}});
    else
        reply.body = wire::encode_service_error(error);
    reply.add_field("Content-Type", "application/json; charset=utf-8");
}

#endif

} // namespace detail

/// A success: OData headers.
MDE_DECL HttpReply json_reply(ServiceState& state, unsigned status, std::string body);

/// An error: no OData version.
MDE_DECL HttpReply error_reply(ServiceState& state, unsigned status, std::string_view code,
                               std::string_view message);

/// What the service says of an unknown path and of a wrong verb alike. The query is left out: it
/// may be a link's.
MDE_DECL HttpReply no_resource_reply(ServiceState& state, const IncomingRequest& request);

#if MDE_DEFINITIONS

MDE_DECL HttpReply json_reply(ServiceState& state, unsigned status, std::string body) {
    HttpReply reply;
    reply.status = status;
    reply.body = std::move(body);
    reply.framing = state.settings.api.framing;
    reply.add_field("Content-Type", state.settings.api.media_type);
    reply.add_field("OData-Version", "4.0");
    detail::add_common_fields(state, reply);
    return reply;
}

MDE_DECL HttpReply error_reply(ServiceState& state, unsigned status, std::string_view code,
                               std::string_view message) {
    std::string shown(message);
    if (!state.echo.empty()) shown.append(" (received: ").append(state.echo).append(")");
    HttpReply reply;
    reply.status = status;
    reply.framing = state.settings.api.framing;
    detail::set_error_body(state.settings, {std::string(code), shown, detail::new_target(state)},
                           reply);
    detail::add_common_fields(state, reply);
    if (status == 401) reply.add_field("WWW-Authenticate", "Bearer");
    return reply;
}

MDE_DECL HttpReply no_resource_reply(ServiceState& state, const IncomingRequest& request) {
    const std::string uri = "https://" + printable_word(request.host, 256) +
                            printable_message(path_of(request.target), 1024);
    return error_reply(state, 404, "NotFound",
                       "No HTTP resource was found that matches the request URI '" + uri + "'.");
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
