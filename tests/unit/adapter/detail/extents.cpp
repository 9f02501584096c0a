// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/detail/extents.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

using mde::detail::Extents;

TEST_CASE("the prefix grows when a gap is closed") {
    Extents extents;
    CHECK(extents.prefix() == 0);
    extents.add(10, 20);
    CHECK(extents.prefix() == 0);
    extents.add(0, 5);
    CHECK(extents.prefix() == 5);
    extents.add(5, 10);
    CHECK(extents.prefix() == 20);
    extents.add(15, 18);
    CHECK(extents.prefix() == 20);
    extents.add(20, 20);
    CHECK(extents.prefix() == 20);
    extents.clear();
    CHECK(extents.prefix() == 0);
}

TEST_CASE("any order of pieces gives the same as counting byte by byte") {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        Extents extents;
        std::vector<bool> there(64);
        for (int piece = 0; piece < 20; ++piece) {
            const std::size_t begin = random() % 60;
            const std::size_t end = begin + random() % (64 - begin);
            extents.add(begin, end);
            for (std::size_t i = begin; i < end; ++i) there[i] = true;
            std::size_t prefix = 0;
            while (prefix < there.size() && there[prefix]) ++prefix;
            REQUIRE(extents.prefix() == prefix);
        }
    }
}
