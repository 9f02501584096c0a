// SPDX-License-Identifier: BSL-1.0
#include "fleet/supervisor.hpp"

#include "fleet/redis_job_queue.hpp"
#include "fleet/results.hpp"
#include "fleet/summary.hpp"
#include "fleet/workers.hpp"
#include "mde_package/exit_codes.hpp"
#include "mde_package/stop_signals.hpp"

#include <mde/wire/fleet_state_codec.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace fleet {

namespace exits = mde_package::exits;

namespace {

/// In turn from each tenant, so that no budget lies idle behind another tenant's jobs.
std::vector<Job> jobs_of(const Options& options) {
    std::map<std::string, std::vector<Job>> tenants;
    for (const TenantMachine& machine : read_tenant_machines(options.machines_file)) {
        const auto state = mde::FleetState::of(*mde::TenantId::parse(machine.tenant),
                                               options.comment, {machine.machine});
        tenants[machine.tenant].push_back(
            {machine.tenant + '/' + std::string(machine.machine.text()), mde::JobPhase::waiting,
             mde::wire::encode_fleet_state(state)});
    }
    std::vector<Job> jobs;
    for (std::size_t i = 0, before = 1; before != jobs.size(); ++i) {
        before = jobs.size();
        for (auto& [tenant, own] : tenants)
            if (i < own.size()) jobs.push_back(std::move(own[i]));
    }
    return jobs;
}

mde::error_code add_jobs(const Options& options, RedisJobQueue& queue) {
    for (const Job& job : jobs_of(options)) {
        const auto added = queue.add(job);
        if (!added) return added.error();
    }
    return {};
}

int fail(const mde::error_code& ec) {
    mde_package::Output(STDERR_FILENO)
        .line("mde-fleet: redis: " + ec.message() + "; see --redis and REDISCLI_AUTH");
    return exits::store;
}

int report(const Options& options, RedisJobQueue& queue, mde_package::Output& out) {
    const auto counts = queue.counts();
    if (!counts) return fail(counts.error());
    const auto ended = queue.ended();
    if (!ended) return fail(ended.error());
    const std::size_t good = print_results(options, *ended, out);
    const std::size_t jobs = ended->size() + counts->open;
    if (good == jobs) return exits::success;
    mde_package::Output(STDERR_FILENO)
        .line("mde-fleet: " + std::to_string(jobs - good) + " of " + std::to_string(jobs) +
              " jobs have no package that is proven; the same command goes on with those that are "
              "not over");
    return exits::incomplete;
}

/// Until all have ended.
void watch(Workers& workers, RedisJobQueue& queue, Summary& summary) {
    bool told_to_stop = false;
    for (;;) {
        for (const ::pid_t worker : workers.reap())
            summary.say("the worker of process " + std::to_string(worker) + " has ended");
        const auto counts = queue.counts();
        if (counts)
            summary.show(*counts, workers.counts());
        else
            summary.show_away(counts.error().message());
        if (workers.counts().alive == 0) break;
        if (mde_package::stop_requested() != 0 && !std::exchange(told_to_stop, true))
            workers.stop();
        for (const std::string& line : workers.listen(100)) summary.say(line);
    }
    for (const std::string& line : workers.listen(0)) summary.say(line);
}

} // namespace

int run_supervisor(const Options& options, const std::vector<std::string>& words,
                   RedisAddress redis, mde_package::Output& out) {
    RedisConnection connection(std::move(redis));
    RedisJobQueue queue(connection, options.queue);
    if (const mde::error_code ec = add_jobs(options, queue)) return fail(ec);
    Summary summary;
    {
        Workers workers;
        for (unsigned i = 1; i <= options.workers; ++i) {
            std::vector<std::string> own = words;
            const std::string name = "worker-" + std::to_string(i);
            own.insert(own.end(), {"--name", name, "--parent", std::to_string(::getpid())});
            summary.say(name + " is process " + std::to_string(workers.start(std::move(own))));
        }
        watch(workers, queue, summary);
    }
    if (mde_package::stop_requested() != 0) return 128 + mde_package::stop_requested();
    return report(options, queue, out);
}

int show_queue(const Options& options, RedisAddress redis, mde_package::Output& out) {
    RedisConnection connection(std::move(redis));
    RedisJobQueue queue(connection, options.queue);
    const auto counts = queue.counts();
    if (!counts) return fail(counts.error());
    out.write(options.json ? std::string() : line_about(*counts, {}) + '\n' + table_of(*counts));
    return report(options, queue, out);
}

} // namespace fleet
