// SPDX-License-Identifier: BSL-1.0
#include <mde/model/open_enum.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

enum class Colour {
    unknown,
    red,
    green,
};

} // namespace

TEST_CASE("a known value has no text and converts back") {
    const OpenEnum<Colour> open = Colour::red;
    CHECK(open == Colour::red);
    CHECK(open != Colour::green);
    CHECK(open.unknown_text().empty());
    CHECK(static_cast<Colour>(open) == Colour::red);
}

TEST_CASE("unknown values keep their text and differ by it") {
    const auto blue = OpenEnum<Colour>::unknown("Blue");
    CHECK(blue == Colour::unknown);
    CHECK(blue.unknown_text() == "Blue");
    CHECK(blue != OpenEnum<Colour>::unknown("Black"));
    CHECK(blue == OpenEnum<Colour>::unknown("Blue"));
    CHECK(OpenEnum<Colour>() == Colour::unknown);
}
