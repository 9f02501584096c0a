// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SERVICE_STATE_HPP
#define MDE_SERVICE_SERVICE_STATE_HPP

/// @file
/// Everything that the hosts of the service share.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/action_store.hpp>
#include <mde/service/application.hpp>
#include <mde/service/blobs.hpp>
#include <mde/service/device_codes.hpp>
#include <mde/service/guid_source.hpp>
#include <mde/service/package_source.hpp>
#include <mde/service/quotas.hpp>
#include <mde/service/refresh_tokens.hpp>
#include <mde/service/seen_assertions.hpp>
#include <mde/service/settings.hpp>
#include <mde/service/signer.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// A machine that collections may name.
struct Machine {
    /// As collections name it.
    std::string id;
    /// Its name; may be empty.
    std::string dns_name;
    /// Instead of the one in the settings.
    std::optional<Schedule> schedule{};
    /// `off`: collecting from it is 400, OsPlatformNotSupported.
    Feature collection = Feature::on;
};

/// What does not depend on the plugged parts.
struct ServiceState {
    /// The switches.
    Settings settings;
    /// Of all ids.
    GuidSource guids;
    /// Who may sign in.
    std::vector<Application> applications{};
    /// Those that are known by name.
    std::vector<Machine> machines{};
    /// What was called.
    Quotas quotas{};
    /// Part of each ETag; counted up by the fault `changed_etag`.
    std::uint64_t etag_generation = 0;
    /// What errors show while `echo_secrets_in_errors` is on; otherwise empty.
    std::string echo{};
    /// Those that wait.
    DeviceCodes device_codes{};
    /// Those that are good.
    RefreshTokens refresh_tokens{};
    /// Those that were used.
    SeenAssertions seen_assertions{};
    /// Results and exports.
    Blobs blobs{};
    /// Those that replicas have answered in turn.
    std::uint64_t reads = 0;

    /// Null if nobody registered it.
    const Machine* find_machine(std::string_view id) const noexcept;

    /// Up to when the replica knows that answers the next read.
    Now now_of_replica(const Now& now) noexcept;
};

/// The state together with the plugged parts.
template <Signer S, ActionStore A, PackageSource P>
struct World : ServiceState {
    /// With the seed of the settings.
    World(Settings own_settings, S own_signer, A own_actions, P own_packages)
        : ServiceState{std::move(own_settings), GuidSource(0)},
          signer(std::move(own_signer)),
          actions(std::move(own_actions)),
          packages(std::move(own_packages)) {
        guids = GuidSource(settings.seed);
    }

    /// Signs links and tokens.
    S signer;
    /// Keeps the actions.
    A actions;
    /// Gives the packages.
    P packages;
};

#if MDE_DEFINITIONS

MDE_DECL const Machine* ServiceState::find_machine(std::string_view id) const noexcept {
    const bool by_name = settings.api.machine_names == Feature::on;
    for (const Machine& machine : machines)
        if (ascii::equal_ignoring_case(machine.id, id) ||
            (by_name && ascii::equal_ignoring_case(machine.dns_name, id)))
            return &machine;
    return nullptr;
}

MDE_DECL Now ServiceState::now_of_replica(const Now& now) noexcept {
    const Duration lag = settings.api.replica_lag;
    if (lag == Duration::zero() || ++reads % 2 != 0) return now;
    return {saturating_subtract(now.monotonic, lag),
            saturating_subtract(now.utc, std::chrono::duration_cast<Ticks>(lag))};
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
