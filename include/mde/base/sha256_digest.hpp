// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_SHA256_DIGEST_HPP
#define MDE_BASE_SHA256_DIGEST_HPP

/// @file
/// The value that proves a package: 32 bytes and their hexadecimal spelling.

#include <mde/base/ascii.hpp>
#include <mde/base/fixed_text.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// A SHA-256 value. How it is computed is the business of a `Hasher` (port/hasher.hpp).
struct Sha256Digest {
    /// In the order in which they are written.
    std::array<std::byte, 32> bytes{};

    /// 64 lower-case hexadecimal digits.
    constexpr FixedText<64> hex() const noexcept {
        constexpr std::string_view digits = "0123456789abcdef";
        FixedText<64> text;
        for (const std::byte byte : bytes) {
            text.append(digits[std::to_integer<unsigned>(byte) >> 4]);
            text.append(digits[std::to_integer<unsigned>(byte) & 0x0f]);
        }
        return text;
    }

    /// Empty unless `text` is exactly 64 hexadecimal digits.
    static constexpr std::optional<Sha256Digest> from_hex(std::string_view text) noexcept {
        if (text.size() != 64 || !ascii::all(text, ascii::is_hex)) return std::nullopt;
        Sha256Digest digest;
        for (std::size_t i = 0; i < digest.bytes.size(); ++i)
            digest.bytes[i] = static_cast<std::byte>(ascii::hex_value(text[2 * i]) * 16 +
                                                     ascii::hex_value(text[2 * i + 1]));
        return digest;
    }

    friend constexpr bool operator==(const Sha256Digest&, const Sha256Digest&) noexcept = default;
};

} // namespace mde::inline MDE_ABI

#endif
