// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_COLLECT_ACTION_HPP
#define MDE_FLOW_COLLECT_ACTION_HPP

/// @file
/// Starts a collection exactly once, whatever becomes of the answer.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/wire/machine_action_codec.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// What is known of an attempt whose end nobody saw: in this process, or in one that was killed.
struct EarlierAttempt {
    /// When its request may have left, at the earliest.
    UtcTime begun{};
};

/// Starts a collection. A request that may have reached the service without a clear answer is not
/// repeated before the list of the machine's actions says that nothing came of it; what did come
/// of it is taken for the answer. If a collection runs already, `Settings::running_collection` says
/// whether the job goes on with that one; refused, the diagnostics name it.
/// Source: "Collect investigation package API"; API-CONTRACT 2, 7.4.
/// @par Errors errc::already_running, errc::outcome_unknown (the list could not be read, or stayed
/// unclear), and those of `Exchange`
class CollectAction {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<MachineAction>;

    CollectAction(const Context& context, CollectInvestigationPackage request,
                  std::optional<EarlierAttempt> earlier = std::nullopt)
        : context_(context), request_(std::move(request)), earlier_(earlier) {}
    CollectAction(const CollectAction&) = delete;
    CollectAction& operator=(const CollectAction&) = delete;

    Action start(const Now& now);
    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        asking,
        looking,
        waiting,
    };

    /// Clocks of both sides may differ by so much.
    static constexpr std::chrono::minutes clock_margin{2};
    /// The list may lag behind: so many looks before an attempt counts as without effect.
    static constexpr unsigned most_looks = 3;

    Action ask(const Now& now);
    Action on_asked(const Now& now);
    Action look(const Now& now);
    Action on_looked(const Now& now);

    /// One that was created since the unclear attempt and carries its comment.
    const MachineAction* find_ours(const std::vector<MachineAction>& list) const;

    static const MachineAction* find_running(const std::vector<MachineAction>& list);
    Action on_running(const MachineAction& running);

    /// Not for the name of somebody else's collection alone.
    bool is_worth_waiting() const noexcept;

    Action wait(const Now& now);
    Action adopt(const MachineAction& action);

    /// What the first answer said is all that is known.
    Action leave_open();

    Action finish(const error_code& error);

    Context context_;
    CollectInvestigationPackage request_;
    std::optional<EarlierAttempt> earlier_;
    State state_ = State::asking;
    std::optional<Exchange<CollectInvestigationPackage>> ask_;
    std::optional<ListActions> look_;
    Diagnostics said_;
    error_code failure_;
    unsigned asked_ = 0;
    unsigned looks_ = 0;
    Result result_ = make_error_code(errc::outcome_unknown);
};

#if MDE_DEFINITIONS

MDE_DECL Action CollectAction::start(const Now& now) {
    if (const error_code error = request_.check()) return finish(error);
    if (earlier_) {
        failure_ = make_error_code(errc::outcome_unknown);
        return look(now);
    }
    return ask(now);
}

MDE_DECL Action CollectAction::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::asking: {
        const Action next = ask_->on(event, now);
        return is_finish(next) ? on_asked(now) : next;
    }
    case State::looking: {
        const Action next = look_->on(event, now);
        return is_finish(next) ? on_looked(now) : next;
    }
    case State::waiting: break;
    }
    return look(now);
}

MDE_DECL Action CollectAction::ask(const Now& now) {
    state_ = State::asking;
    ++asked_;
    looks_ = 0;
    Context context = context_;
    context.seed += asked_;
    ask_.emplace(context, request_);
    const Action next = ask_->start(now);
    return is_finish(next) ? on_asked(now) : next;
}

MDE_DECL Action CollectAction::on_asked(const Now& now) {
    result_ = ask_->take_result();
    if (result_) return action::Finish{};
    failure_ = result_.error();
    said_ = *context_.diagnostics;
    const bool unclear = failure_ == errc::outcome_unknown;
    if (!unclear && failure_ != errc::already_running) return action::Finish{};
    // The first of them: what an earlier one began is ours too.
    if (unclear && !earlier_) earlier_ = EarlierAttempt{ask_->sent().utc};
    return look(now);
}

MDE_DECL Action CollectAction::look(const Now& now) {
    state_ = State::looking;
    ++looks_;
    ListMachineActions list;
    list.machine = request_.machine;
    list.type = MachineActionType::collect_investigation_package;
    list.top = 20;
    Context context = context_;
    context.seed += 100u * asked_ + looks_;
    look_.emplace(context, list);
    return look_->start(now);
}

MDE_DECL Action CollectAction::on_looked(const Now& now) {
    result<std::vector<MachineAction>> list = look_->take_result();
    look_.reset();
    if (!list) return asked_ == 0 ? finish(list.error()) : leave_open();
    if (const MachineAction* ours = find_ours(*list)) return adopt(*ours);
    const MachineAction* running = find_running(*list);
    if (failure_ == errc::already_running && running != nullptr) return on_running(*running);
    if (looks_ < most_looks && is_worth_waiting()) return wait(now);
    if (failure_ == errc::already_running || asked_ >= context_.settings->retry.tries)
        return leave_open();
    return ask(now);
}

MDE_DECL const MachineAction*
CollectAction::find_ours(const std::vector<MachineAction>& list) const {
    if (!earlier_) return nullptr;
    for (const MachineAction& action : list) {
        const bool since = action.created && *action.created >= earlier_->begun - clock_margin;
        if (since && action.requestor_comment == request_.comment) return &action;
    }
    return nullptr;
}

MDE_DECL const MachineAction* CollectAction::find_running(const std::vector<MachineAction>& list) {
    const auto found = std::find_if(list.begin(), list.end(), [](const MachineAction& action) {
        return action.type == MachineActionType::collect_investigation_package &&
               !is_terminal(action.status);
    });
    return found == list.end() ? nullptr : &*found;
}

MDE_DECL Action CollectAction::on_running(const MachineAction& running) {
    if (context_.settings->running_collection == RunningCollection::adopt) return adopt(running);
    *context_.diagnostics = said_;
    context_.diagnostics->message += " (it is action " + std::string(running.id.text()) + ')';
    return finish(failure_);
}

MDE_DECL bool CollectAction::is_worth_waiting() const noexcept {
    return earlier_ || context_.settings->running_collection == RunningCollection::adopt;
}

MDE_DECL Action CollectAction::wait(const Now& now) {
    const Duration pause = context_.settings->poll.first;
    if (saturating_add(now.monotonic, pause) >= context_.deadline) return leave_open();
    state_ = State::waiting;
    return action::Wait{pause, WaitReason::poll};
}

MDE_DECL Action CollectAction::adopt(const MachineAction& action) {
    *context_.diagnostics = Diagnostics{};
    result_ = action;
    return action::Finish{};
}

MDE_DECL Action CollectAction::leave_open() {
    *context_.diagnostics = said_;
    return finish(failure_);
}

MDE_DECL Action CollectAction::finish(const error_code& error) {
    result_ = error;
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
