// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_STORED_TOKEN_CODEC_HPP
#define MDE_WIRE_STORED_TOKEN_CODEC_HPP

/// @file
/// A stored token as JSON, both ways, in memory that is wiped.

#include <mde/base/linkage.hpp>
#include <mde/model/stored_token.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/json_text.hpp>
#include <mde/wire/token_codec.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// One line without a line break at its end.
MDE_DECL Secret encode_stored_token(const StoredToken& token);

/// Reads it again.
/// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
MDE_DECL result<StoredToken> decode_stored_token(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL Secret encode_stored_token(const StoredToken& token) {
    Secret text;
    text.reserve(256 + token.access_token.size() + token.refresh_token.size());
    const auto add = [&](std::string_view name, std::string_view value) {
        text.append(name);
        append_json_string(text, value);
    };
    add(R"({"schema":)", "mde-token-1");
    add(R"(,"obtained":)", format_date(token.obtained_at).view());
    add(R"(,"expires":)", format_date(token.expires_at).view());
    add(R"(,"accessToken":)", token.access_token.expose());
    add(R"(,"refreshToken":)", token.refresh_token.expose());
    text.append("}");
    return text;
}

MDE_DECL result<StoredToken> decode_stored_token(std::string_view text) {
    WipingResource memory;
    const result<json::object> document = parse_json_object(text, json::storage_ptr(&memory));
    if (!document) return document.error();
    Members members(*document);
    const result<UtcTime> obtained = parse_date(members.string("obtained").value_or(""));
    const result<UtcTime> expires = parse_date(members.string("expires").value_or(""));
    auto access = detail::token_member(members, "accessToken", is_token68);
    auto refresh = detail::token_member(members, "refreshToken", detail::is_printable_text);
    if (members.string("schema") != "mde-token-1" || !obtained || !expires || !access || !refresh ||
        !members.ok())
        return make_error_code(errc::malformed_answer);
    return StoredToken{std::move(*access), *obtained, *expires, std::move(*refresh)};
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
