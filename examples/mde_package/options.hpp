// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_OPTIONS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_OPTIONS_HPP

/// @file
/// What the command line and the environment said, checked.

#include <mde/adapter/transport_options.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/fleet_state.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/model/permission.hpp>
#include <mde/model/settings.hpp>
#include <mde/request/grant.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mde_package {

enum class Command {
    none,
    demo,
    sign_in,
    collect,
    collect_many,
    status,
    wait,
    cancel,
    list,
    fetch,
    live_response,
    export_files,
    serve,
    verify,
};

/// Whom to talk to, as whom, and how.
struct Access {
    mde::Settings settings;
    mde::TransportOptions transport;
    /// The ways to sign in, in the order in which they are tried.
    mde::Chain chain;
    /// Directory in which tokens outlive the process; empty: they do not.
    std::string token_cache;
    /// Only the authorities in this file are trusted; without one, those of the system.
    std::optional<std::string> ca_file;
    /// Off: only the service's own refusals hold calls back.
    bool counts_calls = true;
    /// For the whole command.
    mde::Duration deadline = mde::Duration::max();
};

/// What is to go wrong with a request to the emulated service.
struct RequestedFault {
    mde::Stage stage = mde::Stage::none;
    /// Which request of that stage, counted from 1.
    unsigned number = 1;
    /// Zero: the request takes place, and its connection is dropped without an answer.
    unsigned status = 0;
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
    mde::Duration quota_minute = std::chrono::minutes(1);
    mde::MachineActionStatus final_status = mde::MachineActionStatus::succeeded;
    std::vector<mde::Permission> dropped_permissions;
    std::vector<mde::MachineActionId> finished_actions;
    std::vector<mde::MachineActionId> live_responses;
    /// Empty: the service itself.
    std::string link_host;
    std::uint16_t link_port = 0;
    /// PEM: whoever signs with its key is the application.
    std::string accepted_certificate;
    /// A token of somebody else's that is as good as the application's own proof.
    mde::Secret accepted_token;
    /// Set: there is a metadata service, without TLS, on this port; 0: the system chooses.
    std::optional<std::uint16_t> metadata_port;
    std::optional<mde::Duration> device_codes_approved_after;
    bool device_codes_declined = false;
    mde::Duration device_code_lifetime = std::chrono::minutes(15);
    mde::Duration device_code_interval = std::chrono::seconds(5);
    /// Actions in one answer of the list.
    unsigned page_size = 10'000;
    /// Empty: none is written.
    std::string request_log;
    std::vector<RequestedFault> faults;
};

/// What collect-many is to do beside its machines.
struct FleetJobOptions {
    std::string machines_file;
    std::vector<mde::MachineId> machines;
    std::string state_file;
    mde::FleetOptions pace;
    bool retries_failed = false;
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
    FleetJobOptions fleet;
    /// Which command of a live response.
    unsigned index = 0;
    mde::ExportKind export_kind{};
    std::optional<unsigned> sas_valid_hours;
    ServiceOptions service;
};

} // namespace mde_package

#endif
