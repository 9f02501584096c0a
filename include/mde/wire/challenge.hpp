// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CHALLENGE_HPP
#define MDE_WIRE_CHALLENGE_HPP

/// @file
/// What a 401 demands of the next token: the claims challenge in `WWW-Authenticate`.

#include <mde/base/ascii.hpp>
#include <mde/base/base64.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// Takes the next `name=value` of a challenge off its front; a quoted value loses its quotes, and
/// may hold commas. Empty at the end and at what cannot be read.
struct ChallengeParameter {
    std::string_view name;
    std::string_view value;

    static std::optional<ChallengeParameter> take(std::string_view& rest) noexcept;
};

/// Both alphabets and missing padding were seen.
MDE_DECL std::optional<std::string> decode_any_base64(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::optional<ChallengeParameter>
ChallengeParameter::take(std::string_view& rest) noexcept {
    const std::size_t begin = rest.find_first_not_of(" \t,");
    if (begin == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(begin);
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    ChallengeParameter found{ascii::trimmed(rest.substr(0, equals)), {}};
    // A scheme stands before its first parameter.
    const std::size_t space = found.name.find_last_of(" \t");
    if (space != std::string_view::npos) found.name.remove_prefix(space + 1);
    rest.remove_prefix(equals + 1);
    const bool quoted = rest.starts_with('"');
    if (quoted) rest.remove_prefix(1);
    const std::size_t end = quoted ? rest.find('"') : rest.find_first_of(" \t,");
    if (quoted && end == std::string_view::npos) return std::nullopt;
    found.value = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return found;
}

MDE_DECL std::optional<std::string> decode_any_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string url(text);
    for (char& c : url) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return base64_decode(url, Base64Alphabet::url);
}

#endif

} // namespace detail

/// The JSON object that is to be sent as `claims` with the next token request, if `field` is a
/// challenge of that kind. Source: "Claims challenges, claims requests and client capabilities".
MDE_DECL std::optional<std::string> claims_of_challenge(std::string_view field);

#if MDE_DEFINITIONS

MDE_DECL std::optional<std::string> claims_of_challenge(std::string_view field) {
    bool asked = false;
    std::optional<std::string_view> encoded;
    while (const auto parameter = detail::ChallengeParameter::take(field)) {
        if (ascii::equal_ignoring_case(parameter->name, "error"))
            asked = parameter->value == "insufficient_claims";
        if (ascii::equal_ignoring_case(parameter->name, "claims")) encoded = parameter->value;
    }
    if (!asked || !encoded || encoded->size() > bounds::claims) return std::nullopt;
    std::optional<std::string> claims = detail::decode_any_base64(*encoded);
    if (!claims || !parse_json_object(*claims)) return std::nullopt;
    return claims;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
