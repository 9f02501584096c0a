// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_WORKER_HPP
#define MDE_EXAMPLES_FLEET_WORKER_HPP

/// @file
/// One process of a fleet: takes jobs of any tenant and works at several of them on one thread.

#include "fleet/options.hpp"
#include "fleet/redis_connection.hpp"
#include "mde_package/stop_signals.hpp"

#include <boost/asio/io_context.hpp>

#include <vector>

namespace fleet {

/// Works until there is no job left, or until it is asked to stop: then jobs that it has are put
/// back as they are. Returns the exit code. Everything that is heavy to compile is in worker.cpp.
/// @throws mde_package::UsageError if a tenant cannot be worked for
int run_worker(boost::asio::io_context& context, mde_package::StopSignals& stop,
               const Options& options, std::vector<Site> sites, RedisAddress redis,
               const mde::Secret& client_secret);

} // namespace fleet

#endif
