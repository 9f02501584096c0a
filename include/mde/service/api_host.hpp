// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_API_HOST_HPP
#define MDE_SERVICE_API_HOST_HPP

/// @file
/// What the five calls of the API about machine actions do, once a caller was admitted.

#include <mde/model/machine_id.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/service/action_replies.hpp>
#include <mde/service/admission.hpp>
#include <mde/service/find_action.hpp>
#include <mde/service/link_signer.hpp>
#include <mde/service/list_page.hpp>
#include <mde/service/list_query.hpp>
#include <mde/service/new_action.hpp>
#include <mde/service/replies.hpp>
#include <mde/service/request_comment.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// Whether a new link still has its life before it.
enum class LinkBirth {
    /// Yes.
    alive,
    /// No: it is dead when it arrives.
    expired,
};

/// Answers the API's calls. `W` is a `World`.
template <class W>
class ApiHost {
  public:
    /// `world` outlives the host.
    explicit ApiHost(W& world) noexcept : world_(&world) {}

    /// @{
    /// What a call that was admitted is answered; the pointer only says which call it is.
    HttpReply answer(CollectInvestigationPackage*, const ApiCall& call) {
        const auto machine_id = MachineId::parse(decoded_segment(call.segment));
        const Machine* machine = world_->find_machine(decoded_segment(call.segment));
        const bool accepted = world_->settings.unknown_machines == UnknownMachines::accepted;
        if (machine == nullptr && (!machine_id || !accepted))
            return error_reply(*world_, 404, "ResourceNotFound", "Machine was not found");
        const RequestComment comment = read_comment(*call.request);
        if (comment.form != CommentForm::given) return comment_refused(*world_, comment.form);
        if (machine != nullptr && machine->collection == Feature::off)
            return error_reply(*world_, 400, "OsPlatformNotSupported",
                               "The action is not supported on the machine's platform");
        const std::string id = machine != nullptr ? machine->id : std::string(machine_id->text());
        if (const TimedAction* running = running_collection(call, id)) {
            if (world_->settings.api.running == RunningAnswer::refused)
                return error_reply(*world_, 400, world_->settings.api.running_code,
                                   "Action is already in progress");
            return action_reply(*world_, world_->settings.created_status, *running, call.now);
        }
        const TimedAction created = new_collection(*world_, call, id, machine, comment.text);
        world_->actions.insert(created);
        return action_reply(*world_, world_->settings.created_status, created, call.now);
    }

    HttpReply answer(GetMachineAction*, const ApiCall& call) {
        HttpReply refused;
        const TimedAction* action = find(call, refused);
        if (action == nullptr) return refused;
        return action_reply(*world_, 200, *action, call.as_of);
    }

    HttpReply answer(ListMachineActions*, const ApiCall& call) {
        const auto query = ListQuery::parse(call.request->target);
        if (!query)
            return error_reply(*world_, 400, "ODataError",
                               "The query specified in the URI is not valid");
        ListPage page(*query, world_->settings);
        world_->actions.visit([&](const TimedAction& action) {
            if (!is_visible(*world_, action, call, world_->settings.api.unlisted_for)) return true;
            return page.take(action.seen(call.as_of));
        });
        return page_reply(*world_, page.finish(), call.as_of);
    }

    HttpReply answer(CancelMachineAction*, const ApiCall& call) {
        HttpReply refused;
        const TimedAction* action = find(call, refused);
        if (action == nullptr) return refused;
        const RequestComment comment = read_comment(*call.request);
        const bool needed = world_->settings.api.cancel_comment == Feature::on;
        if (comment.form == CommentForm::malformed ||
            (needed && comment.form == CommentForm::missing))
            return comment_refused(*world_, comment.form);
        if (is_terminal(action->status(call.now))) {
            if (world_->settings.api.finished_cancel == FinishedCancel::refused)
                return error_reply(*world_, 400, "BadRequest", "The action has already finished");
            return action_reply(*world_, 200, *action, call.now);
        }
        TimedAction cancelled = *action;
        cancelled.cancellation = Cancellation{call.now, call.caller.name, comment.text};
        world_->actions.replace(cancelled);
        return action_reply(*world_, 200, cancelled, call.now);
    }

    HttpReply answer(GetPackageUri*, const ApiCall& call, LinkBirth birth = LinkBirth::alive) {
        HttpReply refused;
        const TimedAction* action = find(call, refused);
        if (action == nullptr) return refused;
        if (action->action.type != MachineActionType::collect_investigation_package)
            return error_reply(*world_, 400, "InvalidInput",
                               "Provided Guid is not a valid id for a CollectInvestigationPackage "
                               "action");
        if (action->status(call.as_of) != MachineActionStatus::succeeded)
            return error_reply(*world_, 404, world_->settings.api.unfinished_code,
                               "The package of the action was not found");
        return json_reply(*world_, 200, link_body(action->action.id, call.now.utc, birth));
    }
    /// @}

    /// A new link.
    std::string make_link(const MachineActionId& action, UtcTime utc, LinkBirth birth) {
        const Settings& settings = world_->settings;
        const Ticks life = birth == LinkBirth::alive
                               ? std::chrono::duration_cast<Ticks>(settings.link_lifetime)
                               : Ticks::zero();
        return link_url(world_->signer, {action, utc + life, world_->guids.hex(16)},
                        settings.link_host, settings.link_port);
    }

  private:
    /// Null, and the answer is in `refused`.
    const TimedAction* find(const ApiCall& call, HttpReply& refused) {
        return find_action(*world_, call, call.segment, world_->settings.id_check, refused);
    }

    /// Null if there is none.
    const TimedAction* running_collection(const ApiCall& call, std::string_view machine) const {
        std::optional<MachineActionId> running;
        world_->actions.visit([&](const TimedAction& action) {
            if (action.action.machine_id == machine &&
                ascii::equal_ignoring_case(action.tenant, call.caller.tenant) &&
                action.action.type == MachineActionType::collect_investigation_package &&
                !is_terminal(action.status(call.now)))
                running = action.action.id;
            return !running;
        });
        return running ? world_->actions.find(*running) : nullptr;
    }

    std::string link_body(const MachineActionId& action, UtcTime utc, LinkBirth birth) {
        using Codec = wire::Codec<PackageUri>;
        const auto quoting = world_->settings.link_quoting == LinkQuoting::quoted
                                 ? Codec::Quoting::quoted
                                 : Codec::Quoting::plain;
        return Codec::encode(make_link(action, utc, birth), quoting,
                             context_base(world_->settings));
    }

    W* world_;
};

} // namespace mde::inline MDE_ABI::service

#endif
