// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_DATA_HPP
#define MDE_TESTS_SUPPORT_DATA_HPP

/// @file
/// Files of tests/data.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace test_support {

/// All bytes of tests/data/`name`.
inline std::string read_data(const std::string& name) {
    std::ifstream in(std::string(MDE_TEST_DATA) + "/" + name, std::ios::binary);
    REQUIRE_MESSAGE(in.good(), name);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

} // namespace test_support

#endif
