// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_CLOUD_HPP
#define MDE_MODEL_CLOUD_HPP

/// @file
/// The clouds as one table: API host, authority, audience and link hosts in one row.

#include <mde/base/ascii.hpp>
#include <mde/model/endpoint.hpp>

#include <array>
#include <string_view>

namespace mde::inline MDE_ABI {

/// One cloud. Source: API-CONTRACT section 6 (pages "Supported APIs", "Defender for US
/// Government").
struct Cloud {
    /// What `--cloud` calls it.
    std::string_view name;
    /// Where calls go.
    Endpoint api;
    /// Where tokens come from.
    Endpoint authority;
    /// The resource that tokens are asked for: `audience` in v1, `audience/.default` as v2 scope.
    std::string_view audience;
    /// Suffix, with its leading dot, of the hosts that a link to a package may point to.
    std::string_view package_hosts;
    /// Likewise for the links that lead to Azure Storage: live-response results and exports.
    std::string_view blob_hosts;
};

namespace detail {

inline constexpr std::string_view commercial_audience = "https://api.securitycenter.microsoft.com";
inline constexpr std::string_view commercial_packages = ".securitycenter.windows.com";
inline constexpr std::string_view commercial_blobs = ".blob.core.windows.net";
/// The government pages name no link host. These suffixes are an inference: a link to another host
/// is refused with a message that says how to allow it.
inline constexpr std::string_view government_packages = ".securitycenter.microsoft.us";
inline constexpr std::string_view government_blobs = ".blob.core.usgovcloudapi.net";

using literals::operator""_endpoint;

constexpr Cloud commercial_cloud(std::string_view name, Endpoint api) noexcept {
    return {name,
            api,
            "https://login.microsoftonline.com"_endpoint,
            commercial_audience,
            commercial_packages,
            commercial_blobs};
}

inline constexpr std::array<Cloud, 10> cloud_table{
    commercial_cloud("commercial", "https://api.security.microsoft.com"_endpoint),
    commercial_cloud("us", "https://us.api.security.microsoft.com"_endpoint),
    commercial_cloud("eu", "https://eu.api.security.microsoft.com"_endpoint),
    commercial_cloud("uk", "https://uk.api.security.microsoft.com"_endpoint),
    commercial_cloud("au", "https://au.api.security.microsoft.com"_endpoint),
    commercial_cloud("swa", "https://swa.api.security.microsoft.com"_endpoint),
    commercial_cloud("ina", "https://ina.api.security.microsoft.com"_endpoint),
    Cloud{"gcc", "https://api-gcc.securitycenter.microsoft.us"_endpoint,
          "https://login.microsoftonline.com"_endpoint,
          "https://api-gcc.securitycenter.microsoft.us", government_packages, government_blobs},
    Cloud{"gcc-high", "https://api-gov.securitycenter.microsoft.us"_endpoint,
          "https://login.microsoftonline.us"_endpoint,
          "https://api-gov.securitycenter.microsoft.us", government_packages, government_blobs},
    Cloud{"dod", "https://api-gov.securitycenter.microsoft.us"_endpoint,
          "https://login.microsoftonline.us"_endpoint,
          "https://api-gov.securitycenter.microsoft.us", government_packages, government_blobs},
};

} // namespace detail

/// All known clouds, the commercial one first.
constexpr const std::array<Cloud, 10>& clouds() noexcept { return detail::cloud_table; }

/// Null if no cloud has that name; names are compared without regard to case.
constexpr const Cloud* find_cloud(std::string_view name) noexcept {
    for (const Cloud& cloud : detail::cloud_table)
        if (ascii::equal_ignoring_case(cloud.name, name)) return &cloud;
    return nullptr;
}

} // namespace mde::inline MDE_ABI

#endif
