// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_GZIP_HEADER_HPP
#define MDE_WIRE_GZIP_HEADER_HPP

/// @file
/// How a gzip file begins, and how small one can be (RFC 1952).

#include <mde/base/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace mde::inline MDE_ABI::wire {

/// A header of 10 bytes, 2 for a compressed nothing, a trailer of 8.
inline constexpr std::uint64_t least_gzip = 20;

/// True if `head` is, as far as it goes, the beginning of a gzip file: the two magic bytes and the
/// one compression method there is.
constexpr bool begins_like_gzip(std::span<const std::byte> head) noexcept {
    constexpr std::byte magic[3] = {std::byte{0x1f}, std::byte{0x8b}, std::byte{8}};
    for (std::size_t i = 0; i < 3 && i < head.size(); ++i)
        if (head[i] != magic[i]) return false;
    return true;
}

} // namespace mde::inline MDE_ABI::wire

#endif
