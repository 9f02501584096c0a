// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_FLEET_JOB_HPP
#define MDE_TESTS_CLI_FLEET_JOB_HPP

/// @file
/// One `mde-package collect-many` that a test runs again and again, and what it left behind.

#include "cli/server.hpp"

#include <mde/wire/fleet_state_codec.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace mde_test {

inline const Words fleet_machines{
    std::string(40, '1'),
    std::string(40, '2'),
    std::string(40, '3'),
    std::string(40, '4'),
};

/// Four machines, a directory for their packages, and the job's state.
class FleetJob {
  public:
    explicit FleetJob(const Server& server) : server_(&server) {
        std::string lines = "# those of the case\n";
        for (const std::string& id : fleet_machines) lines += id + "  # one of them\n";
        write("machines", lines);
    }

    std::string out() const { return directory_.file("packages"); }
    void write(const std::string& name, const std::string& text) const {
        directory_.write(name, text);
    }

    Words words(const Words& more = {}) const { return loud_words(more) + Words{"--quiet"}; }

    /// With progress on standard error. What `more` says takes the place of what is said here.
    Words loud_words(const Words& more = {}) const {
        Words words{"collect-many", "--machines-file", directory_.file("machines"), "--out", out(),
                    "--state", directory_.file("state"), "--no-quota", "--retries", "2",
                    // Longer than a collection takes: the first look finds all of them done.
                    "--poll-interval", "0.3"};
        words = words + server_->servers() + server_->trust() + server_->link_hosts();
        const auto says = [&](const char* option) {
            return std::find(more.begin(), more.end(), option) != more.end();
        };
        if (!says("--tenant-id")) words = words + Words{"--tenant-id", server_->tenant};
        if (!says("--comment")) words = words + Words{"--comment", "case 4711"};
        return words + Words{"--client-id", server_->client} + more;
    }

    Run run(const Words& more = {}) const { return mde_test::run(words(more), with_secret()); }

    mde::FleetState state() const {
        const auto state = mde::wire::decode_fleet_state(directory_.read("state"));
        REQUIRE(state.has_value());
        return *state;
    }

    Words phases() const {
        Words phases;
        for (const mde::FleetJob& job : state().jobs) phases.emplace_back(name_of(job.phase));
        return phases;
    }

    /// Packages under their final names.
    std::size_t stored() const {
        const Names names = names_in(out());
        return static_cast<std::size_t>(std::count_if(
            names.begin(), names.end(), [](const auto& name) { return name.ends_with(".zip"); }));
    }

    /// Of each machine one package with its receipt, and no other.
    void check_all_stored() const {
        const mde::FleetState state = this->state();
        CHECK(state.jobs.size() == fleet_machines.size());
        Names actions;
        for (const mde::FleetJob& job : state.jobs) {
            REQUIRE(job.phase == mde::JobPhase::stored);
            const std::string action(job.action->text());
            CHECK(actions.insert(action).second);
            CHECK(names_in(out()).contains(action + ".zip"));
            CHECK(names_in(out()).contains(action + ".receipt.json"));
        }
        CHECK(stored() == fleet_machines.size());
    }

  private:
    const Server* server_;
    TemporaryDirectory directory_;
};

} // namespace mde_test

#endif
