// SPDX-License-Identifier: BSL-1.0
#include <mde/base/fixed_text.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <string_view>

using namespace mde;

TEST_CASE("what fits exactly is taken and one character more is refused whole") {
    FixedText<4> text;
    CHECK(text.append("abc"));
    CHECK_FALSE(text.append("de"));
    CHECK(text == "abc");
    CHECK(text.append("d"));
    CHECK_FALSE(text.append('e'));
    CHECK_FALSE(text.append("e"));
    CHECK(text.append(""));
    CHECK(text == "abcd");
    CHECK(text.size() == text.capacity());
}

TEST_CASE("a text that is too long to begin with leaves nothing") {
    CHECK(FixedText<3>("abcd").empty());
    CHECK(FixedText<3>("abc") == "abc");
}

TEST_CASE("numbers are written in digits from zero to the largest") {
    FixedText<20> text;
    CHECK(text.append_number(0));
    CHECK(text == "0");
    text.clear();
    CHECK(text.append_number((std::numeric_limits<unsigned long long>::max)()));
    CHECK(text == "18446744073709551615");
    CHECK_FALSE(text.append_number(0));
    FixedText<2> narrow;
    CHECK(narrow.append_number(99));
    narrow.clear();
    CHECK_FALSE(narrow.append_number(100));
    CHECK(narrow.empty());
}

TEST_CASE("comparison looks at the characters in use only") {
    FixedText<8> a("abcd");
    a.clear();
    a.append("ab");
    CHECK(a == FixedText<8>("ab"));
    CHECK(FixedText<8>("ab") < FixedText<8>("b"));
    CHECK(FixedText<8>("ab") < FixedText<8>("abc"));
    CHECK(a != FixedText<8>("abc"));
}

TEST_CASE("NUL is a character like any other") {
    const FixedText<4> text(std::string_view("a\0b", 3));
    CHECK(text.size() == 3);
    CHECK(text.view()[2] == 'b');
}

TEST_CASE("a constant can be made of it") {
    constexpr FixedText<4> text("ab");
    static_assert(text.view() == "ab");
    static_assert(std::string_view(text).size() == 2);
}
