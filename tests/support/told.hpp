// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_TOLD_HPP
#define MDE_TESTS_SUPPORT_TOLD_HPP

/// @file
/// What the run.sh of a server that is not ours says, and the files that it made.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace mde_test {

inline std::string told(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set: see run.sh");
    return value;
}

inline std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("there is no " + path);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

} // namespace mde_test

#endif
