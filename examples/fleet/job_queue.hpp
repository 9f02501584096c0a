// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_JOB_QUEUE_HPP
#define MDE_EXAMPLES_FLEET_JOB_QUEUE_HPP

/// @file
/// The port through which a fleet's processes share their jobs.

#include <mde/base/result.hpp>
#include <mde/base/time.hpp>
#include <mde/model/fleet_state.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

/// One machine of one tenant.
struct Job {
    /// `TENANT/MACHINE`.
    std::string id;
    mde::JobPhase phase = mde::JobPhase::waiting;
    /// What `wire::encode_fleet_state` makes of it: a fleet of one machine.
    std::string state;
};

enum class Added {
    now,
    before,
};

/// The right to work at a job, for a time. The fence grows with each lease of a job: whoever comes
/// with an older one, as a process that was asleep, is refused.
struct Lease {
    std::string id;
    std::uint64_t fence = 0;
};

struct LeasedJob {
    Lease lease;
    /// As it was saved last, by whoever had the job before.
    std::string state;
};

/// A job that is over.
struct EndedJob {
    std::string state;
    /// The receipt of its package as JSON; empty if there is none.
    std::string receipt;
};

struct JobCounts {
    /// How many jobs of a tenant are in each phase.
    std::map<std::string, std::array<std::size_t, mde::job_phase_names.size()>> tenants;
    /// Jobs that are not over, and those of them that somebody works at.
    std::size_t open = 0;
    std::size_t leased = 0;
    /// How often a job was taken from somebody whose lease had run out.
    std::size_t takeovers = 0;

    friend bool operator==(const JobCounts&, const JobCounts&) = default;
};

/// | expression | semantics |
/// | --- | --- |
/// | `queue.add(job)` | `result<Added>`: before, and nothing changes, if the id is known |
/// | `queue.lease(worker, span)` | `result<optional<LeasedJob>>`: of those that are due the one |
/// | | that somebody has begun and that waits longest, else the one that was added first |
/// | `queue.renew(lease, span)` | the lease ends after `span` from now on |
/// | `queue.save(lease, phase, state)` | whoever has the job next goes on from here |
/// | `queue.put_back(lease, after)` | the lease is over; nobody gets the job before `after` |
/// | `queue.finish(lease, phase, ended)` | the job is over |
/// | `queue.counts()` | `result<JobCounts>` |
/// | `queue.ended()` | `result<vector<EndedJob>>`: of all jobs that are over, in no order |
///
/// `renew`, `save`, `put_back` and `finish` return an `error_code`: errc::store_busy, and nothing
/// has changed, if the lease is not the job's newest or is over. A lease that has run out is good
/// until somebody else takes the job. All other errors say that the queue cannot tell; what was
/// asked for may have been done, and asking again does no harm.
template <class T>
concept JobQueue = requires(T& queue, const Job& job, const Lease& lease, mde::Duration span,
                            std::string_view text, mde::JobPhase phase, const EndedJob& ended) {
    { queue.add(job) } -> std::same_as<mde::result<Added>>;
    { queue.lease(text, span) } -> std::same_as<mde::result<std::optional<LeasedJob>>>;
    { queue.renew(lease, span) } -> std::same_as<mde::error_code>;
    { queue.save(lease, phase, text) } -> std::same_as<mde::error_code>;
    { queue.put_back(lease, span) } -> std::same_as<mde::error_code>;
    { queue.finish(lease, phase, ended) } -> std::same_as<mde::error_code>;
    { queue.counts() } -> std::same_as<mde::result<JobCounts>>;
    { queue.ended() } -> std::same_as<mde::result<std::vector<EndedJob>>>;
};

/// Up to the slash.
inline std::string_view tenant_of(std::string_view job_id) noexcept {
    return job_id.substr(0, job_id.find('/'));
}

} // namespace fleet

#endif
