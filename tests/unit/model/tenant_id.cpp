// SPDX-License-Identifier: BSL-1.0
#include <mde/model/tenant_id.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::literals;

static_assert("Contoso.onmicrosoft.com"_tenant.segment() == "contoso.onmicrosoft.com");

TEST_CASE("a tenant is a GUID or a domain name") {
    for (const char* text : {"7327b54f-d718-525c-bca0-7dacde913b5a", "contoso.com", "a.b",
                             "contoso-2.onmicrosoft.com", "1.2"})
        CHECK(TenantId::parse(text));
    for (const char* text :
         {"",         ".",      "..",    "contoso", "common", "organizations", "contoso.",
          ".contoso", "a..b",   "-a.b",  "a-.b",    "a.-b",   "a.b-",          "a_b.c",
          "a/b.c",    "a.b/..", "a b.c", "a%2e.b",  "a.b?c",  "a.b#c",         "a.b\n"})
        CHECK(TenantId::parse(text).error() == errc::malformed_id);
}

TEST_CASE("a domain name has at most 64 bytes") {
    const std::string name = std::string(60, 'a') + ".de";
    REQUIRE(name.size() == 63);
    CHECK(TenantId::parse(name));
    CHECK(TenantId::parse("a" + name));
    CHECK(TenantId::parse("aa" + name).error() == errc::malformed_id);
}

TEST_CASE("a dot survives in a domain name only") {
    CHECK(TenantId::parse("a.b")->segment() == "a.b");
    CHECK(TenantId::undocumented("..")->segment() == "%2E%2E");
    CHECK(TenantId::undocumented("common")->segment() == "common");
}
