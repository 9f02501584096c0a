// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/entity_tag.hpp>

#include <doctest/doctest.h>

#include <string>

using mde::wire::strong_entity_tag;

TEST_CASE("a strong tag is taken as it is") {
    for (const char* tag : {R"("abc")", R"("")", R"("0x1DAB9E2BDFD6E20")", R"("a,b;c'\")"})
        CHECK(strong_entity_tag(tag) == tag);
}

TEST_CASE("a weak or ill formed tag is none") {
    for (const char* tag :
         {"", "\"", "abc", "abc\"", "\"abc", "W/\"abc\"", "w/\"abc\"", "\"a\"b\"", "\"a b\"",
          "\"a\tb\"", "\"\x7f\"", "\"\xc3\xa4\"", " \"abc\"", "\"abc\" ", "\"a\", \"b\""})
        CHECK(strong_entity_tag(tag).empty());
}

TEST_CASE("a tag has a bound") {
    for (const std::size_t size :
         {mde::bounds::entity_tag - 1, mde::bounds::entity_tag, mde::bounds::entity_tag + 1}) {
        const std::string tag = '"' + std::string(size - 2, 'x') + '"';
        CHECK(strong_entity_tag(tag).empty() == (size > mde::bounds::entity_tag));
    }
}
