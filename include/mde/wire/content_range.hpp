// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CONTENT_RANGE_HPP
#define MDE_WIRE_CONTENT_RANGE_HPP

/// @file
/// Byte ranges as they are asked for and answered (RFC 9110 sections 14.2 and 14.4).

#include <mde/base/ascii.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/wire/body_framing.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// The value of a `Range` field: two numbers of at most 20 digits.
using RangeText = FixedText<48>;

/// `bytes=first-`, or `bytes=first-last`.
constexpr RangeText range_text(std::uint64_t first, std::optional<std::uint64_t> last) noexcept {
    RangeText text;
    text.append("bytes=");
    text.append_number(first);
    text.append('-');
    if (last) text.append_number(*last);
    return text;
}

/// Which bytes of which whole an answer holds; both ends are included.
struct ContentRange {
    /// Offset of the first byte.
    std::uint64_t first = 0;
    /// Offset of the last byte.
    std::uint64_t last = 0;
    /// Of the whole, in bytes.
    std::uint64_t total = 0;

    friend constexpr bool operator==(const ContentRange&, const ContentRange&) noexcept = default;
};

/// The value of a `Content-Range` field.
/// @pre `range.first <= range.last` and `range.last < range.total`
constexpr FixedText<72> content_range_text(const ContentRange& range) noexcept {
    FixedText<72> text;
    text.append("bytes ");
    text.append_number(range.first);
    text.append('-');
    text.append_number(range.last);
    text.append('/');
    text.append_number(range.total);
    return text;
}

/// Reads it again. Nothing for an unknown total, for another unit, and for
/// numbers that contradict each other: such an answer cannot be put in its place.
constexpr std::optional<ContentRange> parse_content_range(std::string_view field) noexcept {
    constexpr std::string_view unit = "bytes ";
    if (!ascii::starts_with_ignoring_case(field, unit)) return std::nullopt;
    field.remove_prefix(unit.size());
    const std::size_t dash = field.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::size_t slash = field.find('/', dash);
    if (slash == std::string_view::npos) return std::nullopt;
    const auto first = parse_length(field.substr(0, dash));
    const auto last = parse_length(field.substr(dash + 1, slash - dash - 1));
    const auto total = parse_length(field.substr(slash + 1));
    if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
    return ContentRange{*first, *last, *total};
}

} // namespace mde::inline MDE_ABI::wire

#endif
