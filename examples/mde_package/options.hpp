// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_OPTIONS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_OPTIONS_HPP

/// @file
/// What the command line and the environment said, checked.

#include <mde/adapter/transport_options.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/model/permission.hpp>
#include <mde/model/settings.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mde_package {

enum class Command {
    none,
    demo,
    collect,
    status,
    wait,
    cancel,
    list,
    fetch,
    serve,
};

/// Whom to talk to, as whom, and how.
struct Access {
    mde::Settings settings;
    mde::TransportOptions transport;
    mde::Secret client_secret;
    /// Only the authorities in this file are trusted; without one, those of the system.
    std::optional<std::string> ca_file;
    /// For the whole command.
    mde::Duration deadline = mde::Duration::max();
};

/// How the emulated service is to behave.
struct ServiceOptions {
    std::uint16_t port = 0;
    std::string ca_out;
    std::string tenant = "11111111-2222-4333-8444-555555555555";
    std::string client_id = "66666666-7777-4888-8999-aaaaaaaaaaaa";
    mde::Secret client_secret;
    mde::Duration link_lifetime = std::chrono::seconds(60);
    mde::Duration token_lifetime = std::chrono::seconds(3599);
    mde::Duration collect_time = std::chrono::seconds(3);
    mde::Duration download_delay{};
    std::uint64_t package_size = 8ull * 1024 * 1024;
    bool plain_links = false;
    bool no_quota = false;
    mde::MachineActionStatus final_status = mde::MachineActionStatus::succeeded;
    std::vector<mde::Permission> dropped_permissions;
    std::vector<mde::MachineActionId> finished_actions;
    /// Empty: the service itself.
    std::string link_host;
    std::uint16_t link_port = 0;
};

struct Options {
    Command command = Command::none;
    bool json = false;
    bool quiet = false;
    Access access;
    std::vector<mde::MachineActionId> actions;
    std::optional<mde::MachineId> machine;
    std::string comment;
    bool wait = false;
    bool fetch = false;
    std::string out;
    unsigned top = 0;
    std::optional<mde::MachineActionStatus> status;
    ServiceOptions service;
};

} // namespace mde_package

#endif
