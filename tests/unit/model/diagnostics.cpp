// SPDX-License-Identifier: BSL-1.0
#include <mde/model/diagnostics.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace mde;

TEST_CASE("each stage has a name of its own and an impossible one has none") {
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(Stage::other); ++i)
        CHECK(names.insert(std::string(name_of(static_cast<Stage>(i)))).second);
    CHECK(names.size() == 12);
    CHECK(name_of(Stage::none).empty());
    CHECK(name_of(static_cast<Stage>(99)).empty());
}

TEST_CASE("fresh diagnostics say nothing") {
    const Diagnostics diagnostics;
    CHECK(diagnostics.stage == Stage::none);
    CHECK(diagnostics.http_status == 0);
    CHECK_FALSE(diagnostics.retry_after);
    CHECK(diagnostics == Diagnostics());
}
