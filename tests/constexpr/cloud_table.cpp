// SPDX-License-Identifier: BSL-1.0
// The table of clouds as a constant: compiling is passing.

#include <mde/model/cloud.hpp>

using namespace mde;
using namespace mde::literals;

namespace {

static_assert(clouds().front().api == "https://api.security.microsoft.com"_endpoint);
static_assert(find_cloud("GCC")->audience == "https://api-gcc.securitycenter.microsoft.us");
static_assert(find_cloud("nowhere") == nullptr);
static_assert("https://HOST.example:8443/"_endpoint.url() == "https://host.example:8443");

constexpr bool all_rows_are_whole() {
    for (const Cloud& cloud : clouds())
        if (cloud.api.empty() || cloud.authority.empty() || cloud.audience.empty() ||
            cloud.package_hosts.empty())
            return false;
    return true;
}
static_assert(all_rows_are_whole());

} // namespace
