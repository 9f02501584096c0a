// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/content_range.hpp>

#include <doctest/doctest.h>

using namespace mde::wire;

TEST_CASE("ranges are asked for in bytes") {
    static_assert(range_text(0, std::nullopt) == "bytes=0-");
    static_assert(range_text(5, 9) == "bytes=5-9");
    CHECK(range_text(18446744073709551615u, 18446744073709551615u) ==
          "bytes=18446744073709551615-18446744073709551615");
}

TEST_CASE("a content range is read") {
    static_assert(parse_content_range("bytes 0-0/1") == ContentRange{0, 0, 1});
    CHECK(parse_content_range("bytes 5-9/10") == ContentRange{5, 9, 10});
    CHECK(parse_content_range("Bytes 9223372036854775805-9223372036854775806/9223372036854775807")
              ->total == 9223372036854775807u);
}

TEST_CASE("a content range is read as it was written") {
    static_assert(content_range_text({5, 9, 10}) == "bytes 5-9/10");
    for (const ContentRange range :
         {ContentRange{0, 0, 1}, ContentRange{5, 9, 10},
          ContentRange{9223372036854775805, 9223372036854775806, 9223372036854775807}})
        CHECK(parse_content_range(content_range_text(range)) == range);
}

TEST_CASE("a content range that has no place is none") {
    for (const char* text : {"",
                             "bytes",
                             "bytes ",
                             "bytes 5-9/*",
                             "bytes */10",
                             "bytes 9-5/10",
                             "bytes 5-10/10",
                             "bytes 10-9/10",
                             "bytes 5-9",
                             "bytes 5/10",
                             "bytes -9/10",
                             "bytes 5-/10",
                             "bytes 5-9/",
                             "items 5-9/10",
                             "bytes=5-9/10",
                             "bytes 5 - 9/10",
                             "bytes 5-9/10 ",
                             "bytes +5-9/10",
                             "bytes 0x5-9/10",
                             "bytes 5-9/99999999999999999999",
                             "bytes  5-9/10",
                             "bytes 1048576-1048575/1048576"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_content_range(text));
    }
}
