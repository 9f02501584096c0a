// SPDX-License-Identifier: BSL-1.0
#include <mde/request/comment.hpp>

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <string>

using namespace mde;

TEST_CASE("a comment has 1 byte to 4 KiB of UTF-8") {
    CHECK(check_comment("") == errc::malformed_comment);
    CHECK_FALSE(check_comment("x").failed());
    CHECK_FALSE(check_comment(std::string(4095, 'x')).failed());
    CHECK_FALSE(check_comment(std::string(4096, 'x')).failed());
    CHECK(check_comment(std::string(4097, 'x')) == errc::malformed_comment);
    CHECK_FALSE(check_comment("\xc3\xa9\n\t").failed());
    CHECK(check_comment("\xc3") == errc::malformed_comment);
    CHECK(check_comment("\xed\xa0\x80") == errc::malformed_comment);
}

TEST_CASE("the body is one object with one member however the comment tries to get out") {
    for (const char* comment : {"plain", "\",\"Comment\":\"x", "}\n{", "\\", "\\\"", "\x01\x1f\x7f",
                                "\xf0\x9f\x98\x80"}) {
        const auto document = boost::json::parse(comment_body(comment)).as_object();
        CHECK(document.size() == 1);
        CHECK(document.at("Comment").as_string() == comment);
    }
}
