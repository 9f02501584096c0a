// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_MEMORY_JOB_QUEUE_HPP
#define MDE_EXAMPLES_FLEET_MEMORY_JOB_QUEUE_HPP

/// @file
/// The jobs of one process, shared by its threads; they end with it.

#include "fleet/job_queue.hpp"

#include <mde/port/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
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
        const auto [added, is_new] = jobs_.try_emplace(job.id);
        if (!is_new) return Added::before;
        added->second.phase = job.phase;
        added->second.content.state = job.state;
        added->second.order = ++added_;
        return Added::now;
    }

    mde::result<std::optional<LeasedJob>> lease(std::string_view worker, mde::Duration span) {
        const std::lock_guard lock(mutex_);
        const mde::MonotonicTime now = clock_.now().monotonic;
        const std::string* best = nullptr;
        for (const auto& [id, entry] : jobs_) {
            if (entry.is_over || entry.due > now) continue;
            if (best == nullptr || is_before(entry, jobs_.find(*best)->second)) best = &id;
        }
        if (best == nullptr) return std::optional<LeasedJob>();
        Entry& entry = jobs_.find(*best)->second;
        takeovers_ += entry.worker.empty() ? 0u : 1u;
        entry.worker = worker;
        entry.due = now + span;
        return std::optional(LeasedJob{{*best, ++entry.fence}, entry.content.state});
    }

    mde::error_code renew(const Lease& lease, mde::Duration span) {
        return with(lease, [&](Entry& entry) { entry.due = clock_.now().monotonic + span; });
    }

    mde::error_code save(const Lease& lease, mde::JobPhase phase, std::string_view state) {
        return with(lease, [&](Entry& entry) {
            entry.phase = phase;
            entry.content.state = state;
        });
    }

    mde::error_code put_back(const Lease& lease, mde::Duration after) {
        return with(lease, [&](Entry& entry) {
            entry.due = clock_.now().monotonic + after;
            entry.worker.clear();
        });
    }

    mde::error_code finish(const Lease& lease, mde::JobPhase phase, const EndedJob& ended) {
        if (was_finished_with(lease)) return {};
        return with(lease, [&](Entry& entry) {
            entry.phase = phase;
            entry.content = ended;
            entry.worker.clear();
            entry.is_over = true;
        });
    }

    mde::result<JobCounts> counts() {
        const std::lock_guard lock(mutex_);
        JobCounts counts;
        counts.takeovers = takeovers_;
        for (const auto& [id, entry] : jobs_) {
            ++counts.tenants[std::string(tenant_of(id))][static_cast<std::size_t>(entry.phase)];
            counts.open += entry.is_over ? 0u : 1u;
            counts.leased += entry.worker.empty() ? 0u : 1u;
        }
        return counts;
    }

    mde::result<std::vector<EndedJob>> ended() {
        const std::lock_guard lock(mutex_);
        std::vector<EndedJob> ended;
        for (const auto& [id, entry] : jobs_)
            if (entry.is_over) ended.push_back(entry.content);
        return ended;
    }

  private:
    struct Entry {
        mde::JobPhase phase{};
        EndedJob content{};
        mde::MonotonicTime due{};
        std::uint64_t order = 0;
        std::uint64_t fence = 0;
        /// Empty: nobody has it.
        std::string worker{};
        bool is_over = false;
    };

    static bool is_before(const Entry& left, const Entry& right) noexcept {
        return std::tuple(left.fence == 0, left.due, left.order) <
               std::tuple(right.fence == 0, right.due, right.order);
    }

    bool was_finished_with(const Lease& lease) {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(lease.id);
        return found != jobs_.end() && found->second.is_over && found->second.fence == lease.fence;
    }

    template <class Change>
    mde::error_code with(const Lease& lease, Change change) {
        const std::lock_guard lock(mutex_);
        const auto found = jobs_.find(lease.id);
        const bool is_theirs = found != jobs_.end() && found->second.fence == lease.fence &&
                               !found->second.worker.empty();
        if (!is_theirs) return mde::errc::store_busy;
        change(found->second);
        return {};
    }

    ClockT clock_;
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> jobs_;
    std::uint64_t added_ = 0;
    std::size_t takeovers_ = 0;
};

} // namespace fleet

#endif
