// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ACTION_STORE_HPP
#define MDE_SERVICE_ACTION_STORE_HPP

/// @file
/// Where the service keeps its machine actions.

#include <mde/base/linkage.hpp>
#include <mde/service/timed_action.hpp>

#include <concepts>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

namespace exemplar {

/// Looks at every action.
struct ActionVisitor {
    /// Goes on.
    bool operator()(const TimedAction&) const noexcept { return true; }
};

} // namespace exemplar

/// Keeps the machine actions of an emulator.
///
/// | expression | semantics |
/// | --- | --- |
/// | `store.insert(action)` | keeps a new one; ids never repeat |
/// | `store.find(id)` | a pointer, good until the next change of the store, or null |
/// | `store.replace(action)` | puts it in place of the one with its id |
/// | `store.visit(visitor)` | each one, newest first, until the visitor returns false |
template <class T>
concept ActionStore = requires(T& store, const T& same, TimedAction action,
                               const MachineActionId& id, exemplar::ActionVisitor visitor) {
    store.insert(std::move(action));
    { same.find(id) } -> std::same_as<const TimedAction*>;
    store.replace(std::move(action));
    same.visit(visitor);
};

/// In memory, for good. Distinct objects: safe. Shared objects: unsafe.
class MemoryActionStore {
  public:
    /// @{
    /// See `ActionStore`.
    void insert(TimedAction action);

    const TimedAction* find(const MachineActionId& id) const noexcept;

    void replace(TimedAction action);

    template <class Visitor>
    void visit(Visitor visitor) const {
        for (std::size_t i = actions_.size(); i-- > 0;)
            if (!visitor(actions_[i])) return;
    }
    /// @}

    /// How many actions there are.
    std::size_t size() const noexcept { return actions_.size(); }

  private:
    std::vector<TimedAction> actions_;
    std::map<MachineActionId, std::size_t> by_id_;
};
static_assert(ActionStore<MemoryActionStore>);

#if MDE_DEFINITIONS

MDE_DECL void MemoryActionStore::insert(TimedAction action) {
    by_id_[action.action.id] = actions_.size();
    actions_.push_back(std::move(action));
}

MDE_DECL const TimedAction* MemoryActionStore::find(const MachineActionId& id) const noexcept {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &actions_[found->second];
}

MDE_DECL void MemoryActionStore::replace(TimedAction action) {
    const auto found = by_id_.find(action.action.id);
    if (found != by_id_.end()) actions_[found->second] = std::move(action);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
