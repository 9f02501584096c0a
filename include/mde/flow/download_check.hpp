// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DOWNLOAD_CHECK_HPP
#define MDE_FLOW_DOWNLOAD_CHECK_HPP

/// @file
/// Whether what the download host answers can be what was asked for, before a byte of it is stored.

#include <mde/base/ascii.hpp>
#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/content_kind.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mde::inline MDE_ABI::flow {

/// What a status of the download host means. How the host refuses an expired link is documented
/// nowhere, so every 4xx that can mean it does.
MDE_DECL error_code error_of_download_status(unsigned status) noexcept;

/// Whether a status sends the client somewhere else, with the same request.
constexpr bool is_redirect(unsigned status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Media types that a download is never sent as: an error page with status 200 has one of these.
/// Which one a package has is documented nowhere, so the others pass and the bytes decide. A blob
/// has the one that its maker gave it: only those of error pages are refused then.
constexpr bool is_refused_media_type(std::string_view type, ContentKind kind) noexcept {
    type = ascii::trimmed(type.substr(0, type.find(';')));
    if (ascii::equal_ignoring_case(type, "text/html") ||
        ascii::equal_ignoring_case(type, "text/xml") ||
        ascii::equal_ignoring_case(type, "application/xml") ||
        ascii::equal_ignoring_case(type, "application/problem+json") ||
        ascii::equal_ignoring_case(type, "application/xhtml+xml"))
        return true;
    return kind == ContentKind::zip && (ascii::starts_with_ignoring_case(type, "text/") ||
                                        ascii::equal_ignoring_case(type, "application/json"));
}

/// A coding that nobody asked for would be stored in place of the content. A blob may be kept in
/// gzip by its maker: it is stored as it is kept.
constexpr bool is_refused_coding(std::optional<std::string_view> coding,
                                 ContentKind kind) noexcept {
    if (!coding) return false;
    return kind == ContentKind::zip || !ascii::equal_ignoring_case(*coding, "gzip");
}

/// Only a zip proves by itself that it has ended; see `ContentKind`.
constexpr bool is_provable(const wire::BodyFraming& framing, ContentKind kind) noexcept {
    return kind == ContentKind::zip || framing.end != wire::BodyEnd::by_close;
}

/// True if an error body says that the link has expired, as `Expired token` does.
MDE_DECL bool speaks_of_expiry(std::span<const std::byte> body) noexcept;

#if MDE_DEFINITIONS

MDE_DECL error_code error_of_download_status(unsigned status) noexcept {
    switch (status) {
    case 200: return {};
    case 400:
    case 401:
    case 403:
    case 404:
    case 410: return make_error_code(errc::link_dead);
    case 429: return make_error_code(errc::throttled);
    default: break;
    }
    if (status >= 500 && status <= 599) return make_error_code(errc::service_unavailable);
    return make_error_code(errc::unexpected_status);
}

MDE_DECL bool speaks_of_expiry(std::span<const std::byte> body) noexcept {
    constexpr std::string_view word = "expired";
    const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (ascii::equal_ignoring_case(text.substr(at, word.size()), word)) return true;
    return false;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
