// SPDX-License-Identifier: BSL-1.0
#include <mde/base/ascii.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mde;

namespace {

/// All 256 characters for which `predicate` holds.
template <class Predicate>
std::string members_of(Predicate predicate) {
    std::string found;
    for (int i = 0; i < 256; ++i)
        if (predicate(static_cast<char>(i))) found.push_back(static_cast<char>(i));
    return found;
}

} // namespace

TEST_CASE("character classes hold exactly their characters and no byte beyond ASCII") {
    CHECK(members_of(ascii::is_digit) == "0123456789");
    CHECK(members_of(ascii::is_alpha) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    CHECK(members_of(ascii::is_alnum).size() == 62);
    CHECK(members_of(ascii::is_hex) == "0123456789ABCDEFabcdef");
    CHECK(members_of(ascii::is_printable).size() == 95);
    CHECK(members_of(ascii::is_printable).front() == ' ');
    CHECK(members_of(ascii::is_printable).back() == '~');
    CHECK(members_of(ascii::is_unreserved).size() == 66);
    CHECK(members_of(ascii::is_token_char).size() == 62 + 15);
    for (const char c : std::string_view("()<>@,;:\\\"/[]?={} \t\r\n\x7f"))
        CHECK_FALSE(ascii::is_token_char(c));
    CHECK_FALSE(ascii::is_token_char('\0'));
}

TEST_CASE("a hexadecimal digit has its value in both cases") {
    for (int i = 0; i < 16; ++i) {
        CHECK(ascii::hex_value("0123456789abcdef"[i]) == i);
        CHECK(ascii::hex_value("0123456789ABCDEF"[i]) == i);
    }
    for (const char c : std::string_view("gG/:@`")) CHECK(ascii::hex_value(c) == -1);
    CHECK(ascii::hex_value('\0') == -1);
    CHECK(ascii::hex_value(static_cast<char>(0xb0)) == -1);
}

TEST_CASE("lower case changes the 26 letters only") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const bool upper = c >= 'A' && c <= 'Z';
        CHECK(ascii::to_lower(c) == (upper ? static_cast<char>(i + 32) : c));
    }
}

TEST_CASE("comparison ignores case and nothing else") {
    CHECK(ascii::equal_ignoring_case("GetPackageUri", "getpackageURI"));
    CHECK(ascii::equal_ignoring_case("", ""));
    CHECK_FALSE(ascii::equal_ignoring_case("a", "ab"));
    CHECK_FALSE(ascii::equal_ignoring_case("ab", "a"));
    // 32 apart, but no letters.
    CHECK_FALSE(ascii::equal_ignoring_case("[", "{"));
    CHECK_FALSE(ascii::equal_ignoring_case("@", "`"));
    // The Kelvin sign is a k to some locales.
    CHECK_FALSE(ascii::equal_ignoring_case("k", "\xe2\x84\xaa"));
}

TEST_CASE("a prefix is found whatever its case") {
    CHECK(ascii::starts_with_ignoring_case("HTTPS://h", "https://"));
    CHECK(ascii::starts_with_ignoring_case("x", ""));
    CHECK_FALSE(ascii::starts_with_ignoring_case("http", "https"));
    CHECK_FALSE(ascii::starts_with_ignoring_case(" https://h", "https://"));
}

TEST_CASE("trimming takes spaces and tabs from both ends and no line breaks") {
    CHECK(ascii::trimmed(" \t a b \t ") == "a b");
    CHECK(ascii::trimmed("\r\na\n") == "\r\na\n");
    CHECK(ascii::trimmed(" \t ").empty());
    CHECK(ascii::trimmed("").empty());
}

TEST_CASE("all is true of an empty text") {
    CHECK(ascii::all("", ascii::is_digit));
    CHECK(ascii::all("123", ascii::is_digit));
    CHECK_FALSE(ascii::all("12x", ascii::is_digit));
}

TEST_CASE("what is called printable at the front is printable and ends within eight characters") {
    for (const char around : {' ', '~', 'a'}) {
        for (int i = 0; i < 256; ++i) {
            for (std::size_t at = 0; at < 24; ++at) {
                std::string text(24, around);
                text[at] = static_cast<char>(i);
                CAPTURE(i);
                CAPTURE(at);
                const std::size_t front = ascii::printable_front(text);
                CHECK(front == (ascii::is_printable(text[at]) ? 24 : at / 8 * 8));
            }
        }
    }
    for (std::size_t size = 0; size < 8; ++size)
        CHECK(ascii::printable_front(std::string(size, 'a')) == 0);
}
