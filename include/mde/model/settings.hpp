// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_SETTINGS_HPP
#define MDE_MODEL_SETTINGS_HPP

/// @file
/// Whom to talk to, as whom, and within which limits.

#include <mde/base/bounds.hpp>
#include <mde/base/time.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/expiry_policy.hpp>
#include <mde/model/link_policy.hpp>
#include <mde/model/retry_policy.hpp>
#include <mde/model/tenant_id.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI {

/// A value; holds no secret. Distinct objects: safe. Shared objects: safe while none changes.
struct Settings {
    Endpoint api;
    Endpoint authority;
    /// The resource that tokens are asked for.
    std::string audience;
    TenantId tenant;
    /// The application, as registered in the tenant.
    std::string client_id;
    LinkPolicy links;
    ExpiryPolicy expiry;
    RetryPolicy retry;
    PollPolicy poll;
    /// For one try of one API or sign-in call, from connecting to the end of the answer.
    Duration call_limit = std::chrono::seconds(60);
    /// A package larger than this is refused, before a file is made if its length is declared.
    std::uint64_t package_limit = bounds::package;
    /// Links asked for in the course of one fetch; at least 1.
    unsigned links_per_package = bounds::links_per_package;

    static Settings for_cloud(const Cloud& cloud, const TenantId& tenant, std::string client_id) {
        Settings settings;
        settings.api = cloud.api;
        settings.authority = cloud.authority;
        settings.audience = cloud.audience;
        settings.tenant = tenant;
        settings.client_id = std::move(client_id);
        settings.links = LinkPolicy(cloud);
        return settings;
    }
};

} // namespace mde::inline MDE_ABI

#endif
