// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_RESULTS_HPP
#define MDE_EXAMPLES_FLEET_RESULTS_HPP

/// @file
/// What a fleet has achieved: its jobs with their receipts, held against what lies in the store.

#include "fleet/job_queue.hpp"
#include "fleet/options.hpp"
#include "mde_package/output.hpp"

#include <cstddef>
#include <vector>

namespace fleet {

/// One line for each job that is over. Returns how many of them have a package that is proven.
std::size_t print_results(const Options& options, const std::vector<EndedJob>& all,
                          mde_package::Output& out);

} // namespace fleet

#endif
