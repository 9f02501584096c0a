// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_ASCII_HPP
#define MDE_BASE_ASCII_HPP

/// @file
/// Character classes and case-blind comparison that no locale can change.

#include <mde/base/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace mde::inline MDE_ABI::ascii {

/// `0` to `9`.
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// `A` to `Z` and `a` to `z`.
constexpr bool is_alpha(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A letter or a digit.
constexpr bool is_alnum(char c) noexcept { return is_digit(c) || is_alpha(c); }

/// The small letter of a capital one; everything else as it is.
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A hexadecimal digit, of either case.
constexpr bool is_hex(char c) noexcept { return hex_value(c) >= 0; }

/// Visible ASCII and space: what a header value or a shown word may hold.
constexpr bool is_printable(char c) noexcept { return c >= 0x20 && c <= 0x7e; }

/// How many characters at the front of `text` are surely printable; a multiple of eight. Tokens and
/// links are long, and eight are looked at at once: one below 0x20 borrows and one above 0x7e
/// carries into the highest bit of its byte.
constexpr std::size_t printable_front(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::size_t front = 0;
    if (std::is_constant_evaluated()) return front;
    for (; text.size() - front >= sizeof ones; front += sizeof ones) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + front, sizeof eight);
        if ((((eight - ones * 0x20) | eight | (eight + ones)) & ones * 0x80) != 0) break;
    }
    return front;
}

/// The set that RFC 3986 calls unreserved: never needs percent-encoding.
constexpr bool is_unreserved(char c) noexcept {
    return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// The set that RFC 9110 calls tchar: what a method or a field name is made of.
constexpr bool is_token_char(char c) noexcept {
    return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// Whether both are the same but for the case of ASCII letters.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

/// Whether `text` begins with `prefix`, but for the case of ASCII letters.
constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
    return text.size() >= prefix.size() &&
           equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// `text` without spaces and tabs at both ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// True if `predicate` holds for each character; an empty text passes.
template <class Predicate>
constexpr bool all(std::string_view text, Predicate predicate) noexcept {
    for (const char c : text)
        if (!predicate(c)) return false;
    return true;
}

} // namespace mde::inline MDE_ABI::ascii

#endif
