// SPDX-License-Identifier: BSL-1.0
#include <mde/model/endpoint.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace mde;
using namespace mde::literals;

static_assert("https://h"_endpoint.port() == 443);
static_assert("https://h:8443/"_endpoint.url() == "https://h:8443");
static_assert("https://h:443"_endpoint == "https://h"_endpoint);

TEST_CASE("host and port are taken apart and written back") {
    const auto endpoint = Endpoint::parse("https://api.security.microsoft.com:8443/");
    REQUIRE(endpoint);
    CHECK(endpoint->host() == "api.security.microsoft.com");
    CHECK(endpoint->port() == 8443);
    CHECK(endpoint->url() == "https://api.security.microsoft.com:8443");
    CHECK(Endpoint::parse("https://h:443")->url() == "https://h");
    CHECK(Endpoint::parse("https://h/")->url() == "https://h");
}

TEST_CASE("scheme and host are read in any case and kept in lower case") {
    CHECK(Endpoint::parse("HTTPS://API.Example")->host() == "api.example");
    CHECK(*Endpoint::parse("HTTPS://API.Example") == *Endpoint::parse("https://api.example"));
    CHECK(*Endpoint::parse("https://a:1") != *Endpoint::parse("https://a:2"));
}

TEST_CASE("everything but https host and port is refused") {
    for (const std::string_view url : {
             "",
             "h",
             "https:",
             "https:/",
             "https://",
             "https:///",
             "https:h",
             "https:/h",
             "http://h",
             "ftp://h",
             "//h",
             " https://h",
             "https://h ",
             "https://h/path",
             "https://h/..",
             "https://h//",
             "https://h?q",
             "https://h#f",
             "https://h/?q",
             "https://user@h",
             "https://user:pw@h",
             "https://h\\evil",
             "https://h%2eexample",
             "https://[::1]",
             "https://[::1]:443",
             "https://a_b",
             "https://.h",
             "https://h.",
             "https://a..b",
             "https://h\r\n",
             "https://h\xc3\xa9",
             "https://:443",
             "https://h:",
             "https://h:/",
             "https://h:0",
             "https://h:-1",
             "https://h:+1",
             "https://h:00443",
             "https://h:0443",
             "https://h:65536",
             "https://h:65979",
             "https://h:99999",
             "https://h:4294967739",
             "https://h:443:80",
             "https://h:443a",
             "https://h:0x1bb",
             "https://h: 443",
         }) {
        CAPTURE(std::string(url));
        CHECK(Endpoint::parse(url).error() == errc::malformed_endpoint);
    }
    CHECK(Endpoint::parse(std::string_view("https://h\0", 10)).error() == errc::malformed_endpoint);
}

TEST_CASE("a host has room for 253 bytes") {
    const std::string longest = std::string(62, 'a') + "." + std::string(190, 'b');
    REQUIRE(longest.size() == 253);
    CHECK(Endpoint::parse("https://" + longest.substr(1))->host().size() == 252);
    const auto endpoint = Endpoint::parse("https://" + longest + ":65535");
    REQUIRE(endpoint);
    CHECK(endpoint->url() == "https://" + longest + ":65535");
    CHECK(Endpoint::parse("https://a" + longest).error() == errc::malformed_endpoint);
}

TEST_CASE("a port is 1 to 65535 without signs and leading zeros") {
    CHECK(parse_port("1") == 1);
    CHECK(parse_port("65534") == 65534);
    CHECK(parse_port("65535") == 65535);
    for (const char* text : {"", "0", "00", "01", "65536", "99999", "100000", "-1", "+1", " 1",
                             "1 ", "1.0", "0x1", "4294967739"})
        CHECK_FALSE(parse_port(text));
}

TEST_CASE("the default endpoint is empty") {
    CHECK(Endpoint().empty());
    CHECK_FALSE("https://h"_endpoint.empty());
}
