// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BYTE_RANGE_HPP
#define MDE_SERVICE_BYTE_RANGE_HPP

/// @file
/// Which bytes a `Range` field asks for (RFC 9110 section 14).

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/content_range.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// What to send.
struct ByteRange {
    /// What a field asks for.
    enum class Kind {
        /// Everything: no range, one in another unit, several, or one that is ill-formed.
        whole,
        /// From `offset` on, `length` bytes.
        part,
        /// Begins behind the end.
        unsatisfiable,
    };

    /// What to send.
    Kind kind = Kind::whole;
    /// Of the first byte.
    std::uint64_t offset = 0;
    /// How many bytes.
    std::uint64_t length = 0;

    friend constexpr bool operator==(const ByteRange&, const ByteRange&) noexcept = default;
};

/// The one range of `field` within a content of `size` bytes.
constexpr ByteRange select_range(std::string_view field, std::uint64_t size) noexcept {
    const ByteRange whole{ByteRange::Kind::whole, 0, size};
    const ByteRange unsatisfiable{ByteRange::Kind::unsatisfiable, 0, 0};
    constexpr std::string_view unit = "bytes=";
    if (!ascii::starts_with_ignoring_case(field, unit)) return whole;
    field = ascii::trimmed(field.substr(unit.size()));
    const std::size_t dash = field.find('-');
    if (dash == std::string_view::npos) return whole;
    const std::string_view first = field.substr(0, dash);
    const std::string_view last = field.substr(dash + 1);
    const auto begin = wire::parse_length(first);
    const auto end = wire::parse_length(last);
    if ((!first.empty() && !begin) || (!last.empty() && !end) || (!begin && !end)) return whole;
    if (!begin) {
        const std::uint64_t length = (std::min)(*end, size);
        if (length == 0) return unsatisfiable;
        return {ByteRange::Kind::part, size - length, length};
    }
    if (end && *end < *begin) return whole;
    if (*begin >= size) return unsatisfiable;
    const std::uint64_t stop = end ? (std::min)(*end + 1, size) : size;
    return {ByteRange::Kind::part, *begin, stop - *begin};
}

/// What says which part of a content of `size` bytes is sent.
/// @pre `range` is a part of it
MDE_DECL std::string content_range_of(const ByteRange& range, std::uint64_t size);

#if MDE_DEFINITIONS

MDE_DECL std::string content_range_of(const ByteRange& range, std::uint64_t size) {
    return std::string(
        wire::content_range_text({range.offset, range.offset + range.length - 1, size}));
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
