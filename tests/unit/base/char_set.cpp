// SPDX-License-Identifier: BSL-1.0
#include <mde/base/char_set.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;

namespace {

constexpr CharSet digits([](char c) { return c >= '0' && c <= '9'; });
static_assert(digits.holds('0') && digits.holds('9') && !digits.holds('a'));
static_assert(digits.holds_all("") && digits.holds_all("4711") && !digits.holds_all("47a11"));

} // namespace

TEST_CASE("a set of characters agrees with its predicate for each byte") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(static_cast<unsigned char>(i));
        CAPTURE(i);
        CHECK(digits.holds(c) == (c >= '0' && c <= '9'));
        CHECK(digits.holds_all(std::string("0") + c) == digits.holds(c));
        CHECK(digits.holds_all(std::string(1, c) + "0") == digits.holds(c));
    }
}
