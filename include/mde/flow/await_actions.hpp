// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_AWAIT_ACTIONS_HPP
#define MDE_FLOW_AWAIT_ACTIONS_HPP

/// @file
/// Looks at many actions by one list until all of them have ended.

#include <mde/base/linkage.hpp>
#include <mde/flow/await_action.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/flow/list_pace.hpp>
#include <mde/flow/watch.hpp>
#include <mde/request/get_machine_action.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// How one of many actions ended.
struct AwaitedAction {
    /// As it was asked for.
    MachineActionId id;
    /// None: it succeeded. Else as `AwaitAction` says.
    error_code error{};
    /// As last seen; empty if it never was.
    std::optional<MachineAction> action{};
};

/// Waits for many actions. One list call shows all; one that the list does not show is looked at by
/// itself. The observer is told each change. The result has an entry for each id, in their order,
/// and is a success whatever became of the actions.
/// @par Errors errc::deadline_exceeded, and those of `ListActions` and `Exchange`
class AwaitActions {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<std::vector<AwaitedAction>>;

    AwaitActions(const Context& context, std::vector<MachineActionId> ids);
    AwaitActions(const AwaitActions&) = delete;
    AwaitActions& operator=(const AwaitActions&) = delete;

    Action start(const Now& now);
    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        listing,
        looking,
        showing,
        waiting,
    };

    struct Entry {
        AwaitedAction found;
        std::optional<Watch> watch{};
        bool ended = false;
        /// The list did not show it.
        bool missed = false;
        /// Its change is still to be shown.
        bool moved = false;
    };

    Context context_for(std::uint64_t step) const noexcept;
    Action list(const Now& now);

    /// Of the open ones; nothing if it is not known of one.
    std::optional<UtcTime> oldest() const;

    Action on_list(const Now& now);
    Action on_look(const Now& now);
    void take(Entry& entry, const MachineAction& action, const Now& now);

    static void end(Entry& entry, const error_code& error) noexcept;

    /// What is left of this round, else the wait for the next one.
    Action go_on(const Now& now);

    Action wait(const Now& now);
    Action finish();

    Action fail(const error_code& error);

    Context context_;
    ListPace pace_;
    std::vector<Entry> entries_;
    State state_ = State::listing;
    std::optional<ListActions> list_;
    std::optional<Exchange<GetMachineAction>> look_;
    std::size_t at_ = 0;
    std::size_t listed_ = 0;
    bool any_moved_ = false;
    std::uint64_t steps_ = 0;
    Result result_ = make_error_code(errc::action_not_found);
};

#if MDE_DEFINITIONS

MDE_DECL AwaitActions::AwaitActions(const Context& context, std::vector<MachineActionId> ids)
    : context_(context), pace_(context.settings->poll) {
    for (const MachineActionId& id : ids) entries_.push_back(Entry{{id, {}, {}}});
}

MDE_DECL Action AwaitActions::start(const Now& now) {
    for (Entry& entry : entries_) entry.watch.emplace(context_.settings->poll, no_deadline);
    return entries_.empty() ? finish() : list(now);
}

MDE_DECL Action AwaitActions::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::listing: {
        const Action next = list_->on(event, now);
        return is_finish(next) ? on_list(now) : next;
    }
    case State::looking: {
        const Action next = look_->on(event, now);
        return is_finish(next) ? on_look(now) : next;
    }
    case State::showing: return go_on(now);
    case State::waiting: break;
    }
    return list(now);
}

MDE_DECL Context AwaitActions::context_for(std::uint64_t step) const noexcept {
    Context context = context_;
    context.seed += step;
    return context;
}

MDE_DECL Action AwaitActions::list(const Now& now) {
    state_ = State::listing;
    ListMachineActions request;
    request.created_since = oldest();
    // Of one that was never seen nobody knows how far back it is: the newest are looked
    // through.
    if (!request.created_since)
        request.top =
            static_cast<unsigned>((std::max)(2 * entries_.size(), std::size_t(bounds::list_page)));
    list_.emplace(context_for(++steps_), request);
    return list_->start(now);
}

MDE_DECL std::optional<UtcTime> AwaitActions::oldest() const {
    std::optional<UtcTime> oldest;
    for (const Entry& entry : entries_) {
        if (entry.ended) continue;
        if (!entry.found.action || !entry.found.action->created) return std::nullopt;
        const UtcTime created = *entry.found.action->created;
        oldest = oldest ? (std::min)(*oldest, created) : created;
    }
    return oldest;
}

MDE_DECL Action AwaitActions::on_list(const Now& now) {
    result<std::vector<MachineAction>> actions = list_->take_result();
    list_.reset();
    if (!actions) return fail(actions.error());
    listed_ = actions->size();
    for (Entry& entry : entries_) {
        if (entry.ended) continue;
        const auto shown =
            std::find_if(actions->begin(), actions->end(),
                         [&](const MachineAction& action) { return action.id == entry.found.id; });
        entry.missed = shown == actions->end();
        if (!entry.missed) take(entry, *shown, now);
    }
    return go_on(now);
}

MDE_DECL Action AwaitActions::on_look(const Now& now) {
    result<MachineAction> action = look_->take_result();
    look_.reset();
    Entry& entry = entries_[at_];
    if (action) {
        take(entry, *action, now);
    } else if (action.error() == errc::not_found) {
        const Verdict verdict = entry.watch->on_not_found(now.monotonic);
        if (verdict.kind == Verdict::Kind::ended) end(entry, make_error_code(verdict.error));
    } else {
        return fail(action.error());
    }
    return go_on(now);
}

MDE_DECL void AwaitActions::take(Entry& entry, const MachineAction& action, const Now& now) {
    // What a replica says that lags is old.
    const std::optional<MachineAction>& before = entry.found.action;
    if (!before || !action.last_updated || action.last_updated >= before->last_updated) {
        entry.moved = !before || before->status != action.status;
        entry.found.action = action;
    }
    const Verdict verdict = entry.watch->on_status(action.status, now.monotonic);
    if (verdict.kind == Verdict::Kind::succeeded) end(entry, {});
    if (verdict.kind == Verdict::Kind::ended) end(entry, make_error_code(verdict.error));
}

MDE_DECL void AwaitActions::end(Entry& entry, const error_code& error) noexcept {
    entry.ended = true;
    entry.found.error = error;
}

MDE_DECL Action AwaitActions::go_on(const Now& now) {
    for (at_ = 0; at_ < entries_.size(); ++at_) {
        Entry& entry = entries_[at_];
        if (std::exchange(entry.moved, false)) {
            any_moved_ = true;
            state_ = State::showing;
            return action::Notify{observed::Action{entry.found.id, entry.found.action->status}};
        }
        if (!entry.ended && std::exchange(entry.missed, false)) {
            state_ = State::looking;
            look_.emplace(context_for(++steps_), GetMachineAction{entry.found.id});
            return look_->start(now);
        }
    }
    return wait(now);
}

MDE_DECL Action AwaitActions::wait(const Now& now) {
    const bool all = std::all_of(entries_.begin(), entries_.end(),
                                 [](const Entry& entry) { return entry.ended; });
    if (all) return finish();
    const Duration pause = pace_.after(listed_, std::exchange(any_moved_, false));
    if (saturating_add(now.monotonic, pause) >= context_.deadline)
        return fail(make_error_code(errc::deadline_exceeded));
    state_ = State::waiting;
    return action::Wait{pause, WaitReason::poll};
}

MDE_DECL Action AwaitActions::finish() {
    std::vector<AwaitedAction> all;
    for (Entry& entry : entries_) all.push_back(std::move(entry.found));
    *context_.diagnostics = Diagnostics{};
    result_ = std::move(all);
    return action::Finish{};
}

MDE_DECL Action AwaitActions::fail(const error_code& error) {
    result_ = error;
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
