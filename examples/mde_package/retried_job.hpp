// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_RETRIED_JOB_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_RETRIED_JOB_HPP

/// @file
/// Where the job of a machine is taken up again after it failed.

#include <mde/base/error.hpp>
#include <mde/model/fleet_state.hpp>

namespace mde_package {

/// A collection that failed on its machine, or is gone, is asked for anew; any other one is looked
/// at first. An attempt whose end nobody knows is still looked for.
inline mde::FleetJob retried(const mde::FleetJob& job) {
    using mde::errc;
    const bool ended = job.error == errc::action_failed || job.error == errc::action_timed_out ||
                       job.error == errc::action_cancelled || job.error == errc::not_found ||
                       job.error == errc::action_not_found;
    mde::FleetJob next{job.machine};
    if (ended || !job.action) {
        next.asked = job.asked;
        next.phase = job.asked ? mde::JobPhase::asking : mde::JobPhase::waiting;
    } else {
        next.phase = mde::JobPhase::running;
        next.action = job.action;
        next.created = job.created;
    }
    return next;
}

} // namespace mde_package

#endif
