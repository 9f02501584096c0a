// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_TOKEN_CODEC_HPP
#define MDE_WIRE_TOKEN_CODEC_HPP

/// @file
/// The answers of the token endpoint (RFC 6749 sections 5.1 and 5.2), both ways.

#include <mde/model/access_token.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// token68 of RFC 9110: what may follow `Bearer `.
constexpr bool is_token68(std::string_view text) noexcept {
    while (text.ends_with('=')) text.remove_suffix(1);
    return !text.empty() &&
           ascii::all(text, [](char c) { return ascii::is_unreserved(c) || c == '+' || c == '/'; });
}

template <>
struct Codec<AccessToken> {
    /// Life counts from the moment the request was sent. Numbers may be strings (managed identity).
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
    static result<AccessToken> decode(const Answer& answer) {
        WipingResource memory;
        const result<json::object> document =
            parse_json_object(answer.body, json::storage_ptr(&memory));
        if (!document) return document.error();
        Members members(*document);
        const auto lifetime = members.integer("expires_in");
        const auto type = members.string("token_type");
        const json::value* token = members.find("access_token");
        const bool bearer = type && ascii::equal_ignoring_case(*type, "Bearer");
        if (!members.ok() || !bearer || token == nullptr || !token->is_string())
            return make_error_code(errc::malformed_answer);
        const std::string_view text = token->get_string();
        if (text.size() > bounds::access_token || !is_token68(text) || !lifetime || *lifetime <= 0)
            return make_error_code(errc::malformed_answer);
        const std::chrono::seconds life((std::min)(*lifetime, std::int64_t(48 * 3600)));
        return AccessToken(Secret(text), saturating_add(answer.sent.monotonic, life));
    }

    static std::string encode(std::string_view token, std::chrono::seconds life) {
        return json::serialize(json::object{{"token_type", "Bearer"},
                                            {"expires_in", life.count()},
                                            {"ext_expires_in", life.count()},
                                            {"access_token", token}});
    }
};

/// A refusal, as the endpoint wrote it; not yet safe to show.
struct TokenError {
    /// `invalid_client`, `authorization_pending`, ...
    std::string error;
    std::string description;
    /// To give to support.
    std::string trace_id;

    friend bool operator==(const TokenError&, const TokenError&) = default;
};

/// Empty texts where the body is not that shape.
inline TokenError decode_token_error(std::string_view body) {
    const result<json::object> document = parse_json_object(body);
    if (!document) return {};
    Members members(*document);
    return {members.string("error").value_or(""), members.string("error_description").value_or(""),
            members.string("trace_id").value_or("")};
}

inline std::string encode_token_error(const TokenError& error) {
    return json::serialize(json::object{{"error", error.error},
                                        {"error_description", error.description},
                                        {"trace_id", error.trace_id}});
}

} // namespace mde::inline MDE_ABI::wire

#endif
