// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_COLLECT_TO_STORE_HPP
#define MDE_FLOW_COLLECT_TO_STORE_HPP

/// @file
/// The whole job for one machine: collect, wait, link, download, prove.

#include <mde/flow/await_action.hpp>
#include <mde/flow/collect_action.hpp>
#include <mde/flow/fetch_package.hpp>
#include <mde/request/collect_investigation_package.hpp>

#include <optional>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// The observer is told the action's id as soon as there is one: with it a job that broke off later
/// is taken up by `FetchPackage`.
/// @par Errors errc::malformed_comment, and those of `CollectAction`, `AwaitAction` and
/// `FetchPackage`
template <Hasher PackageHasher>
class CollectToStore {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<Receipt>;

    CollectToStore(const Context& context, CollectInvestigationPackage request)
        : context_(context), collect_(std::in_place, context, std::move(request)) {}

    Action start(const Now& now) {
        const Action next = collect_->start(now);
        return is_finish(next) ? on_collected() : next;
    }

    Action on(const Event& event, const Now& now) {
        switch (state_) {
        case State::collecting: {
            const Action next = collect_->on(event, now);
            return is_finish(next) ? on_collected() : next;
        }
        case State::showing:
            state_ = State::waiting;
            wait_.emplace(context_, action_);
            return wait_->start(now);
        case State::waiting: {
            const Action next = wait_->on(event, now);
            return is_finish(next) ? on_waited(now) : next;
        }
        case State::fetching: break;
        }
        const Action next = fetch_->on(event, now);
        return is_finish(next) ? on_fetched() : next;
    }

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        collecting,
        showing,
        waiting,
        fetching,
    };

    Action on_collected() {
        const result<MachineAction> action = collect_->take_result();
        if (!action) return finish(action.error());
        action_ = action->id;
        collect_.reset();
        state_ = State::showing;
        return action::Notify{observed::Action{action_, action->status}};
    }

    Action on_waited(const Now& now) {
        const result<MachineAction> action = wait_->take_result();
        if (!action) return finish(action.error());
        wait_.reset();
        state_ = State::fetching;
        fetch_.emplace(context_, action_);
        const Action next = fetch_->start_with(*action, now);
        return is_finish(next) ? on_fetched() : next;
    }

    Action on_fetched() {
        result_ = fetch_->take_result();
        return action::Finish{};
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    State state_ = State::collecting;
    MachineActionId action_;
    std::optional<CollectAction> collect_;
    std::optional<AwaitAction> wait_;
    std::optional<FetchPackage<PackageHasher>> fetch_;
    Result result_ = make_error_code(errc::action_not_found);
};

} // namespace mde::inline MDE_ABI::flow

#endif
