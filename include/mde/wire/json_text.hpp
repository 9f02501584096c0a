// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_JSON_TEXT_HPP
#define MDE_WIRE_JSON_TEXT_HPP

/// @file
/// Writing the one JSON body that requests have, `{"Comment":"..."}`, without a JSON library.

#include <mde/base/version.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// The length of the well-formed UTF-8 sequence (RFC 3629) that `text` begins with, or 0.
constexpr std::size_t utf8_sequence(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4u : first >= 0xe0 ? 3u : 2u;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    // Overlong forms, surrogates and what lies beyond U+10FFFF.
    if (first == 0xe0 && byte(1) < 0xa0) return 0;
    if (first == 0xed && byte(1) > 0x9f) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return size;
}

} // namespace detail

/// Whether `text` is UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF.
constexpr bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = detail::utf8_sequence(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

/// Appends `text` as a JSON string. `Text` is anything with `append(std::string_view)`.
template <class Text>
constexpr void append_json_string(Text& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out.append(std::string_view("\""));
    for (const char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            const char escape[2] = {'\\', c};
            out.append(std::string_view(escape, 2));
        } else if (byte < 0x20) {
            const char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 0x0f]};
            out.append(std::string_view(escape, 6));
        } else {
            out.append(std::string_view(&c, 1));
        }
    }
    out.append(std::string_view("\""));
}

} // namespace mde::inline MDE_ABI::wire

#endif
