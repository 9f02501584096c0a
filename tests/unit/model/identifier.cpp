// SPDX-License-Identifier: BSL-1.0
#include <mde/model/identifier.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mde;

namespace {

struct Form {
    static constexpr bool documented(std::string_view text) { return is_hex_run(text, 4); }
    static constexpr void check_literal(bool) {}
};
using Id = Identifier<Form>;

} // namespace

TEST_CASE("a GUID has its dashes where they belong and nothing around it") {
    CHECK(is_guid("7327b54f-d718-525c-bca0-7dacde913b5a"));
    CHECK(is_guid("7327B54F-D718-525C-BCA0-7DACDE913B5A"));
    for (const char* text :
         {"", "7327b54f-d718-525c-bca0-7dacde913b5", "7327b54f-d718-525c-bca0-7dacde913b5a0",
          "7327b54fd718525cbca07dacde913b5a", "{7327b54f-d718-525c-bca0-7dacde913b5a}",
          "7327b54f-d718-525c-bca0-7dacde913b5g", "7327b54f-d718-525c-bca007dacde913b5a",
          "7327b54-fd718-525c-bca0-7dacde913b5a", "------------------------------------",
          "7327b54f-d718-525c-bca0-7dacde913b5\n"})
        CHECK_FALSE(is_guid(text));
}

TEST_CASE("a hexadecimal run has exactly its length") {
    CHECK(is_hex_run("0aF9", 4));
    CHECK_FALSE(is_hex_run("0aF", 4));
    CHECK_FALSE(is_hex_run("0aF90", 4));
    CHECK_FALSE(is_hex_run("0aFg", 4));
    CHECK(is_hex_run("", 0));
}

TEST_CASE("documented forms are kept in lower case so that equal ids are equal") {
    CHECK(Id::parse("ABCD")->text() == "abcd");
    CHECK(*Id::parse("ABCD") == *Id::parse("abcd"));
    CHECK(*Id::parse("abcd") < *Id::parse("abce"));
    CHECK(Id::parse("ABCD")->segment() == "abcd");
}

TEST_CASE("what is not documented is refused unless asked for by name") {
    CHECK(Id::parse("").error() == errc::malformed_id);
    CHECK(Id::parse("abcde").error() == errc::malformed_id);
    CHECK(Id::undocumented("abcde")->text() == "abcde");
    CHECK(Id::undocumented("Host-7")->text() == "Host-7");
}

TEST_CASE("an undocumented id has 1 to 64 bytes") {
    CHECK(Id::undocumented("").error() == errc::malformed_id);
    CHECK(Id::undocumented("x")->text() == "x");
    CHECK(Id::undocumented(std::string(63, 'x'))->text().size() == 63);
    CHECK(Id::undocumented(std::string(64, 'x'))->text().size() == 64);
    CHECK(Id::undocumented(std::string(65, 'x')).error() == errc::malformed_id);
}

TEST_CASE("whatever an id holds its segment cannot leave its place in a path") {
    CHECK(Id::undocumented("a/../b?c#d e")->segment() == "a%2F%2E%2E%2Fb%3Fc%23d%20e");
    CHECK(Id::undocumented("..")->segment() == "%2E%2E");
    CHECK(Id::undocumented("50%")->segment() == "50%25");
    CHECK(Id::undocumented("\r\n")->segment() == "%0D%0A");
    CHECK(Id::undocumented(std::string_view("\0", 1))->segment() == "%00");
    CHECK(Id::undocumented("\xff_~")->segment() == "%FF%5F%7E");
    CHECK(Id::undocumented("az-AZ-09")->segment() == "az-AZ-09");
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const auto segment = Id::undocumented(std::string_view(&c, 1))->segment();
        CHECK(
            ascii::all(segment, [](char s) { return ascii::is_alnum(s) || s == '-' || s == '%'; }));
    }
}

TEST_CASE("the longest id has room for its longest segment") {
    CHECK(Id::undocumented(std::string(64, '/'))->segment().size() == 192);
}

TEST_CASE("the default identifier is empty") {
    CHECK(Id().empty());
    CHECK(Id().text().empty());
    CHECK(Id().segment().empty());
    CHECK(Id() != *Id::parse("abcd"));
}
