// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_JOB_TABLE_HPP
#define MDE_EXAMPLES_FLEET_JOB_TABLE_HPP

/// @file
/// Jobs and their leases as a plain value: the time is an argument.

#include "fleet/job_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace fleet {

/// The operations of `JobQueue`, with `now` as the time since any one epoch.
/// Distinct objects: safe. Shared objects: unsafe.
class JobTable {
  public:
    struct Entry {
        mde::JobPhase phase{};
        EndedJob content{};
        mde::Duration due{};
        std::uint64_t order = 0;
        std::uint64_t fence = 0;
        /// Empty: nobody has it.
        std::string worker{};
        bool is_over = false;
    };
    using Entries = std::map<std::string, Entry, std::less<>>;

    Entries entries;
    std::uint64_t added = 0;
    std::uint64_t takeovers = 0;

    Added add(const Job& job) {
        const auto [place, is_new] = entries.try_emplace(job.id);
        if (!is_new) return Added::before;
        place->second.phase = job.phase;
        place->second.content.state = job.state;
        place->second.order = ++added;
        return Added::now;
    }

    std::optional<LeasedJob> lease(std::string_view worker, mde::Duration span, mde::Duration now) {
        const auto best = first_due(now);
        if (best == entries.end()) return std::nullopt;
        Entry& entry = best->second;
        takeovers += entry.worker.empty() ? 0u : 1u;
        entry.worker = worker;
        entry.due = now + span;
        return LeasedJob{{best->first, ++entry.fence}, entry.content.state};
    }

    mde::error_code renew(const Lease& lease, mde::Duration span, mde::Duration now) {
        return with(lease, [&](Entry& entry) { entry.due = now + span; });
    }

    mde::error_code save(const Lease& lease, mde::JobPhase phase, std::string_view state) {
        return with(lease, [&](Entry& entry) {
            entry.phase = phase;
            entry.content.state = state;
        });
    }

    mde::error_code put_back(const Lease& lease, mde::Duration after, mde::Duration now) {
        return with(lease, [&](Entry& entry) {
            entry.due = now + after;
            entry.worker.clear();
        });
    }

    mde::error_code finish(const Lease& lease, mde::JobPhase phase, const EndedJob& ended) {
        const auto found = entries.find(lease.id);
        const bool was_finished_so =
            found != entries.end() && found->second.is_over && found->second.fence == lease.fence;
        if (was_finished_so) return {};
        return with(lease, [&](Entry& entry) {
            entry.phase = phase;
            entry.content = ended;
            entry.worker.clear();
            entry.is_over = true;
        });
    }

    JobCounts counts() const {
        JobCounts counts;
        counts.takeovers = takeovers;
        for (const auto& [id, entry] : entries) {
            ++counts.tenants[std::string(tenant_of(id))][static_cast<std::size_t>(entry.phase)];
            counts.open += entry.is_over ? 0u : 1u;
            counts.leased += entry.worker.empty() ? 0u : 1u;
        }
        return counts;
    }

    std::vector<EndedJob> ended() const {
        std::vector<EndedJob> ended;
        for (const auto& [id, entry] : entries)
            if (entry.is_over) ended.push_back(entry.content);
        return ended;
    }

  private:
    /// What somebody has begun comes first, then what waits longest, then what was added first.
    static bool is_before(const Entry& left, const Entry& right) noexcept {
        return std::tuple(left.fence == 0, left.due, left.order) <
               std::tuple(right.fence == 0, right.due, right.order);
    }

    Entries::iterator first_due(mde::Duration now) {
        auto best = entries.end();
        for (auto it = entries.begin(); it != entries.end(); ++it) {
            if (it->second.is_over || it->second.due > now) continue;
            if (best == entries.end() || is_before(it->second, best->second)) best = it;
        }
        return best;
    }

    template <class Change>
    mde::error_code with(const Lease& lease, Change change) {
        const auto found = entries.find(lease.id);
        const bool is_theirs = found != entries.end() && found->second.fence == lease.fence &&
                               !found->second.worker.empty();
        if (!is_theirs) return mde::errc::store_busy;
        change(found->second);
        return {};
    }
};

} // namespace fleet

#endif
