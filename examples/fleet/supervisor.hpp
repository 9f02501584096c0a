// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_SUPERVISOR_HPP
#define MDE_EXAMPLES_FLEET_SUPERVISOR_HPP

/// @file
/// The process that fills the queue, starts the workers, shows how far they are and collects what
/// they leave behind.

#include "fleet/options.hpp"
#include "fleet/redis_connection.hpp"
#include "mde_package/output.hpp"

#include <string>
#include <vector>

namespace fleet {

/// Adds the jobs that are new, starts the workers and waits for their end. `words` are the options
/// that a worker is started with, beside its name. Returns the exit code: 0 only if every job of
/// the queue has its package and all packages are what their receipts say.
int run_supervisor(const Options& options, const std::vector<std::string>& words,
                   RedisAddress redis, mde_package::Output& out);

/// The summary and the results as they are now. Returns the exit code, as above.
int show_queue(const Options& options, RedisAddress redis, mde_package::Output& out);

} // namespace fleet

#endif
