// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SAS_SIGNER_HPP
#define MDE_SERVICE_SAS_SIGNER_HPP

/// @file
/// Links that say when they end, in the shape of Azure Storage: made by the API, checked by the
/// blob host.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/signer.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/percent.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// From when to when a link is good; whole seconds.
struct SasTimes {
    /// Empty: the link has no `st`.
    std::optional<UtcTime> start;
    /// `se`.
    UtcTime expiry{};

    friend bool operator==(const SasTimes&, const SasTimes&) = default;
};

namespace detail {

inline constexpr std::string_view sas_version = "2021-08-06";

MDE_DECL std::string sas_date(UtcTime utc);

MDE_DECL std::string percent_encoded(std::string_view text);

/// What is signed: the path and every parameter but the signature.
template <Signer S>
std::string sas_signature(const S& signer, std::string_view path, std::string_view start,
                          std::string_view expiry) {
    std::string text(path);
    for (const std::string_view part :
         {start, expiry, std::string_view("r"), std::string_view("b"), sas_version})
        text.append("\n").append(part);
    const std::string raw = signature_of(signer, "sas", text);
    return base64_encode(std::as_bytes(std::span(raw)), Base64Alphabet::standard);
}

/// The decoded value of a parameter; empty if it is missing or broken.
MDE_DECL std::string sas_value(std::string_view target, std::string_view name);

#if MDE_DEFINITIONS

MDE_DECL std::string sas_date(UtcTime utc) {
    return std::string(
        wire::format_date(UtcTime(std::chrono::floor<std::chrono::seconds>(utc))).view());
}

MDE_DECL std::string percent_encoded(std::string_view text) {
    std::string out;
    wire::append_percent_encoded(out, text);
    return out;
}

MDE_DECL std::string sas_value(std::string_view target, std::string_view name) {
    const auto raw = wire::query_value(target, name);
    return raw ? wire::percent_decoded(*raw, wire::PlusSign::is_plus).value_or("") : std::string();
}

#endif

} // namespace detail

/// The two recorded orders of the parameters.
enum class SasShape {
    /// `sv&st&se&sr&sp&sig`, all of `sig` encoded: the exports.
    exported,
    /// `se&sp&sv&sr&sig`, no `st`, and each `/` of `sig` raw: live-response results.
    live_response,
};

/// Path and query of a link.
template <Signer S>
std::string sas_target(const S& signer, std::string_view path, const SasTimes& times,
                       SasShape shape) {
    const std::string expiry = detail::sas_date(times.expiry);
    const std::string start = times.start ? detail::sas_date(*times.start) : std::string();
    const std::string signature = detail::sas_signature(signer, path, start, expiry);
    const std::string version(detail::sas_version);
    const std::string se = "se=" + detail::percent_encoded(expiry);
    if (shape == SasShape::exported) {
        const std::string st = start.empty() ? "" : "&st=" + detail::percent_encoded(start);
        return std::string(path) + "?sv=" + version + st + '&' + se +
               "&sr=b&sp=r&sig=" + detail::percent_encoded(signature);
    }
    std::string escaped;
    for (const char c : signature)
        escaped += c == '/' ? std::string("/") : detail::percent_encoded(std::string_view(&c, 1));
    return std::string(path) + '?' + se + "&sp=r&sv=" + version + "&sr=b&sig=" + escaped;
}

/// What a target's signature vouches for; empty if it is missing, altered or of another key.
/// Whether the time has come, or run out, is not looked at.
template <Signer S>
std::optional<SasTimes> check_sas(const S& signer, std::string_view target) {
    const std::string start = detail::sas_value(target, "st");
    const std::string expiry = detail::sas_value(target, "se");
    if (detail::sas_value(target, "sp") != "r" || detail::sas_value(target, "sr") != "b" ||
        detail::sas_value(target, "sv") != detail::sas_version)
        return std::nullopt;
    const std::string expected =
        detail::sas_signature(signer, target.substr(0, target.find('?')), start, expiry);
    if (!equal_in_constant_time(detail::sas_value(target, "sig"), expected)) return std::nullopt;
    const result<UtcTime> end = wire::parse_date(expiry);
    const result<UtcTime> begin = wire::parse_date(start);
    if (!end || (!start.empty() && !begin)) return std::nullopt;
    SasTimes times{std::nullopt, *end};
    if (begin) times.start = *begin;
    return times;
}

} // namespace mde::inline MDE_ABI::service

#endif
