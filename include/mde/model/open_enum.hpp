// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_OPEN_ENUM_HPP
#define MDE_MODEL_OPEN_ENUM_HPP

/// @file
/// An enumeration that the service may extend: unknown values are kept as they came.

#include <mde/base/version.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// `Enum` must have the enumerator `unknown`. The text is kept for unknown values only.
template <class Enum>
class OpenEnum {
  public:
    OpenEnum() = default;
    /// A known value. Not explicit: an enumerator is as good.
    OpenEnum(Enum known) noexcept : value_(known) {}

    /// A value that this SDK does not know, by its text.
    static OpenEnum unknown(std::string_view text) {
        OpenEnum open;
        open.text_ = std::string(text);
        return open;
    }

    /// `unknown` for what this SDK does not know.
    Enum value() const noexcept { return value_; }
    /// See `value()`.
    operator Enum() const noexcept { return value_; }

    /// What the service wrote, if the value is unknown; a server's text, not safe to print raw.
    const std::string& unknown_text() const noexcept { return text_; }

    friend bool operator==(const OpenEnum&, const OpenEnum&) = default;
    friend bool operator==(const OpenEnum& a, Enum b) noexcept { return a.value_ == b; }

  private:
    Enum value_ = Enum::unknown;
    std::string text_;
};

} // namespace mde::inline MDE_ABI

#endif
