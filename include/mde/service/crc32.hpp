// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_CRC32_HPP
#define MDE_SERVICE_CRC32_HPP

/// @file
/// The checksum of zip entries (CRC-32 of ISO 3309).

#include <mde/base/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI::service {

namespace detail {

constexpr std::array<std::uint32_t, 256> make_crc_table() noexcept {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
        table[i] = value;
    }
    return table;
}

inline constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

/// One byte further; the state is the complement of a checksum.
constexpr std::uint32_t crc_step(std::uint32_t state, unsigned byte) noexcept {
    return crc_table[(state ^ byte) & 0xff] ^ (state >> 8);
}

} // namespace detail

/// The checksum of `text`; `before` is that of what stands in front of it.
constexpr std::uint32_t crc32(std::string_view text, std::uint32_t before = 0) noexcept {
    std::uint32_t state = ~before;
    for (const char c : text) state = detail::crc_step(state, static_cast<unsigned char>(c));
    return ~state;
}
static_assert(crc32("123456789") == 0xcbf43926u);

} // namespace mde::inline MDE_ABI::service

#endif
