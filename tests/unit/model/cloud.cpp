// SPDX-License-Identifier: BSL-1.0
#include <mde/model/cloud.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>

using namespace mde;

static_assert(clouds().front().name == "commercial");
static_assert(find_cloud("gcc-high") != nullptr);
static_assert(find_cloud("gcc-high")->authority.host() == "login.microsoftonline.us");

TEST_CASE("every row is whole and every host is reached over https at its own port") {
    for (const Cloud& cloud : clouds()) {
        CAPTURE(std::string(cloud.name));
        CHECK_FALSE(cloud.api.empty());
        CHECK_FALSE(cloud.authority.empty());
        CHECK(cloud.api.port() == 443);
        CHECK(cloud.authority.port() == 443);
        CHECK(cloud.api.url().view().starts_with("https://"));
        CHECK(cloud.audience.starts_with("https://"));
        CHECK_FALSE(cloud.audience.ends_with('/'));
        for (const std::string_view suffix : {cloud.package_hosts, cloud.blob_hosts}) {
            CHECK(suffix.starts_with('.'));
            CHECK(is_plain_host(suffix.substr(1)));
            // A suffix of one label would allow a whole top-level domain.
            CHECK(suffix.substr(1).find('.') != std::string_view::npos);
        }
    }
}

TEST_CASE("names are unique without regard to case") {
    std::set<std::string> names;
    for (const Cloud& cloud : clouds()) {
        std::string name;
        for (const char c : cloud.name) name.push_back(ascii::to_lower(c));
        CHECK(names.insert(name).second);
    }
    CHECK(names.size() == 10);
}

TEST_CASE("a cloud is found by its name in any case") {
    for (const Cloud& cloud : clouds()) CHECK(find_cloud(cloud.name) == &cloud);
    CHECK(find_cloud("GCC-High") == find_cloud("gcc-high"));
    CHECK(find_cloud("COMMERCIAL") == &clouds().front());
    for (const char* name : {"", "gcc ", " gcc", "gcchigh", "commercia", "commerciall"})
        CHECK(find_cloud(name) == nullptr);
}

TEST_CASE("the government clouds sign in and call where their pages say") {
    CHECK(find_cloud("gcc")->api.host() == "api-gcc.securitycenter.microsoft.us");
    CHECK(find_cloud("gcc")->authority.host() == "login.microsoftonline.com");
    for (const char* name : {"gcc-high", "dod"}) {
        CHECK(find_cloud(name)->api.host() == "api-gov.securitycenter.microsoft.us");
        CHECK(find_cloud(name)->authority.host() == "login.microsoftonline.us");
        CHECK(find_cloud(name)->audience == "https://api-gov.securitycenter.microsoft.us");
    }
}

TEST_CASE("no government link host is a commercial one") {
    for (const char* name : {"gcc", "gcc-high", "dod"}) {
        CHECK(find_cloud(name)->package_hosts != find_cloud("commercial")->package_hosts);
        CHECK(find_cloud(name)->blob_hosts != find_cloud("commercial")->blob_hosts);
    }
}

TEST_CASE("the geographic hosts are those of the commercial cloud") {
    for (const char* name : {"us", "eu", "uk", "au", "swa", "ina"}) {
        const Cloud* cloud = find_cloud(name);
        REQUIRE(cloud != nullptr);
        CHECK(cloud->api.host() == std::string(name) + ".api.security.microsoft.com");
        CHECK(cloud->audience == "https://api.securitycenter.microsoft.com");
    }
}
