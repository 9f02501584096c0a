// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_TOKEN_CODEC_HPP
#define MDE_WIRE_TOKEN_CODEC_HPP

/// @file
/// The answers of the token endpoint (RFC 6749 sections 5.1 and 5.2), both ways.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/access_token.hpp>
#include <mde/wire/codec.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
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

/// What the token endpoint gives. Move-only.
struct TokenSet {
    /// For the API.
    AccessToken access;
    /// Trades for the next access token without asking anybody; empty mostly. Only a sign-in with a
    /// device code that asked for `offline_access` brings one.
    Secret refresh;
};

namespace detail {

/// Empty if `name` is absent or "", as managed identities write it; nothing if it is not a text of
/// `is_allowed` within the bound.
template <class Predicate>
std::optional<Secret> token_member(const Members& members, std::string_view name,
                                   Predicate is_allowed) {
    const json::value* value = members.find(name);
    if (value == nullptr) return Secret();
    if (!value->is_string()) return std::nullopt;
    const std::string_view text = value->get_string();
    if (text.empty()) return Secret();
    if (text.size() > bounds::access_token || !is_allowed(text)) return std::nullopt;
    return Secret(text);
}

constexpr bool is_printable_text(std::string_view text) noexcept {
    return ascii::all(text, ascii::is_printable);
}

} // namespace detail

/// The answer of the token endpoint.
template <>
struct Codec<TokenSet> {
    /// Life counts from the moment the request was sent. Numbers may be strings (managed identity).
    /// @par Errors errc::malformed_answer, errc::duplicate_member, errc::answer_too_large
    static result<TokenSet> decode(const Answer& answer);

    /// An empty refresh token is left out.
    static std::string encode(std::string_view token, std::string_view refresh,
                              std::chrono::seconds life);
};

/// The same without a refresh token.
template <>
struct Codec<AccessToken> {
    /// As `TokenSet`, of which a refresh token is dropped.
    static result<AccessToken> decode(const Answer& answer);

    /// As that of `TokenSet`.
    static std::string encode(std::string_view token, std::chrono::seconds life);
};

/// A refusal, as the endpoint wrote it; not yet safe to show.
struct TokenError {
    /// `invalid_client`, `authorization_pending`, ...
    std::string error;
    /// `error_description`, for people.
    std::string description;
    /// To give to support.
    std::string trace_id;
    /// The first number of `error_codes`, which stands behind `AADSTS` in descriptions; zero: none.
    std::int64_t number = 0;

    friend bool operator==(const TokenError&, const TokenError&) = default;
};

/// Empty texts where the body is not that shape.
MDE_DECL TokenError decode_token_error(std::string_view body);

/// For the service side.
MDE_DECL std::string encode_token_error(const TokenError& error);

#if MDE_DEFINITIONS

MDE_DECL result<TokenSet> Codec<TokenSet>::decode(const Answer& answer) {
    WipingResource memory;
    const result<json::object> document =
        parse_json_object(answer.body, json::storage_ptr(&memory));
    if (!document) return document.error();
    Members members(*document);
    const auto lifetime = members.integer("expires_in");
    const auto type = members.string("token_type");
    auto token = detail::token_member(members, "access_token", is_token68);
    auto refresh = detail::token_member(members, "refresh_token", detail::is_printable_text);
    const bool bearer = type && ascii::equal_ignoring_case(*type, "Bearer");
    if (!members.ok() || !bearer || !token || token->empty() || !refresh || !lifetime ||
        *lifetime <= 0)
        return make_error_code(errc::malformed_answer);
    const std::chrono::seconds life((std::min)(*lifetime, std::int64_t(48 * 3600)));
    return TokenSet{AccessToken(std::move(*token), saturating_add(answer.sent.monotonic, life)),
                    std::move(*refresh)};
}

MDE_DECL std::string Codec<TokenSet>::encode(std::string_view token, std::string_view refresh,
                                             std::chrono::seconds life) {
    json::object document{{"token_type", "Bearer"},
                          {"expires_in", life.count()},
                          {"ext_expires_in", life.count()},
                          {"access_token", token}};
    if (!refresh.empty()) document["refresh_token"] = refresh;
    return json::serialize(document);
}

MDE_DECL result<AccessToken> Codec<AccessToken>::decode(const Answer& answer) {
    result<TokenSet> tokens = Codec<TokenSet>::decode(answer);
    if (!tokens) return tokens.error();
    return std::move(tokens->access);
}

MDE_DECL std::string Codec<AccessToken>::encode(std::string_view token, std::chrono::seconds life) {
    return Codec<TokenSet>::encode(token, {}, life);
}

MDE_DECL TokenError decode_token_error(std::string_view body) {
    const result<json::object> document = parse_json_object(body);
    if (!document) return {};
    Members members(*document);
    TokenError error{members.string("error").value_or(""),
                     members.string("error_description").value_or(""),
                     members.string("trace_id").value_or("")};
    if (const json::array* numbers = members.array("error_codes"))
        if (!numbers->empty() && numbers->front().is_int64())
            error.number = numbers->front().get_int64();
    return error;
}

MDE_DECL std::string encode_token_error(const TokenError& error) {
    json::object document{{"error", error.error},
                          {"error_description", error.description},
                          {"trace_id", error.trace_id}};
    if (error.number != 0) document["error_codes"] = json::array{error.number};
    return json::serialize(document);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
