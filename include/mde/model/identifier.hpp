// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_IDENTIFIER_HPP
#define MDE_MODEL_IDENTIFIER_HPP

/// @file
/// Validated identifiers: what reaches a request target was checked, at compile time if literal.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/result.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

/// True for the 8-4-4-4-12 form of a GUID.
constexpr bool is_guid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !ascii::is_hex(text[i])) return false;
    }
    return true;
}

/// True for `count` hexadecimal digits.
constexpr bool is_hex_run(std::string_view text, std::size_t count) noexcept {
    return text.size() == count && ascii::all(text, ascii::is_hex);
}

/// A value that names one thing of the service. `Form` says which spellings are documented
/// (`static constexpr bool documented(std::string_view)`) and stops a literal that is not
/// (`static constexpr void check_literal(bool)`, in words the compiler prints). Hexadecimal digits
/// are kept in lower case, as the service writes them, so that equal ids compare equal. Distinct
/// objects: safe. Shared objects: unsafe.
template <class Form>
class Identifier {
  public:
    /// The empty identifier, which names nothing.
    constexpr Identifier() noexcept = default;

    /// An id of a documented form.
    /// @par Errors errc::malformed_id
    static result<Identifier> parse(std::string_view text) noexcept {
        if (!Form::documented(text)) return make_error_code(errc::malformed_id);
        return Identifier(text, Spelling::documented);
    }

    /// The escape for forms that no page documents: any text of 1 to 64 bytes; see `segment()`.
    /// @par Errors errc::malformed_id
    static result<Identifier> undocumented(std::string_view text) noexcept {
        if (text.empty() || text.size() > bounds::identifier)
            return make_error_code(errc::malformed_id);
        return Identifier(text, Spelling::verbatim);
    }

    /// For literals only: an ill-formed one does not compile.
    static consteval Identifier literal(std::string_view text) {
        Form::check_literal(Form::documented(text));
        return Identifier(text, Spelling::documented);
    }

    /// Whether it names nothing.
    constexpr bool empty() const noexcept { return text_.empty(); }

    /// The identifier as given.
    constexpr std::string_view text() const noexcept { return text_.view(); }

    /// The identifier as one path segment or file name: documented forms as they are, in any other
    /// every byte outside `[0-9A-Za-z-]` percent-encoded.
    constexpr FixedText<3 * bounds::identifier> segment() const noexcept {
        constexpr std::string_view digits = "0123456789ABCDEF";
        FixedText<3 * bounds::identifier> encoded;
        if (Form::documented(text_)) {
            encoded.append(text_);
            return encoded;
        }
        for (const char c : text_.view()) {
            if (ascii::is_alnum(c) || c == '-') {
                encoded.append(c);
                continue;
            }
            const auto byte = static_cast<unsigned char>(c);
            encoded.append('%');
            encoded.append(digits[byte >> 4]);
            encoded.append(digits[byte & 0x0f]);
        }
        return encoded;
    }

    friend constexpr bool operator==(const Identifier&, const Identifier&) noexcept = default;
    friend constexpr auto operator<=>(const Identifier& a, const Identifier& b) noexcept {
        return a.text_ <=> b.text_;
    }

  private:
    enum class Spelling {
        documented,
        verbatim,
    };

    constexpr Identifier(std::string_view text, Spelling spelling) noexcept {
        for (const char c : text)
            text_.append(spelling == Spelling::documented ? ascii::to_lower(c) : c);
    }

    FixedText<bounds::identifier> text_;
};

} // namespace mde::inline MDE_ABI

#endif
