// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_PRINTABLE_HPP
#define MDE_BASE_PRINTABLE_HPP

/// @file
/// What a server said, made safe to show: no control character reaches a terminal or a log.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// The printable ASCII of `text`, cut at `limit` bytes; everything else is dropped. For short
/// words such as an error code or a correlation id.
MDE_DECL std::string printable_word(std::string_view text, std::size_t limit);

/// `text` with control characters and non-ASCII bytes written as `\xNN`, cut at `limit` bytes.
MDE_DECL std::string printable_message(std::string_view text, std::size_t limit);

/// Replaces each occurrence of each secret in `text` by `[removed]`: a server may echo what it was
/// sent. Secrets shorter than 4 bytes are left alone, since they would tear ordinary words apart.
MDE_DECL std::string scrubbed(std::string text, std::initializer_list<std::string_view> secrets);

#if MDE_DEFINITIONS

MDE_DECL std::string printable_word(std::string_view text, std::size_t limit) {
    std::string shown;
    for (const char c : text) {
        if (shown.size() == limit) break;
        if (ascii::is_printable(c)) shown.push_back(c);
    }
    return shown;
}

MDE_DECL std::string printable_message(std::string_view text, std::size_t limit) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const std::size_t needed = ascii::is_printable(c) ? 1 : 4;
        if (shown.size() + needed > limit) break;
        if (needed == 1) {
            shown.push_back(c);
        } else {
            shown.append("\\x");
            shown.push_back(digits[byte >> 4]);
            shown.push_back(digits[byte & 0x0f]);
        }
    }
    return shown;
}

MDE_DECL std::string scrubbed(std::string text, std::initializer_list<std::string_view> secrets) {
    constexpr std::string_view mark = "[removed]";
    for (const std::string_view secret : secrets) {
        if (secret.size() < 4) continue;
        for (std::size_t at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + mark.size()))
            text.replace(at, secret.size(), mark);
    }
    return text;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
