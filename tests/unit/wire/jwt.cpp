// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/jwt.hpp>

#include <doctest/doctest.h>

using namespace mde::wire;

TEST_CASE("a signing input is two parts in base64url with a dot between") {
    // RFC 7515 appendix A.1.
    CHECK(jwt_signing_input("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}",
                            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
                            "\"http://example.com/is_root\":true}") ==
          "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
          "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
          "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
}

TEST_CASE("the payload is what was put in") {
    CHECK(jwt_payload(jwt_signing_input("{}", R"({"a":1})") + ".c2ln") == R"({"a":1})");
}

TEST_CASE("what does not have three filled parts has no payload") {
    for (const char* text : {"", "opaque", ".", "..", "a.b", "a.e30", "a.e30.", ".e30.c", "a..c",
                             "a.e30.c.d", "a.e3 0.c", "a.e30=.c", "a.e.c"}) {
        CAPTURE(text);
        CHECK_FALSE(jwt_payload(text));
    }
    CHECK(jwt_payload("a.e30.c") == "{}");
}
