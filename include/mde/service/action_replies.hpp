// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ACTION_REPLIES_HPP
#define MDE_SERVICE_ACTION_REPLIES_HPP

/// @file
/// Answers that show actions, and those that say what is wrong with a request about them.

#include <mde/base/linkage.hpp>
#include <mde/model/machine_action_page.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/request_comment.hpp>
#include <mde/service/respelling.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/timed_action.hpp>
#include <mde/wire/machine_action_codec.hpp>

#include <string>

namespace mde::inline MDE_ABI::service {

/// What `@odata.context` begins with.
MDE_DECL const std::string& context_base(const Settings& settings) noexcept;

/// One action, as it is at `now`.
MDE_DECL HttpReply action_reply(ServiceState& state, unsigned status, const TimedAction& action,
                                const Now& now);

/// A page of a list.
MDE_DECL HttpReply page_reply(ServiceState& state, const MachineActionPage& page, const Now& now);

/// What a request without a usable comment is answered.
MDE_DECL HttpReply comment_refused(ServiceState& state, CommentForm form);

#if MDE_DEFINITIONS

MDE_DECL const std::string& context_base(const Settings& settings) noexcept {
    return settings.api.context_url.empty() ? settings.base_url : settings.api.context_url;
}

MDE_DECL HttpReply action_reply(ServiceState& state, unsigned status, const TimedAction& action,
                                const Now& now) {
    const Settings& settings = state.settings;
    return json_reply(
        state, status,
        respelled(wire::Codec<MachineAction>::encode(action.seen(now), context_base(settings)),
                  settings.spelling, now.utc));
}

MDE_DECL HttpReply page_reply(ServiceState& state, const MachineActionPage& page, const Now& now) {
    const Settings& settings = state.settings;
    return json_reply(
        state, 200,
        respelled(wire::Codec<MachineActionPage>::encode(page, context_base(settings)),
                  settings.spelling, now.utc));
}

MDE_DECL HttpReply comment_refused(ServiceState& state, CommentForm form) {
    if (form == CommentForm::missing)
        return error_reply(state, 400, "MissingRequiredParameter",
                           "The required parameter Comment is missing");
    return error_reply(state, 400, "InvalidRequestBody", "The request body is invalid");
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
