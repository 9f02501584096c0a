// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/proxy.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("a proxy is http with host and port and perhaps a user") {
    const auto plain = Proxy::parse("http://proxy.example:3128/");
    REQUIRE(plain);
    CHECK(plain->host() == "proxy.example");
    CHECK(plain->port() == 3128);
    CHECK(plain->authorization().empty());
    CHECK(Proxy::parse("http://proxy.example")->port() == 8080);
    // "Aladdin:open sesame", the example of RFC 7617.
    CHECK(Proxy::parse("http://Aladdin:open%20sesame@proxy.example")->authorization().expose() ==
          "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("anything else is refused") {
    for (const char* url :
         {"", "proxy.example:3128", "https://proxy.example", "socks5://proxy.example", "http://",
          "http://proxy.example:0", "http://proxy.example:99999", "http://proxy.example/path",
          "http://user@proxy.example", "http://u%zz:p@proxy.example", "http://proxy example",
          "http://proxy.example\r\nX: y"}) {
        CAPTURE(url);
        CHECK_FALSE(Proxy::parse(url));
    }
}

TEST_CASE("exceptions cover a name and what lies below it") {
    Proxy proxy = *Proxy::parse("http://proxy.example");
    CHECK(proxy.applies_to("api.example"));
    proxy.set_exceptions("localhost, .internal.example ,127.0.0.1");
    CHECK_FALSE(proxy.applies_to("localhost"));
    CHECK_FALSE(proxy.applies_to("127.0.0.1"));
    CHECK_FALSE(proxy.applies_to("a.INTERNAL.example"));
    CHECK_FALSE(proxy.applies_to("internal.example"));
    CHECK(proxy.applies_to("notinternal.example"));
    CHECK(proxy.applies_to("api.example"));
    proxy.set_exceptions("*");
    CHECK_FALSE(proxy.applies_to("api.example"));
    CHECK_FALSE(Proxy().applies_to("api.example"));
}
