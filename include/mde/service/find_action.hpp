// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_FIND_ACTION_HPP
#define MDE_SERVICE_FIND_ACTION_HPP

/// @file
/// The action that a call names, if its caller sees it.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/service/admission.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/timed_action.hpp>
#include <mde/wire/percent.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// What stands for an id in a path, without its escapes; empty if they cannot be read.
MDE_DECL std::string decoded_segment(std::string_view segment);

/// Whether it is of the caller's tenant, and no longer hidden; a fresh one is for `hidden_for`, and
/// for `at_least` where that is longer.
MDE_DECL bool is_visible(const ServiceState& state, const TimedAction& action, const ApiCall& call,
                         Duration at_least) noexcept;

/// Null, and the answer is in `refused`.
template <class W>
const TimedAction* find_action(W& world, const ApiCall& call, std::string_view segment,
                               IdCheck check, HttpReply& refused) {
    const std::string text = decoded_segment(segment);
    const auto id = MachineActionId::parse(text);
    if (!id || (check == IdCheck::guid_only && !is_guid(text))) {
        refused = error_reply(world, 400, "BadRequest",
                              "The key value '" + printable_message(text, 128) +
                                  "' is not valid, it should be of type 'Edm.Guid'");
        return nullptr;
    }
    const TimedAction* action = world.actions.find(*id);
    if (action != nullptr && is_visible(world, *action, call, Duration::zero())) return action;
    refused = error_reply(world, 404, "ResourceNotFound",
                          "Resource " + std::string(id->text()) + " was not found");
    return nullptr;
}

#if MDE_DEFINITIONS

MDE_DECL std::string decoded_segment(std::string_view segment) {
    return wire::percent_decoded(segment, wire::PlusSign::is_plus).value_or("");
}

MDE_DECL bool is_visible(const ServiceState& state, const TimedAction& action, const ApiCall& call,
                         Duration at_least) noexcept {
    const Duration hidden = (std::max)(state.settings.hidden_for, at_least);
    return ascii::equal_ignoring_case(action.tenant, call.caller.tenant) &&
           call.as_of.monotonic >= saturating_add(action.created.monotonic, hidden);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
