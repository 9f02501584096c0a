// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_LINK_SIGNER_HPP
#define MDE_SERVICE_LINK_SIGNER_HPP

/// @file
/// Links that cannot be forged and that end: made by the API, checked by the download host.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/service/signer.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/percent.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// The path of every package link.
inline constexpr std::string_view package_path = "/safedownload/WDATP_Investigation_Package.zip";

/// What a link says.
struct LinkClaims {
    /// Of whose package it is.
    MachineActionId action;
    /// When it ends.
    UtcTime expires_at{};
    /// Makes two links for one action differ.
    std::string nonce{};
};

namespace detail {

MDE_DECL std::string base64_of(std::string_view text, Base64Alphabet alphabet);

/// Only what a query cannot hold is escaped, in lower case as the service does: a client that
/// normalises escapes changes the text.
MDE_DECL std::string escaped_token(std::string_view token);

MDE_DECL std::optional<LinkClaims> read_link_claims(std::string_view payload);

#if MDE_DEFINITIONS

MDE_DECL std::string base64_of(std::string_view text, Base64Alphabet alphabet) {
    return base64_encode(std::as_bytes(std::span(text)), alphabet);
}

MDE_DECL std::string escaped_token(std::string_view token) {
    std::string escaped;
    for (const char c : token) {
        switch (c) {
        case '+': escaped.append("%2b"); break;
        case '/': escaped.append("%2f"); break;
        case '=': escaped.append("%3d"); break;
        case ';': escaped.append("%3b"); break;
        default: escaped.push_back(c);
        }
    }
    return escaped;
}

MDE_DECL std::optional<LinkClaims> read_link_claims(std::string_view payload) {
    const std::size_t first = payload.find('|');
    const std::size_t second = payload.find('|', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const auto action = MachineActionId::parse(payload.substr(0, first));
    const auto expiry = wire::parse_length(payload.substr(first + 1, second - first - 1));
    if (!action || !expiry) return std::nullopt;
    return LinkClaims{*action, UtcTime(Ticks(static_cast<std::int64_t>(*expiry))),
                      std::string(payload.substr(second + 1))};
}

#endif

} // namespace detail

/// Path and query of a link: `/safedownload/WDATP_Investigation_Package.zip?token=...`.
template <Signer S>
std::string link_target(const S& signer, const LinkClaims& claims) {
    const std::string payload = std::string(claims.action.text()) + '|' +
                                std::to_string(claims.expires_at.time_since_epoch().count()) + '|' +
                                claims.nonce;
    const std::string token =
        detail::base64_of(payload, Base64Alphabet::standard) + ';' +
        detail::base64_of(signature_of(signer, "link", payload), Base64Alphabet::standard);
    return std::string(package_path) + "?token=" + detail::escaped_token(token);
}

/// The whole link. The port is written even if it is 443, as the service does.
template <Signer S>
std::string link_url(const S& signer, const LinkClaims& claims, std::string_view host,
                     std::uint16_t port) {
    return "https://" + std::string(host) + ':' + std::to_string(port) +
           link_target(signer, claims);
}

/// What the token of a target says; empty if the token is missing, altered or of another key.
/// Whether it has expired is not looked at.
template <Signer S>
std::optional<LinkClaims> check_link(const S& signer, std::string_view target) {
    const auto raw = wire::query_value(target, "token");
    if (!raw) return std::nullopt;
    const auto token = wire::percent_decoded(*raw, wire::PlusSign::is_plus);
    if (!token) return std::nullopt;
    const std::size_t middle = token->find(';');
    if (middle == std::string::npos) return std::nullopt;
    const std::string_view text = *token;
    const auto payload = base64_decode(text.substr(0, middle), Base64Alphabet::standard);
    const auto signature = base64_decode(text.substr(middle + 1), Base64Alphabet::standard);
    if (!payload || !signature) return std::nullopt;
    if (!equal_in_constant_time(*signature, signature_of(signer, "link", *payload)))
        return std::nullopt;
    return detail::read_link_claims(*payload);
}

} // namespace mde::inline MDE_ABI::service

#endif
