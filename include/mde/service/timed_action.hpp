// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TIMED_ACTION_HPP
#define MDE_SERVICE_TIMED_ACTION_HPP

/// @file
/// A machine action whose progress is a function of the time: nothing has to tick.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_action.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// What will become of an action, counted from its creation.
struct Schedule {
    /// When it is in progress.
    Duration to_in_progress = std::chrono::seconds(1);
    /// When it ends.
    Duration to_final = std::chrono::seconds(3);
    /// How it ends.
    MachineActionStatus final_status = MachineActionStatus::succeeded;
    /// Shown once the action has failed: E_ACCESSDENIED.
    std::int64_t error_hresult = -2147024891;
};

/// Who cancelled an action, when and why.
struct Cancellation {
    /// When.
    Now at;
    /// Who.
    std::string requestor;
    /// Why.
    std::string comment;
};

/// An action as it was created, and what becomes of it.
struct TimedAction {
    /// Status and dates in here are those of the first moment.
    MachineAction action;
    /// Where it was asked for.
    std::string tenant;
    /// When it was asked for.
    Now created;
    /// What becomes of it.
    Schedule schedule;
    /// Set once somebody cancelled it.
    std::optional<Cancellation> cancellation{};

    /// Its status at `now`.
    MachineActionStatus status(const Now& now) const noexcept;

    /// The action as an answer at `now` shows it.
    MachineAction seen(const Now& now) const;

  private:
    bool is_cancelled(MonotonicTime time) const noexcept;
    MachineActionStatus scheduled(MonotonicTime time) const noexcept;
    UtcTime changed_at(MonotonicTime time) const noexcept;
};

#if MDE_DEFINITIONS

MDE_DECL MachineActionStatus TimedAction::status(const Now& now) const noexcept {
    return is_cancelled(now.monotonic) ? MachineActionStatus::cancelled : scheduled(now.monotonic);
}

MDE_DECL MachineAction TimedAction::seen(const Now& now) const {
    MachineAction shown = action;
    shown.status = status(now);
    shown.last_updated = changed_at(now.monotonic);
    shown.error_hresult = shown.status == MachineActionStatus::failed ? schedule.error_hresult : 0;
    if (is_cancelled(now.monotonic)) {
        shown.cancellation_requestor = cancellation->requestor;
        shown.cancellation_comment = cancellation->comment;
        shown.cancelled_at = cancellation->at.utc;
    }
    return shown;
}

MDE_DECL bool TimedAction::is_cancelled(MonotonicTime time) const noexcept {
    return cancellation && time >= cancellation->at.monotonic;
}

MDE_DECL MachineActionStatus TimedAction::scheduled(MonotonicTime time) const noexcept {
    if (time >= saturating_add(created.monotonic, schedule.to_final)) return schedule.final_status;
    if (time >= saturating_add(created.monotonic, schedule.to_in_progress))
        return MachineActionStatus::in_progress;
    return MachineActionStatus::pending;
}

MDE_DECL UtcTime TimedAction::changed_at(MonotonicTime time) const noexcept {
    const auto after = [&](Duration span) {
        return created.utc + std::chrono::duration_cast<Ticks>(span);
    };
    if (is_cancelled(time)) return cancellation->at.utc;
    switch (scheduled(time)) {
    // A recorded fresh action was updated nine ticks after its creation.
    case MachineActionStatus::pending: return created.utc + Ticks(9);
    case MachineActionStatus::in_progress: return after(schedule.to_in_progress);
    default: return after(schedule.to_final);
    }
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
