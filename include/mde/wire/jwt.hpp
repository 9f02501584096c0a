// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_JWT_HPP
#define MDE_WIRE_JWT_HPP

/// @file
/// The compact form of a JSON Web Token (RFC 7515 section 3.1): three parts in base64url.

#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// One part: `bytes` in base64url.
MDE_DECL std::string jwt_part(std::string_view bytes);

/// `header.payload`, to be signed as it is. Both are JSON.
MDE_DECL std::string jwt_signing_input(std::string_view header, std::string_view payload);

/// The JSON in the middle of a signed token, with nothing verified. Nothing if the text does not
/// have the three parts, none of them empty, or the middle one is not base64url.
MDE_DECL std::optional<std::string> jwt_payload(std::string_view token);

#if MDE_DEFINITIONS

MDE_DECL std::string jwt_part(std::string_view bytes) {
    return base64_encode(std::as_bytes(std::span<const char>(bytes.data(), bytes.size())),
                         Base64Alphabet::url);
}

MDE_DECL std::string jwt_signing_input(std::string_view header, std::string_view payload) {
    return jwt_part(header) + '.' + jwt_part(payload);
}

MDE_DECL std::optional<std::string> jwt_payload(std::string_view token) {
    const std::size_t first = token.find('.');
    if (first == 0 || first == std::string_view::npos) return std::nullopt;
    const std::size_t second = token.find('.', first + 1);
    if (second == std::string_view::npos || second + 1 == token.size()) return std::nullopt;
    if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    const std::string_view payload = token.substr(first + 1, second - first - 1);
    if (payload.empty()) return std::nullopt;
    return base64_decode(payload, Base64Alphabet::url);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
