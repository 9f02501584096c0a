// SPDX-License-Identifier: BSL-1.0
#include <mde/model/api_hosts.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;

TEST_CASE("an endpoint is itself whatever it is") {
    constexpr Endpoint local = "https://127.0.0.1:8443"_endpoint;
    static_assert(is_same_api(local, "127.0.0.1", 8443));
    static_assert(!is_same_api(local, "127.0.0.1", 8444));
    static_assert(!is_same_api(local, "localhost", 8443));
    static_assert(!is_same_api(local, "api.security.microsoft.com", 443));
    CHECK(is_same_api("https://Api.Example"_endpoint, "aPI.example", 443));
}

TEST_CASE("regions and older hosts of one cloud are one API") {
    for (const char* host : {"us.api.security.microsoft.com", "api.securitycenter.windows.com",
                             "api-eu.securitycenter.microsoft.com", "API.security.Microsoft.com"})
        CHECK(is_same_api("https://eu.api.security.microsoft.com"_endpoint, host, 443));
    CHECK_FALSE(is_same_api("https://api.security.microsoft.com"_endpoint,
                            "us.api.security.microsoft.com", 444));
}

TEST_CASE("clouds do not mix and lookalikes are nobody") {
    constexpr Endpoint commercial = "https://api.security.microsoft.com"_endpoint;
    constexpr Endpoint gcc = "https://api-gcc.securitycenter.microsoft.us"_endpoint;
    CHECK_FALSE(is_same_api(commercial, "api-gcc.securitycenter.microsoft.us", 443));
    CHECK_FALSE(is_same_api(commercial, "api-gov.securitycenter.microsoft.us", 443));
    CHECK_FALSE(is_same_api(gcc, "api-gov.securitycenter.microsoft.us", 443));
    CHECK_FALSE(is_same_api(gcc, "api.security.microsoft.com", 443));
    CHECK_FALSE(is_same_api(commercial, "api.security.microsoft.com.example", 443));
    CHECK_FALSE(is_same_api(commercial, "xapi.security.microsoft.com", 443));
}
