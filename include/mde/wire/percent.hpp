// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_PERCENT_HPP
#define MDE_WIRE_PERCENT_HPP

/// @file
/// Percent-encoding (RFC 3986 section 2.1), for form bodies and query values.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// Appends `text` with every byte outside the unreserved set written as `%XX`. `Text` is anything
/// with `append(std::string_view)`: a string, a `FixedText`, a `Secret`.
template <class Text>
constexpr void append_percent_encoded(Text& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char& c : text) {
        if (ascii::is_unreserved(c)) {
            out.append(std::string_view(&c, 1));
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        const char escape[3] = {'%', digits[byte >> 4], digits[byte & 0x0f]};
        out.append(std::string_view(escape, 3));
    }
}

/// How a `+` is read: in forms and queries it stands for a space.
enum class PlusSign {
    /// As itself.
    is_plus,
    /// As a space.
    is_space,
};

/// Appends what `text` spells; false on a broken escape, and what was appended by then stays.
template <class Text>
bool append_percent_decoded(Text& out, std::string_view text, PlusSign plus) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus == PlusSign::is_space) c = ' ';
        if (c == '%') {
            if (text.size() - i < 3 || !ascii::is_hex(text[i + 1]) || !ascii::is_hex(text[i + 2]))
                return false;
            c = static_cast<char>(ascii::hex_value(text[i + 1]) * 16 +
                                  ascii::hex_value(text[i + 2]));
            i += 2;
        }
        out.append(std::string_view(&c, 1));
    }
    return true;
}

/// Empty on a broken escape.
MDE_DECL std::optional<std::string> percent_decoded(std::string_view text, PlusSign plus);

#if MDE_DEFINITIONS

MDE_DECL std::optional<std::string> percent_decoded(std::string_view text, PlusSign plus) {
    std::string out;
    out.reserve(text.size());
    if (!append_percent_decoded(out, text, plus)) return std::nullopt;
    return out;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
