// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_BYTES_HPP
#define MDE_TESTS_SUPPORT_BYTES_HPP

#include <cstddef>
#include <span>
#include <string_view>

namespace mde_test {

inline std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

} // namespace mde_test

#endif
