// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_OPTIONS_HPP
#define MDE_EXAMPLES_FLEET_OPTIONS_HPP

/// @file
/// What the command line of mde-fleet said, checked.

#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_id.hpp>
#include <mde/model/settings.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

/// One tenant, as its file describes it: what `mde-package serve --json` prints.
struct Site {
    mde::Settings settings;
    /// PEM; nothing: the system's authorities are trusted.
    std::optional<std::string> ca_pem;
};

struct TenantMachine {
    std::string tenant;
    mde::MachineId machine;
};

struct Options {
    enum class Command {
        none,
        run,
        work,
        show,
    };
    Command command = Command::none;
    /// `HOST:PORT`, or the path of a local socket; the password is in the variable REDISCLI_AUTH.
    std::string redis = "127.0.0.1:6379";
    std::string queue = "fleet";
    std::vector<std::string> tenant_files;
    std::string out;
    bool json = false;

    // Of `run`.
    std::string machines_file;
    std::string comment;
    unsigned workers = 4;

    // Of a worker.
    std::string name;
    /// The process that started it, and must not end before it; 0: none.
    int parent = 0;
    unsigned jobs = 16;
    mde::Duration lease = std::chrono::seconds(30);
    /// Between two looks at a collection, at first; later looks come at up to twelve times that.
    mde::Duration poll = std::chrono::seconds(10);
    mde::Duration quota_minute = std::chrono::minutes(1);
    mde::Duration quota_margin = std::chrono::milliseconds(1500);
};

/// Reads a tenant's file. The application's secret is in AZURE_CLIENT_SECRET.
/// @throws mde_package::UsageError
Site read_site(const std::string& path);
/// Reads lines of `TENANT MACHINE`; what follows a `#` is left out.
/// @throws mde_package::UsageError
std::vector<TenantMachine> read_tenant_machines(const std::string& path);
/// `OUT/TENANT`
std::string directory_of(const Options& options, std::string_view tenant);

} // namespace fleet

#endif
