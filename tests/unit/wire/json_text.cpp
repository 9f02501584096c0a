// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/json_text.hpp>

#include <mde/base/fixed_text.hpp>

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;

namespace {

std::string as_json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

} // namespace

static_assert(is_utf8("abc"));
static_assert(!is_utf8("\xff"));

TEST_CASE("well-formed UTF-8 of every length is accepted at its borders") {
    for (const std::string_view text :
         {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\xc3\xa9z"})
        CHECK(is_utf8(text));
    CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE("overlong forms and surrogates and stray or missing bytes are refused") {
    for (const std::string_view text : {"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xc2",
                                        "\xc2z",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xe1\x80",
                                        "\xe1\x80z",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x80\x80\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xf1\x80\x80",
                                        "\xfe",
                                        "\xff",
                                        "a\xc3",
                                        "\xc3\xa9\xa9"})
        CHECK_FALSE(is_utf8(text));
}

TEST_CASE("quotes and backslashes and control characters are escaped") {
    CHECK(as_json("") == "\"\"");
    CHECK(as_json("plain") == "\"plain\"");
    CHECK(as_json("a\"b\\c/") == "\"a\\\"b\\\\c/\"");
    CHECK(as_json("\n\t\x1f\x7f") == "\"\\u000a\\u0009\\u001f\x7f\"");
    CHECK(as_json(std::string_view("\0", 1)) == "\"\\u0000\"");
    CHECK(as_json("\xc3\xa9") == "\"\xc3\xa9\"");
}

TEST_CASE("a JSON parser reads back what was written") {
    std::string text;
    for (char c = 0; c < 127; ++c) text.push_back(c);
    text += "\xc3\xa9\xf0\x9f\x98\x80";
    CHECK(std::string_view(boost::json::parse(as_json(text)).as_string()) == text);
}

TEST_CASE("a fixed text takes a string too") {
    FixedText<16> out;
    append_json_string(out, "a\"b");
    CHECK(out == "\"a\\\"b\"");
}
