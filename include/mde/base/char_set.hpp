// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_CHAR_SET_HPP
#define MDE_BASE_CHAR_SET_HPP

/// @file
/// A set of characters as a table: for texts that are long and of which each character is looked
/// at.

#include <mde/base/version.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

/// A set of characters that is asked in one step. A value.
/// Distinct objects: safe. Shared objects: safe.
class CharSet {
  public:
    /// The characters for which `predicate` is true.
    template <class Predicate>
    constexpr explicit CharSet(Predicate predicate) noexcept {
        for (std::size_t i = 0; i < inside_.size(); ++i)
            inside_[i] = predicate(static_cast<char>(static_cast<unsigned char>(i)));
    }

    /// Whether `c` is in the set.
    constexpr bool holds(char c) const noexcept { return inside_[static_cast<unsigned char>(c)]; }

    /// Whether each character is; an empty text passes.
    constexpr bool holds_all(std::string_view text) const noexcept {
        for (const char c : text)
            if (!holds(c)) return false;
        return true;
    }

  private:
    std::array<bool, 256> inside_{};
};

} // namespace mde::inline MDE_ABI

#endif
