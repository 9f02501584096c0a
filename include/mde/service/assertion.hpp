// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ASSERTION_HPP
#define MDE_SERVICE_ASSERTION_HPP

/// @file
/// A signed assertion (JWT, RFC 7523) taken apart; nothing of it is believed here.

#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// What it says.
struct Assertion {
    /// `alg`.
    std::string algorithm;
    /// `x5t#S256`, else `x5t`, else `kid`.
    std::string thumbprint;
    /// `iss`.
    std::string issuer;
    /// `sub`.
    std::string subject;
    /// One text or a list of them, as the claim may be.
    std::vector<std::string> audiences;
    /// `jti`.
    std::string id;
    /// In seconds since 1970.
    std::int64_t not_before = 0;
    /// In seconds since 1970.
    std::int64_t expires = 0;
    /// Views the text that was read.
    std::string_view signing_input;
    /// In raw bytes.
    std::string signature;

    /// Whether `audience` is one of those it is for.
    bool is_for(std::string_view audience) const;
};

namespace detail {

MDE_DECL std::optional<wire::json::object> read_assertion_part(std::string_view text);

MDE_DECL void read_audiences(const wire::json::object& claims, Assertion& assertion);

#if MDE_DEFINITIONS

MDE_DECL std::optional<wire::json::object> read_assertion_part(std::string_view text) {
    const auto bytes = base64_decode(text, Base64Alphabet::url);
    if (!bytes) return std::nullopt;
    auto document = wire::parse_json_object(*bytes);
    if (!document) return std::nullopt;
    return std::move(*document);
}

MDE_DECL void read_audiences(const wire::json::object& claims, Assertion& assertion) {
    const wire::json::value* audience = claims.if_contains("aud");
    if (audience == nullptr) return;
    if (audience->is_string()) assertion.audiences.emplace_back(audience->get_string());
    if (!audience->is_array()) return;
    for (const wire::json::value& one : audience->get_array())
        if (one.is_string()) assertion.audiences.emplace_back(one.get_string());
}

#endif

} // namespace detail

/// Empty if it is not three parts in base64url of which two are JSON, or a claim has another type
/// than it must have. A claim that is absent is empty.
MDE_DECL std::optional<Assertion> read_assertion(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL bool Assertion::is_for(std::string_view audience) const {
    return std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
}

MDE_DECL std::optional<Assertion> read_assertion(std::string_view text) {
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto header = detail::read_assertion_part(text.substr(0, first));
    const auto claims = detail::read_assertion_part(text.substr(first + 1, last - first - 1));
    auto signature = base64_decode(text.substr(last + 1), Base64Alphabet::url);
    if (!header || !claims || !signature) return std::nullopt;
    wire::Members head(*header);
    wire::Members body(*claims);
    Assertion assertion;
    assertion.algorithm = head.string("alg").value_or("");
    for (const std::string_view name : {"x5t#S256", "x5t", "kid"})
        if (assertion.thumbprint.empty()) assertion.thumbprint = head.string(name).value_or("");
    assertion.issuer = body.string("iss").value_or("");
    assertion.subject = body.string("sub").value_or("");
    assertion.id = body.string("jti").value_or("");
    assertion.not_before = body.integer("nbf").value_or(0);
    assertion.expires = body.integer("exp").value_or(0);
    detail::read_audiences(*claims, assertion);
    assertion.signing_input = text.substr(0, last);
    assertion.signature = std::move(*signature);
    if (!head.ok() || !body.ok()) return std::nullopt;
    return assertion;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
