// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_FLEET_STATE_HPP
#define MDE_MODEL_FLEET_STATE_HPP

/// @file
/// How far a collection from many machines has come: what is put down and picked up again.

#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/model/tenant_id.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// Where the job of one machine stands.
enum class JobPhase {
    /// Nothing has been asked for.
    waiting,
    /// A collection may have been asked for; no answer is known.
    asking,
    /// The action has not finished.
    running,
    /// The package can be fetched.
    ready,
    /// The package is in the store.
    stored,
    /// It was given up; `FleetJob::error` says why.
    failed,
};

/// As a saved state and a person read them, in the order of `JobPhase`.
inline constexpr std::array<std::string_view, 6> job_phase_names{
    "waiting", "asking", "running", "ready", "stored", "failed",
};

/// See `job_phase_names`.
constexpr std::string_view name_of(JobPhase phase) noexcept {
    return job_phase_names[static_cast<std::size_t>(phase)];
}

/// The job of one machine.
struct FleetJob {
    /// Whose package is wanted.
    MachineId machine;
    /// Where the job stands.
    JobPhase phase = JobPhase::waiting;
    /// The collection, once it is known.
    std::optional<MachineActionId> action{};
    /// Of the action, by the service's clock.
    std::optional<UtcTime> created{};
    /// Set while it is not known what became of a request for a collection: when it may have left,
    /// at the earliest, by our own clock.
    std::optional<UtcTime> asked{};
    /// Failures in a row; a job is given up after `FleetOptions::tries`.
    unsigned failures = 0;
    /// The latest failure; cleared by a success.
    error_code error{};
    /// The latest failure in words, printable, without a secret.
    std::string message{};

    friend bool operator==(const FleetJob&, const FleetJob&) = default;
};

/// A value; holds no secret and no link, so that it can be saved anywhere.
/// Distinct objects: safe. Shared objects: safe while none changes.
struct FleetState {
    /// Whose machines these are; to be compared before a saved state is gone on with.
    TenantId tenant;
    /// Of every collection; it also tells ours from those of others.
    std::string comment;
    /// In the order in which they were added.
    std::vector<FleetJob> jobs;

    /// A job for each machine; a machine that is named twice gets one.
    static FleetState of(const TenantId& tenant, std::string comment,
                         const std::vector<MachineId>& machines);

    /// False, and nothing changes, if there is a job for that machine.
    bool add(const MachineId& machine);

    /// How many jobs stand there.
    std::size_t count(JobPhase phase) const noexcept;

    friend bool operator==(const FleetState&, const FleetState&) = default;
};

/// How hard to work.
struct FleetOptions {
    /// Collections asked for at the same time; the quota allows 100 a minute.
    unsigned collections = 8;
    /// Packages fetched at the same time. More than a few gain nothing: two links a minute are all
    /// that the quota allows.
    unsigned downloads = 4;
    /// Tries of one step of one job; each of them has the tries of `RetryPolicy` within.
    unsigned tries = 3;
};

#if MDE_DEFINITIONS

MDE_DECL FleetState FleetState::of(const TenantId& tenant, std::string comment,
                                   const std::vector<MachineId>& machines) {
    FleetState state{tenant, std::move(comment), {}};
    for (const MachineId& machine : machines) state.add(machine);
    return state;
}

MDE_DECL bool FleetState::add(const MachineId& machine) {
    for (const FleetJob& job : jobs)
        if (job.machine == machine) return false;
    jobs.push_back(FleetJob{machine});
    return true;
}

MDE_DECL std::size_t FleetState::count(JobPhase phase) const noexcept {
    std::size_t found = 0;
    for (const FleetJob& job : jobs) found += job.phase == phase ? 1u : 0u;
    return found;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
