// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_AWAIT_ACTION_HPP
#define MDE_FLOW_AWAIT_ACTION_HPP

/// @file
/// Looks at an action until it has ended.

#include <mde/base/linkage.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/watch.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/wire/machine_action_codec.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// The service's words about an action that did not succeed, for the diagnostics: its status, and
/// the machine's error number if it gave one.
MDE_DECL void describe_ending(const MachineAction& action, Diagnostics& diagnostics);

/// The error of an action that ended without success; errc::not_found for one that succeeded.
MDE_DECL error_code error_of_ending(MachineActionStatus status) noexcept;

/// Waits for an action. The result is the action as last seen, if it succeeded.
/// @par Errors errc::action_failed, errc::action_timed_out, errc::action_cancelled,
/// errc::action_not_found, errc::deadline_exceeded, and those of `Exchange`
class AwaitAction {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<MachineAction>;

    AwaitAction(const Context& context, const MachineActionId& action)
        : context_(context), action_(action) {}

    Action start(const Now& now);

    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        looking,
        showing,
        waiting,
    };

    Action look(const Now& now);
    Action on_look(const Now& now);
    Action decide();

    Context context_;
    MachineActionId action_;
    State state_ = State::looking;
    std::optional<Watch> watch_;
    /// Only while it is under way: thousands of actions wait at once.
    std::unique_ptr<Exchange<GetMachineAction>> call_;
    Verdict verdict_;
    Result result_ = make_error_code(errc::action_not_found);
    std::uint64_t looks_ = 0;
};

#if MDE_DEFINITIONS

MDE_DECL void describe_ending(const MachineAction& action, Diagnostics& diagnostics) {
    const std::string_view status = wire::machine_action_statuses.name_of(action.status.value());
    diagnostics.code = status;
    if (!action.error_hresult || *action.error_hresult == 0) return;
    constexpr std::string_view digits = "0123456789abcdef";
    const auto number = static_cast<std::uint32_t>(*action.error_hresult);
    std::string text = "errorHResult 0x";
    for (int shift = 28; shift >= 0; shift -= 4) text.push_back(digits[number >> shift & 15]);
    diagnostics.message = text;
}

MDE_DECL error_code error_of_ending(MachineActionStatus status) noexcept {
    switch (status) {
    case MachineActionStatus::failed: return make_error_code(errc::action_failed);
    case MachineActionStatus::time_out: return make_error_code(errc::action_timed_out);
    case MachineActionStatus::cancelled: return make_error_code(errc::action_cancelled);
    default: return make_error_code(errc::not_found);
    }
}

MDE_DECL Action AwaitAction::start(const Now& now) {
    watch_.emplace(context_.settings->poll, context_.deadline);
    return look(now);
}

MDE_DECL Action AwaitAction::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::looking: {
        const Action next = call_->on(event, now);
        return is_finish(next) ? on_look(now) : next;
    }
    case State::showing: return decide();
    case State::waiting: break;
    }
    return look(now);
}

MDE_DECL Action AwaitAction::look(const Now& now) {
    state_ = State::looking;
    Context context = context_;
    context.seed += ++looks_;
    call_ = std::make_unique<Exchange<GetMachineAction>>(context, GetMachineAction{action_});
    return call_->start(now);
}

MDE_DECL Action AwaitAction::on_look(const Now& now) {
    result_ = call_->take_result();
    call_.reset();
    if (!result_ && result_.error() != errc::not_found) return action::Finish{};
    verdict_ = result_ ? watch_->on_status(result_->status, now.monotonic)
                       : watch_->on_not_found(now.monotonic);
    if (!result_) return decide();
    state_ = State::showing;
    return action::Notify{observed::Action{action_, result_->status}};
}

MDE_DECL Action AwaitAction::decide() {
    if (verdict_.kind == Verdict::Kind::look_again) {
        state_ = State::waiting;
        // It will be seen again.
        result_ = make_error_code(errc::action_not_found);
        return action::Wait{verdict_.wait, WaitReason::poll};
    }
    if (verdict_.kind != Verdict::Kind::succeeded) {
        if (result_) describe_ending(*result_, *context_.diagnostics);
        result_ = make_error_code(verdict_.error);
    }
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
