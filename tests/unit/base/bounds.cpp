// SPDX-License-Identifier: BSL-1.0
#include <mde/base/bounds.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("the bounds are those that the documentation promises") {
    CHECK(bounds::response_head == 65536);
    CHECK(bounds::response_fields == 100);
    CHECK(bounds::response_field == 16384);
    CHECK(bounds::interim_answers == 8);
    CHECK(bounds::chunk_line == 1024);
    CHECK(bounds::chunk_overhead == 16384);
    CHECK(bounds::chunk_trailers == 8192);
    CHECK(bounds::json_text == 1048576);
    CHECK(bounds::json_depth == 32);
    CHECK(bounds::link == 16384);
    CHECK(bounds::access_token == 16384);
    CHECK(bounds::package == 2147483648ull);
    CHECK(bounds::links_per_package == 3);
    CHECK(bounds::tries == 4);
}
