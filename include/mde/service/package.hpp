// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_PACKAGE_HPP
#define MDE_SERVICE_PACKAGE_HPP

/// @file
/// The bytes of one package as the download host sees them: a size, a tag, and reading anywhere.

#include <mde/base/linkage.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// Cheap to copy; a copy keeps the bytes alive. What it reads never changes.
struct Package {
    /// In bytes.
    std::uint64_t size = 0;
    /// Strong, with its quotes.
    std::string etag;
    /// Fills the span from the offset on; fewer than asked for only at the end.
    std::function<std::size_t(std::uint64_t, std::span<std::byte>)> read;
};

/// Tells contents apart (FNV-1a). A CRC does not: that of a gzip file, which ends with the CRC of
/// what it holds, is the same for all contents of one length.
constexpr std::uint64_t content_checksum(std::string_view bytes) noexcept {
    std::uint64_t state = 0xcbf29ce484222325ull;
    for (const char c : bytes) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return state;
}

/// A strong tag for a content of that size and checksum.
MDE_DECL std::string strong_etag(std::uint64_t size, std::uint64_t checksum);

/// Copies what `part`, which stands at `part_offset` of a whole, shares with `bytes`, which stand
/// at `offset`.
MDE_DECL void copy_overlap(std::string_view part, std::uint64_t part_offset,
                           std::span<std::byte> bytes, std::uint64_t offset) noexcept;

/// A package held in memory.
MDE_DECL Package memory_package(std::string bytes);

#if MDE_DEFINITIONS

MDE_DECL std::string strong_etag(std::uint64_t size, std::uint64_t checksum) {
    return '"' + std::to_string(checksum) + '-' + std::to_string(size) + '"';
}

MDE_DECL void copy_overlap(std::string_view part, std::uint64_t part_offset,
                           std::span<std::byte> bytes, std::uint64_t offset) noexcept {
    const std::uint64_t begin = (std::max)(offset, part_offset);
    const std::uint64_t end = (std::min)(offset + bytes.size(), part_offset + part.size());
    if (begin >= end) return;
    std::memcpy(bytes.data() + static_cast<std::size_t>(begin - offset),
                part.data() + static_cast<std::size_t>(begin - part_offset),
                static_cast<std::size_t>(end - begin));
}

MDE_DECL Package memory_package(std::string bytes) {
    const auto held = std::make_shared<const std::string>(std::move(bytes));
    return {held->size(), strong_etag(held->size(), content_checksum(*held)),
            [held](std::uint64_t offset, std::span<std::byte> out) {
                if (offset >= held->size()) return std::size_t(0);
                const std::size_t count = static_cast<std::size_t>(
                    (std::min)(out.size() + std::uint64_t(0), held->size() - offset));
                copy_overlap(*held, 0, out.first(count), offset);
                return count;
            }};
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
