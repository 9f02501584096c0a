// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_LINK_GRAMMAR_HPP
#define MDE_WIRE_LINK_GRAMMAR_HPP

/// @file
/// Which texts are links: https, a plain host, RFC 3986 characters; cut apart, never rewritten.
///
/// Boost.URL is not asked here. In 1.81 it cuts `https://127.0.0.1.trusted.example/` after the
/// fourth number, wraps ports modulo 65536 and decodes hosts; a link is a secret that must reach
/// its host byte for byte, so it is split by a grammar small enough to be read. A test holds the
/// two against each other.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/char_set.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/package_uri.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// pchar, `/` and `?` of RFC 3986, and the `%` of an escape.
inline constexpr CharSet target_chars([](char c) {
    return ascii::is_unreserved(c) ||
           std::string_view("!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
});

} // namespace detail

/// True for characters that RFC 3986 allows in a path or a query, with whole escapes.
constexpr bool is_target_text(std::string_view text) noexcept {
    if (!detail::target_chars.holds_all(text)) return false;
    for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 3)) {
        if (text.size() - i < 3 || !ascii::is_hex(text[i + 1]) || !ascii::is_hex(text[i + 2]))
            return false;
    }
    return true;
}

/// Splits an absolute https URL that names a path. User-info, fragments, IPv6 literals, encoded or
/// empty hosts, odd ports and any byte outside RFC 3986 are refused.
/// @par Errors errc::malformed_link
MDE_DECL result<LinkLayout> split_link(std::string_view link) noexcept;

/// The raw value of the first query parameter `name` of a target, escapes and all.
constexpr std::optional<std::string_view> query_value(std::string_view target,
                                                      std::string_view name) noexcept {
    const std::size_t question = target.find('?');
    if (question == std::string_view::npos) return std::nullopt;
    std::string_view query = target.substr(question + 1);
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return pair.substr(equals + 1);
    }
    return std::nullopt;
}

#if MDE_DEFINITIONS

MDE_DECL result<LinkLayout> split_link(std::string_view link) noexcept {
    constexpr std::string_view scheme = "https://";
    const error_code refused = make_error_code(errc::malformed_link);
    if (link.size() > bounds::link || !ascii::starts_with_ignoring_case(link, scheme))
        return refused;
    const std::size_t slash = link.find('/', scheme.size());
    if (slash == std::string_view::npos) return refused;
    const std::string_view authority = link.substr(scheme.size(), slash - scheme.size());
    const std::size_t colon = authority.find(':');

    LinkLayout layout;
    layout.host_begin = scheme.size();
    layout.host_size = colon == std::string_view::npos ? authority.size() : colon;
    layout.target_begin = slash;
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return refused;
        layout.port = *port;
    }
    if (!is_plain_host(authority.substr(0, layout.host_size))) return refused;
    if (!is_target_text(link.substr(slash))) return refused;
    return layout;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
