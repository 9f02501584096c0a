// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FLEET_TASK_HPP
#define MDE_FLOW_FLEET_TASK_HPP

/// @file
/// One piece of work of a fleet, as a flow: all kinds in one type, so that a driver is compiled
/// once.

#include <mde/flow/collect_action.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/fetch_package.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/request/get_machine_action.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// What there is to do.
namespace task {

/// Start a collection, or find out what became of an earlier attempt.
struct Collect {
    /// Machine and comment.
    CollectInvestigationPackage request;
    /// Set if there was an attempt whose end nobody saw.
    std::optional<EarlierAttempt> earlier;
};
/// Look at all running actions at once.
struct List {
    /// Which of them.
    ListMachineActions request;
};
/// Look at one action.
struct Look {
    /// Which one.
    MachineActionId action;
};
/// Fetch the package of a finished action.
struct Fetch {
    /// Which one.
    MachineActionId action;
};

} // namespace task

/// In the order of the work's alternatives.
enum class TaskKind {
    /// `task::Collect`
    collect,
    /// `task::List`
    list,
    /// `task::Look`
    look,
    /// `task::Fetch`
    fetch,
};

/// The work, and which job it is for (`List` is for all).
struct FleetTask {
    /// What to do.
    std::variant<task::Collect, task::List, task::Look, task::Fetch> work;
    /// By its place in the state.
    std::size_t job = 0;

    /// Which kind of work it is.
    TaskKind kind() const noexcept { return static_cast<TaskKind>(work.index()); }
};

/// What came of it: of `Collect` and `Look` an action, of `List` many, of `Fetch` a receipt.
using FleetOutcome = std::variant<MachineAction, std::vector<MachineAction>, Receipt>;

/// Does one piece of work.
/// @par Errors those of the flow behind it
template <Hasher PackageHasher>
class DoFleetTask {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<FleetOutcome>;

    DoFleetTask(const Context& context, FleetTask what)
        : context_(context), task_(std::move(what)) {}
    DoFleetTask(const DoFleetTask&) = delete;
    DoFleetTask& operator=(const DoFleetTask&) = delete;

    Action start(const Now& now) {
        std::visit([this](auto& work) { this->prepare(work); }, task_.work);
        return step([&](auto& flow) { return flow.start(now); });
    }

    Action on(const Event& event, const Now& now) {
        return step([&](auto& flow) { return flow.on(event, now); });
    }

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    using Look = Exchange<GetMachineAction>;
    using Fetch = FetchPackage<PackageHasher>;

    void prepare(task::Collect& work) {
        flow_.template emplace<CollectAction>(context_, std::move(work.request), work.earlier);
    }
    void prepare(task::List& work) { flow_.template emplace<ListActions>(context_, work.request); }
    void prepare(task::Look& work) {
        flow_.template emplace<Look>(context_, GetMachineAction{work.action});
    }
    void prepare(task::Fetch& work) { flow_.template emplace<Fetch>(context_, work.action); }

    template <class Step>
    Action step(Step step) {
        return std::visit(
            [&](auto& flow) -> Action {
                if constexpr (std::is_same_v<decltype(flow), std::monostate&>) {
                    return action::Finish{};
                } else {
                    const Action next = step(flow);
                    if (is_finish(next)) keep(flow.take_result());
                    return next;
                }
            },
            flow_);
    }

    template <class T>
    void keep(result<T> outcome) {
        if (outcome)
            result_ = FleetOutcome(std::move(*outcome));
        else
            result_ = outcome.error();
    }

    Context context_;
    FleetTask task_;
    std::variant<std::monostate, CollectAction, ListActions, Look, Fetch> flow_;
    Result result_ = make_error_code(errc::outcome_unknown);
};

} // namespace mde::inline MDE_ABI::flow

#endif
