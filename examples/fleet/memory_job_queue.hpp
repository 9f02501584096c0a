// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_MEMORY_JOB_QUEUE_HPP
#define MDE_EXAMPLES_FLEET_MEMORY_JOB_QUEUE_HPP

/// @file
/// The jobs of one process, shared by its threads; they end with it.

#include "fleet/job_table.hpp"

#include <mde/port/clock.hpp>

#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

/// Meets `JobQueue`. Distinct objects: safe. Shared objects: safe.
template <mde::Clock ClockT>
class MemoryJobQueue {
  public:
    explicit MemoryJobQueue(ClockT clock = {}) : clock_(std::move(clock)) {}

    mde::result<Added> add(const Job& job) {
        const std::lock_guard lock(mutex_);
        return table_.add(job);
    }
    mde::result<std::optional<LeasedJob>> lease(std::string_view worker, mde::Duration span) {
        const std::lock_guard lock(mutex_);
        return table_.lease(worker, span, now());
    }
    mde::error_code renew(const Lease& lease, mde::Duration span) {
        const std::lock_guard lock(mutex_);
        return table_.renew(lease, span, now());
    }
    mde::error_code save(const Lease& lease, mde::JobPhase phase, std::string_view state) {
        const std::lock_guard lock(mutex_);
        return table_.save(lease, phase, state);
    }
    mde::error_code put_back(const Lease& lease, mde::Duration after) {
        const std::lock_guard lock(mutex_);
        return table_.put_back(lease, after, now());
    }
    mde::error_code finish(const Lease& lease, mde::JobPhase phase, const EndedJob& ended) {
        const std::lock_guard lock(mutex_);
        return table_.finish(lease, phase, ended);
    }
    mde::result<JobCounts> counts() {
        const std::lock_guard lock(mutex_);
        return table_.counts();
    }
    mde::result<std::vector<EndedJob>> ended() {
        const std::lock_guard lock(mutex_);
        return table_.ended();
    }

  private:
    mde::Duration now() const { return clock_.now().monotonic.time_since_epoch(); }

    ClockT clock_;
    std::mutex mutex_;
    JobTable table_;
};

} // namespace fleet

#endif
