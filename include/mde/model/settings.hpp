// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_SETTINGS_HPP
#define MDE_MODEL_SETTINGS_HPP

/// @file
/// Whom to talk to, as whom, and within which limits.

#include <mde/base/bounds.hpp>
#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/expiry_policy.hpp>
#include <mde/model/link_policy.hpp>
#include <mde/model/retry_policy.hpp>
#include <mde/model/tenant_id.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI {

/// The two forms of the token endpoint: v2 is asked for a `scope`, v1 for a `resource`.
enum class TokenEndpoint {
    /// `/oauth2/v2.0/token`, with `scope`.
    v2,
    /// `/oauth2/token`, with `resource`.
    v1,
};

/// What to do if a collection for the machine runs already.
enum class RunningCollection {
    /// The job ends with errc::already_running.
    refuse,
    /// The job goes on with the one that runs: its package is as good.
    adopt,
};

/// A value; holds no secret. Distinct objects: safe. Shared objects: safe while none changes.
struct Settings {
    /// Where calls go.
    Endpoint api;
    /// Where tokens come from.
    Endpoint authority;
    /// The resource that tokens are asked for.
    std::string audience;
    /// What form of it to use.
    TokenEndpoint token_endpoint = TokenEndpoint::v2;
    /// Whose machines these are.
    TenantId tenant;
    /// The application, as registered in the tenant.
    std::string client_id;
    /// Where links may lead.
    LinkPolicy links;
    /// How long links may be used.
    ExpiryPolicy expiry;
    /// How often something is tried.
    RetryPolicy retry;
    /// How an action is watched.
    PollPolicy poll;
    /// What to do if a collection runs already.
    RunningCollection running_collection = RunningCollection::refuse;
    /// For one try of one API or sign-in call, from connecting to the end of the answer.
    Duration call_limit = std::chrono::seconds(60);
    /// A package larger than this is refused, before a file is made if its length is declared.
    std::uint64_t package_limit = bounds::package;
    /// Links asked for in the course of one fetch; at least 1.
    unsigned links_per_package = bounds::links_per_package;
    /// Connections that one package is fetched over, from 1 to `bounds::connections_per_package`.
    /// More than one help where packets are lost or the way is long; they are used only if the host
    /// shows that it sends parts, and if the store takes bytes in any order (`PartWriter`).
    unsigned connections_per_package = 1;

    /// Those of a tenant in one of the `clouds()`: hosts, audience and link hosts from its row,
    /// everything else as above.
    static Settings for_cloud(const Cloud& cloud, const TenantId& tenant, std::string client_id);
};

#if MDE_DEFINITIONS

MDE_DECL Settings Settings::for_cloud(const Cloud& cloud, const TenantId& tenant,
                                      std::string client_id) {
    Settings settings;
    settings.api = cloud.api;
    settings.authority = cloud.authority;
    settings.audience = cloud.audience;
    settings.tenant = tenant;
    settings.client_id = std::move(client_id);
    settings.links = LinkPolicy(cloud);
    return settings;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
