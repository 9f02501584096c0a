// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_BASE64_HPP
#define MDE_BASE_BASE64_HPP

/// @file
/// Base64 in its two alphabets (RFC 4648 sections 4 and 5).

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Base64 for header fields, and for tokens.
enum class Base64Alphabet {
    /// With `+` and `/`, padded with `=`.
    standard,
    /// With `-` and `_`, without padding.
    url,
};

namespace detail {

constexpr std::string_view base64_digits(Base64Alphabet alphabet) noexcept {
    return alphabet == Base64Alphabet::standard
               ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}

} // namespace detail

/// Appends to `out`, which is anything with `append(std::string_view)`: a string, a `Secret`.
template <class Text>
void append_base64(Text& out, std::span<const std::byte> bytes, Base64Alphabet alphabet) {
    const std::string_view digits = detail::base64_digits(alphabet);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
        char four[4] = {'=', '=', '=', '='};
        for (std::size_t k = 0; k <= count; ++k) four[k] = digits[group >> (18 - 6 * k) & 63];
        out.append(std::string_view(four, alphabet == Base64Alphabet::standard ? 4 : count + 1));
    }
}

/// Four characters for each three bytes, as `alphabet` says; throws only what allocation throws.
MDE_DECL std::string base64_encode(std::span<const std::byte> bytes, Base64Alphabet alphabet);

/// Empty on a foreign character, an impossible length or bits set beyond the last byte: each byte
/// string has one accepted spelling.
MDE_DECL std::optional<std::string> base64_decode(std::string_view text, Base64Alphabet alphabet);

#if MDE_DEFINITIONS

MDE_DECL std::string base64_encode(std::span<const std::byte> bytes, Base64Alphabet alphabet) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    append_base64(text, bytes, alphabet);
    return text;
}

MDE_DECL std::optional<std::string> base64_decode(std::string_view text, Base64Alphabet alphabet) {
    if (alphabet == Base64Alphabet::standard) {
        if (text.size() % 4 != 0) return std::nullopt;
        for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) return std::nullopt;
    const std::string_view digits = detail::base64_digits(alphabet);
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t value = digits.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<char>(group >> bits & 0xff));
        }
    }
    if ((group & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
