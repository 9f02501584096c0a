// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_FIXED_TEXT_HPP
#define MDE_BASE_FIXED_TEXT_HPP

/// @file
/// Text of bounded length that lives where it is declared: no allocation, usable in constants.

#include <mde/base/version.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

/// At most `Capacity` characters, held in place. What does not fit is refused, never cut.
template <std::size_t Capacity>
class FixedText {
  public:
    constexpr FixedText() noexcept = default;

    /// A copy of `text`.
    /// @pre `text.size() <= Capacity`; a longer text leaves the object empty.
    constexpr explicit FixedText(std::string_view text) noexcept { append(text); }

    /// False, and nothing is changed, if `text` does not fit.
    constexpr bool append(std::string_view text) noexcept {
        if (text.size() > Capacity - size_) return false;
        for (const char c : text) data_[size_++] = c;
        return true;
    }

    /// False, and nothing is changed, if the text is full.
    constexpr bool append(char c) noexcept {
        if (size_ == Capacity) return false;
        data_[size_++] = c;
        return true;
    }

    /// Appends `number` in decimal digits.
    constexpr bool append_number(unsigned long long number) noexcept {
        std::array<char, 20> digits{};
        std::size_t begin = digits.size();
        do {
            digits[--begin] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        return append(std::string_view(digits.data() + begin, digits.size() - begin));
    }

    /// Takes all characters out.
    constexpr void clear() noexcept { size_ = 0; }
    /// Whether there are no characters.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// How many characters there are.
    constexpr std::size_t size() const noexcept { return size_; }
    /// How many there can be.
    static constexpr std::size_t capacity() noexcept { return Capacity; }
    /// The characters; the view ends with the next change of the object.
    constexpr std::string_view view() const noexcept { return {data_.data(), size_}; }
    /// See `view()`.
    constexpr operator std::string_view() const noexcept { return view(); }

    friend constexpr bool operator==(const FixedText& a, const FixedText& b) noexcept {
        return a.view() == b.view();
    }
    friend constexpr bool operator==(const FixedText& a, std::string_view b) noexcept {
        return a.view() == b;
    }
    friend constexpr auto operator<=>(const FixedText& a, const FixedText& b) noexcept {
        return a.view() <=> b.view();
    }

  private:
    std::array<char, Capacity> data_{};
    std::size_t size_ = 0;
};

} // namespace mde::inline MDE_ABI

#endif
