// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_FAULTY_REPLY_HPP
#define MDE_SERVICE_FAULTY_REPLY_HPP

/// @file
/// How a fault changes the answer that would have been given.

#include <mde/base/linkage.hpp>
#include <mde/service/fault_script.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/token_refusal.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

namespace detail {

MDE_DECL std::string_view code_of(const Settings& settings, unsigned status) noexcept;

/// An error that fits the status and the host that gives it.
MDE_DECL HttpReply scripted_error(ServiceState& state, Stage stage, unsigned status, UtcTime utc);

MDE_DECL HttpReply html_page();

#if MDE_DEFINITIONS

MDE_DECL std::string_view code_of(const Settings& settings, unsigned status) noexcept {
    switch (status) {
    case 400: return "BadRequest";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 429: return settings.throttle_code == ThrottleCode::number ? "429" : "TooManyRequests";
    case 503: return "ServiceUnavailable";
    default: return "InternalServerError";
    }
}

MDE_DECL HttpReply scripted_error(ServiceState& state, Stage stage, unsigned status, UtcTime utc) {
    if (stage == Stage::sign_in)
        return token_error_reply(
            state, {status, "temporarily_unavailable", 90033, "A transient error has occurred."},
            utc);
    return error_reply(state, status, code_of(state.settings, status), "Scripted fault");
}

MDE_DECL HttpReply html_page() {
    HttpReply reply;
    reply.body = "<!DOCTYPE html><html><title>Sign in to the network</title></html>";
    reply.add_field("Content-Type", "text/html; charset=utf-8");
    return reply;
}

#endif

} // namespace detail

/// `reply` is the answer so far; empty if the request was not to take place.
MDE_DECL void apply_fault(ServiceState& state, const Fault& fault, UtcTime utc, HttpReply& reply);

#if MDE_DEFINITIONS

MDE_DECL void apply_fault(ServiceState& state, const Fault& fault, UtcTime utc, HttpReply& reply) {
    if (fault.status) reply = detail::scripted_error(state, fault.stage, *fault.status, utc);
    if (fault.distortion == Distortion::html_page) reply = detail::html_page();
    if (fault.body) {
        reply.body = *fault.body;
        reply.source.reset();
    }
    if (fault.distortion == Distortion::garbled_json) reply.body.resize(reply.body.size() / 2);
    if (!fault.retry_after.empty()) reply.add_field("Retry-After", fault.retry_after);
    for (const auto& [name, value] : fault.fields) reply.set_field(name, value);
    reply.unanswered = fault.distortion == Distortion::no_answer;
    if (fault.framing) reply.framing = *fault.framing;
    reply.delay = fault.delay;
    reply.cut_after = fault.cut_after;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
