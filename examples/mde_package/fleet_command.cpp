// SPDX-License-Identifier: BSL-1.0
// collect-many: a job over many machines that may be stopped anywhere and goes on where it was.

#include "client_commands.hpp"
#include "readers.hpp"
#include "retried_job.hpp"
#include "usage_error.hpp"

#include <mde/adapter/file_state.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/base/result.hpp>
#include <mde/model/fleet_state.hpp>
#include <mde/model/package_key.hpp>
#include <mde/wire/fleet_state_codec.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mde_package {

namespace {

constexpr std::string_view what = "collect-many";

std::vector<mde::MachineId> machines_of(const FleetJobOptions& options) {
    std::vector<mde::MachineId> machines = options.machines;
    if (options.machines_file.empty()) return machines;
    const auto listed = read_machines_file("--machines-file", options.machines_file);
    machines.insert(machines.end(), listed.begin(), listed.end());
    return machines;
}

/// The saved state with the machines that are new, or a new state.
/// @throws UsageError
/// @par Errors errc::malformed_state (also if it is another tenant's), those of `FileState::load`
mde::result<mde::FleetState> begin_state(const Options& options, const mde::FileState& saved) {
    const std::vector<mde::MachineId> machines = machines_of(options.fleet);
    const mde::TenantId& tenant = options.access.settings.tenant;
    const mde::result<std::optional<std::string>> text = saved.load();
    if (!text) return text.error();
    if (!*text) {
        if (machines.empty()) refuse("--machines-file", "names no machine, and --machine-id none");
        return mde::FleetState::of(tenant, options.comment, machines);
    }
    mde::result<mde::FleetState> state = mde::wire::decode_fleet_state(**text);
    if (!state) return state;
    if (state->tenant != tenant) return make_error_code(mde::errc::malformed_state);
    // By its comment a collection is known as ours.
    if (state->comment != options.comment)
        refuse("--comment", "is not the one that the job in --state was begun with");
    for (const mde::MachineId& machine : machines) state->add(machine);
    return state;
}

void retry_failed(mde::FleetState& state) {
    for (mde::FleetJob& job : state.jobs)
        if (job.phase == mde::JobPhase::failed) job = retried(job);
}

std::string path_of(const mde::FleetJob& job, const std::string& directory) {
    if (job.phase != mde::JobPhase::stored || !job.action) return {};
    return stored_path(directory, mde::PackageKey(*job.action));
}

std::string text_of(const mde::FleetJob& job, const std::string& directory) {
    std::string line(job.machine.text());
    line.append("  ").append(mde::name_of(job.phase)).append("  action=");
    line.append(job.action ? std::string(job.action->text()) : "-");
    const std::string path = path_of(job, directory);
    if (!path.empty()) line.append("  ").append(path);
    if (!job.message.empty()) line.append("  ").append(job.message);
    return line;
}

std::string json_of(const mde::FleetJob& job, const std::string& directory) {
    boost::json::object line{{"machine", std::string_view(job.machine.text())},
                             {"phase", mde::name_of(job.phase)},
                             {"action", nullptr},
                             {"path", nullptr},
                             {"message", nullptr}};
    if (job.action) line["action"] = std::string_view(job.action->text());
    if (const std::string path = path_of(job, directory); !path.empty()) line["path"] = path;
    if (!job.message.empty()) line["message"] = job.message;
    return boost::json::serialize(line);
}

/// One line for each machine, then why not all are stored, if they are not.
int report(Stage& stage, const Options& options, const Outcome<mde::FleetState>& outcome) {
    stage.progress.clear();
    const mde::FleetState& state = outcome.value;
    for (const mde::FleetJob& job : state.jobs)
        if (options.json)
            stage.out.json_line(json_of(job, options.out));
        else
            stage.out.line(text_of(job, options.out));
    constexpr std::string_view go_on = "run the same command again: it goes on from --state";
    if (is_stopped(outcome.error)) {
        show_error(stage, stopped_line(what, go_on));
        return exit_code_of(outcome.error);
    }
    if (outcome.error) return fail(stage, what, outcome);
    const std::size_t stored = state.count(mde::JobPhase::stored);
    if (stored == state.jobs.size()) return exits::success;
    show_error(stage, "mde-package: collect-many: " + std::to_string(state.jobs.size() - stored) +
                          " of " + std::to_string(state.jobs.size()) +
                          " packages are not stored; see why on standard output, then run the "
                          "same command again with --retry-failed");
    return exits::incomplete;
}

} // namespace

int run_collect_many(Stage& stage, const Options& options, Remote& remote) {
    auto store = mde::FileStore::in(options.out);
    if (!store) return fail_store(stage, "collect-many: --out", store.error());
    auto saved = mde::FileState::at(options.fleet.state_file);
    if (!saved) return fail_store(stage, "collect-many: --state", saved.error());
    mde::result<mde::FleetState> state = begin_state(options, *saved);
    if (!state) return fail_store(stage, "collect-many: --state", state.error());
    if (options.fleet.retries_failed) retry_failed(*state);
    stage.progress.show_many();
    return report(stage, options,
                  remote.collect_many(std::move(*state), *store, *saved, options.fleet.pace));
}

} // namespace mde_package
