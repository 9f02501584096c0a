// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_API_HOSTS_HPP
#define MDE_MODEL_API_HOSTS_HPP

/// @file
/// Which hosts are the same API: where a token may follow the link to a list's next page.

#include <mde/base/ascii.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/endpoint.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI {

namespace detail {

/// Hosts of the commercial cloud that older pages name. Source: API-CONTRACT section 6.
inline constexpr std::array<std::string_view, 10> older_commercial_hosts{
    "api.securitycenter.microsoft.com",    "api.securitycenter.windows.com",
    "api-us.securitycenter.microsoft.com", "api-us.securitycenter.windows.com",
    "api-eu.securitycenter.microsoft.com", "api-eu.securitycenter.windows.com",
    "api-uk.securitycenter.microsoft.com", "api-uk.securitycenter.windows.com",
    "api-au.securitycenter.microsoft.com", "api-au.securitycenter.windows.com",
};

/// The audience of the cloud that a host belongs to; empty if it belongs to none.
constexpr std::string_view audience_of_host(std::string_view host) noexcept {
    for (const Cloud& cloud : clouds())
        if (ascii::equal_ignoring_case(cloud.api.host(), host)) return cloud.audience;
    for (const std::string_view older : older_commercial_hosts)
        if (ascii::equal_ignoring_case(older, host)) return commercial_audience;
    return {};
}

} // namespace detail

/// True if `host` serves the API that `api` serves: the endpoint itself, or, on port 443, another
/// known host of the same cloud. Lists answered by one region were seen to link to another.
constexpr bool is_same_api(const Endpoint& api, std::string_view host,
                           std::uint16_t port) noexcept {
    if (ascii::equal_ignoring_case(api.host(), host) && api.port() == port) return true;
    const std::string_view audience = detail::audience_of_host(host);
    return port == 443 && api.port() == 443 && !audience.empty() &&
           audience == detail::audience_of_host(api.host());
}

} // namespace mde::inline MDE_ABI

#endif
