// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_WATCH_HPP
#define MDE_FLOW_WATCH_HPP

/// @file
/// When to look at an action again, and when watching ends: pure decisions, usable in constants.

#include <mde/base/error.hpp>
#include <mde/base/time.hpp>
#include <mde/flow/denials.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/retry_policy.hpp>

#include <algorithm>

namespace mde::inline MDE_ABI::flow {

/// What to do after a look.
struct Verdict {
    /// What there is to do.
    enum class Kind {
        /// Wait for `wait`, then look again.
        look_again,
        /// It has what was waited for.
        succeeded,
        /// It ended, or cannot be found: `error` says how.
        ended,
        /// The deadline comes before the next look.
        out_of_time,
    };
    /// Which of them.
    Kind kind = Kind::look_again;
    /// Of `look_again`.
    Duration wait{};
    /// Of `ended` and `out_of_time`.
    errc error{};

    friend constexpr bool operator==(const Verdict&, const Verdict&) noexcept = default;
};

/// The rules of a watch. All six documented statuses are handled; an unknown one continues it,
/// since the service may grow. Source: "machineAction resource type"; API-CONTRACT 3.1, 3.4.
class Watch {
  public:
    /// Begins without a look.
    constexpr Watch(const PollPolicy& policy, MonotonicTime deadline) noexcept
        : policy_(policy), deadline_(deadline), interval_(policy.first) {}

    /// The service showed the action with that status.
    constexpr Verdict on_status(MachineActionStatus status, MonotonicTime now) noexcept {
        denials_ = {};
        switch (status) {
        case MachineActionStatus::succeeded: return {Verdict::Kind::succeeded, {}, {}};
        case MachineActionStatus::failed: return ended(errc::action_failed);
        case MachineActionStatus::time_out: return ended(errc::action_timed_out);
        case MachineActionStatus::cancelled: return ended(errc::action_cancelled);
        case MachineActionStatus::pending:
        case MachineActionStatus::in_progress:
        case MachineActionStatus::unknown: break;
        }
        return look_again(now);
    }

    /// The service answered 404. An action that a replica knows may be unknown to another one for a
    /// while, so only what stays unknown ends the watch.
    constexpr Verdict on_not_found(MonotonicTime now) noexcept {
        if (denials_.add(now, 1, policy_.unknown_grace)) return ended(errc::action_not_found);
        return look_again(now);
    }

  private:
    static constexpr Verdict ended(errc error) noexcept {
        return {Verdict::Kind::ended, {}, error};
    }

    constexpr Verdict look_again(MonotonicTime now) noexcept {
        const Duration wait = interval_;
        interval_ = (std::min)(interval_ + interval_ / 2, policy_.most);
        if (saturating_add(now, wait) >= deadline_)
            return {Verdict::Kind::out_of_time, {}, errc::deadline_exceeded};
        return {Verdict::Kind::look_again, wait, {}};
    }

    PollPolicy policy_;
    MonotonicTime deadline_;
    Duration interval_;
    Denials denials_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
