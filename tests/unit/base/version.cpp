// SPDX-License-Identifier: BSL-1.0
#include <mde/base/version.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("the version string is made of the three numbers") {
    CHECK(std::string(MDE_VERSION_STRING) == std::to_string(MDE_VERSION_MAJOR) + "." +
                                                 std::to_string(MDE_VERSION_MINOR) + "." +
                                                 std::to_string(MDE_VERSION_PATCH));
}
