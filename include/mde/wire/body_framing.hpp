// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_BODY_FRAMING_HPP
#define MDE_WIRE_BODY_FRAMING_HPP

/// @file
/// Where the body of an answer ends (RFC 9112 section 6.3), with doubt answered by refusal.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/wire/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// How the end of a body is found.
enum class BodyEnd {
    /// After `length` bytes.
    by_length,
    /// After the last chunk.
    by_chunks,
    /// When the connection ends; proves nothing by itself.
    by_close,
};

/// Where a body ends.
struct BodyFraming {
    /// How its end is found.
    BodyEnd end = BodyEnd::by_length;
    /// Of `by_length`, in bytes.
    std::uint64_t length = 0;

    friend constexpr bool operator==(const BodyFraming&, const BodyFraming&) noexcept = default;
};

/// Decimal digits only, below 2^63.
constexpr std::optional<std::uint64_t> parse_length(std::string_view text) noexcept {
    if (text.empty() || text.size() > 19) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (!ascii::is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)()))
        return std::nullopt;
    return value;
}

/// Length and coding at once, any coding but exactly `chunked`, and lengths that disagree or are no
/// numbers are refused: each is a known way to make two readers see two different bodies.
/// @par Errors errc::malformed_head
MDE_DECL result<BodyFraming> body_framing(const ResponseHead& head);

#if MDE_DEFINITIONS

MDE_DECL result<BodyFraming> body_framing(const ResponseHead& head) {
    const unsigned status = head.status();
    if (status < 200 || status > 599) return make_error_code(errc::malformed_head);
    const std::size_t codings = head.count("Transfer-Encoding");
    const std::size_t lengths = head.count("Content-Length");
    if (codings > 1 || lengths > 1 || (codings == 1 && lengths == 1))
        return make_error_code(errc::malformed_head);
    if (codings == 1 &&
        !ascii::equal_ignoring_case(head.field_or_empty("Transfer-Encoding"), "chunked"))
        return make_error_code(errc::malformed_head);
    const auto length = parse_length(head.field_or_empty("Content-Length"));
    if (lengths == 1 && !length) return make_error_code(errc::malformed_head);

    if (status == 204 || status == 304) return BodyFraming{BodyEnd::by_length, 0};
    if (codings == 1) return BodyFraming{BodyEnd::by_chunks, 0};
    if (lengths == 1) return BodyFraming{BodyEnd::by_length, *length};
    return BodyFraming{BodyEnd::by_close, 0};
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
