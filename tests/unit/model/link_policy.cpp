// SPDX-License-Identifier: BSL-1.0
#include <mde/model/link_policy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mde;

namespace {

LinkPolicy allowing(std::string_view entry) {
    LinkPolicy policy;
    REQUIRE(policy.allow(entry));
    return policy;
}

} // namespace

TEST_CASE("an empty policy allows nothing") {
    CHECK_FALSE(LinkPolicy().allows("h", 443));
    CHECK_FALSE(LinkPolicy().allows("", 443));
}

TEST_CASE("a cloud allows its link hosts at port 443 and nobody else's") {
    const LinkPolicy policy(*find_cloud("commercial"));
    CHECK(policy.allows("userrequests-us.securitycenter.windows.com", 443));
    CHECK(policy.allows("UserRequests-EU.SecurityCenter.Windows.com", 443));
    CHECK_FALSE(policy.allows("userrequests-us.securitycenter.windows.com", 8443));
    CHECK_FALSE(policy.allows("userrequests-us.securitycenter.windows.com", 80));
    CHECK_FALSE(policy.allows("securitycenter.windows.com", 443));
    CHECK_FALSE(policy.allows("evilsecuritycenter.windows.com", 443));
    CHECK_FALSE(policy.allows("securitycenter.windows.com.evil.example", 443));
    CHECK_FALSE(policy.allows("x.securitycenter.microsoft.us", 443));
    CHECK_FALSE(policy.allows("", 443));
}

TEST_CASE("a package and a blob may not be linked to on each other's hosts") {
    const LinkPolicy policy(*find_cloud("commercial"));
    CHECK(policy.allows("account.blob.core.windows.net", 443, LinkKind::blob));
    CHECK_FALSE(policy.allows("account.blob.core.windows.net", 443, LinkKind::package));
    CHECK_FALSE(policy.allows("account.blob.core.windows.net", 443));
    CHECK(policy.allows("userrequests-us.securitycenter.windows.com", 443, LinkKind::package));
    CHECK_FALSE(policy.allows("userrequests-us.securitycenter.windows.com", 443, LinkKind::blob));
    CHECK_FALSE(policy.allows("blob.core.windows.net", 443, LinkKind::blob));
    CHECK_FALSE(policy.allows("account.blob.core.windows.net", 8443, LinkKind::blob));
    const LinkPolicy government(*find_cloud("gcc"));
    CHECK(government.allows("account.blob.core.usgovcloudapi.net", 443, LinkKind::blob));
    CHECK_FALSE(government.allows("account.blob.core.windows.net", 443, LinkKind::blob));
}

TEST_CASE("what the consumer allows is allowed to links of every kind") {
    LinkPolicy policy(*find_cloud("commercial"));
    REQUIRE(policy.allow("account.blob.core.windows.net"));
    CHECK(policy.allows("account.blob.core.windows.net", 443, LinkKind::package));
    CHECK_FALSE(policy.allows("other.blob.core.windows.net", 443, LinkKind::package));
    CHECK(policy.allows("other.blob.core.windows.net", 443, LinkKind::blob));
}

TEST_CASE("an exact entry allows that host and port in any case") {
    const LinkPolicy policy = allowing("Download.Example:8443");
    CHECK(policy.allows("download.example", 8443));
    CHECK(policy.allows("DOWNLOAD.EXAMPLE", 8443));
    CHECK_FALSE(policy.allows("download.example", 443));
    CHECK_FALSE(policy.allows("a.download.example", 8443));
    CHECK_FALSE(policy.allows("download.example.org", 8443));
    CHECK(allowing("h").allows("h", 443));
    CHECK_FALSE(allowing("h").allows("h", 80));
}

TEST_CASE("a suffix allows names below the domain and not the domain itself") {
    const LinkPolicy policy = allowing(".trusted.example:444");
    CHECK(policy.allows("a.trusted.example", 444));
    CHECK(policy.allows("a.b.TRUSTED.example", 444));
    CHECK_FALSE(policy.allows("trusted.example", 444));
    CHECK_FALSE(policy.allows(".trusted.example", 444));
    CHECK_FALSE(policy.allows("untrusted.example", 444));
    CHECK_FALSE(policy.allows("a.trusted.example", 443));
}

TEST_CASE("a suffix never allows what a resolver takes for a number") {
    const LinkPolicy numbers = allowing(".0.0.1");
    for (const char* host : {"127.0.0.1", "127.1", "2130706433", "0177.0.0.1"})
        CHECK_FALSE(numbers.allows(host, 443));
    CHECK_FALSE(allowing(".0x1").allows("127.0x1", 443));
    CHECK_FALSE(allowing(".0X1").allows("0x7f.0X1", 443));
    // The last label counts: this one is a name.
    CHECK(allowing(".trusted.example").allows("127.0.0.1.trusted.example", 443));
}

TEST_CASE("a numeric host is allowed where it is spelt out and only in that spelling") {
    const LinkPolicy policy = allowing("127.0.0.1:8443");
    CHECK(policy.allows("127.0.0.1", 8443));
    for (const char* host : {"127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01"})
        CHECK_FALSE(policy.allows(host, 8443));
}

TEST_CASE("entries that are no host and port are refused and change nothing") {
    LinkPolicy policy;
    for (const char* entry :
         {"",     ".",         "..",    "..a",       "a.",      "a..b",    "*",   "*.a",
          "a/b",  "https://a", "a:",    "a:0",       "a:65536", "a:65979", "a:x", "a:443:80",
          ":443", "user@a",    "[::1]", "[::1]:443", "a b",     "a%2eb",   "a_b"}) {
        CAPTURE(entry);
        CHECK(policy.allow(entry).error() == errc::malformed_endpoint);
    }
    CHECK_FALSE(policy.allows("a", 443));
    CHECK(policy.allow("a:65535"));
    CHECK(policy.allows("a", 65535));
}
