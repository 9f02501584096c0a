// SPDX-License-Identifier: BSL-1.0
#include <mde/model/settings.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;

TEST_CASE("the settings of a cloud come from one row") {
    for (const Cloud& cloud : clouds()) {
        const Settings settings = Settings::for_cloud(cloud, "a.example"_tenant, "client");
        CHECK(settings.api == cloud.api);
        CHECK(settings.authority == cloud.authority);
        CHECK(settings.audience == cloud.audience);
        CHECK(settings.tenant == "a.example"_tenant);
        CHECK(settings.client_id == "client");
        CHECK(settings.links.allows("x" + std::string(cloud.package_hosts), 443));
        CHECK_FALSE(settings.links.allows("x.example", 443));
    }
}

TEST_CASE("fresh settings point nowhere and have the documented bounds") {
    const Settings settings;
    CHECK(settings.api.empty());
    CHECK(settings.authority.empty());
    CHECK(settings.tenant.empty());
    CHECK_FALSE(settings.links.allows("h", 443));
    CHECK(settings.package_limit == bounds::package);
    CHECK(settings.links_per_package == 3);
    CHECK(settings.call_limit == std::chrono::seconds(60));
}
