// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_ENDPOINT_HPP
#define MDE_MODEL_ENDPOINT_HPP

/// @file
/// A server to talk to over TLS: a host and a port, and nothing else of a URL.

#include <mde/base/ascii.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// The host part of a URL as this SDK accepts it: letters, digits, dashes and dots, no empty label,
/// at most 253 bytes. No percent-encoding, no IPv6 literal, no underscore.
constexpr bool is_plain_host(std::string_view host) noexcept {
    if (host.empty() || host.size() > 253) return false;
    char before = '.';
    for (const char c : host) {
        if (!ascii::is_alnum(c) && c != '-' && c != '.') return false;
        if (c == '.' && before == '.') return false;
        before = c;
    }
    return before != '.';
}

/// A port number as text: 1 to 65535, no sign, no leading zero.
constexpr std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || text.front() == '0') return std::nullopt;
    unsigned value = 0;
    for (const char c : text) {
        if (!ascii::is_digit(c)) return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

/// `https://host[:port]`. There is no way to write one with another scheme, a user, a path or a
/// query. Distinct objects: safe. Shared objects: unsafe.
class Endpoint {
  public:
    /// The empty endpoint, to which nothing can be sent.
    constexpr Endpoint() noexcept = default;

    /// Accepts `https://host`, `https://host:port`, each with or without one `/` at the end.
    /// @par Errors errc::malformed_endpoint
    static result<Endpoint> parse(std::string_view url) noexcept;

    /// For literals only: an ill-formed one does not compile.
    static consteval Endpoint literal(std::string_view url) {
        Endpoint endpoint;
        check_literal(endpoint.read(url));
        return endpoint;
    }

    /// In lower case; empty for the empty endpoint.
    constexpr std::string_view host() const noexcept { return host_.view(); }
    /// From 1 to 65535; 443 unless another one was given.
    constexpr std::uint16_t port() const noexcept { return port_; }
    /// Whether nothing can be sent to it.
    constexpr bool empty() const noexcept { return host_.empty(); }

    /// `https://host` with `:port` unless it is 443.
    constexpr FixedText<272> url() const noexcept {
        FixedText<272> text("https://");
        text.append(host_);
        if (port_ != 443) {
            text.append(':');
            text.append_number(port_);
        }
        return text;
    }

    friend constexpr bool operator==(const Endpoint&, const Endpoint&) noexcept = default;

  private:
    /// Never defined: its name is what the compiler prints.
    static void an_endpoint_is_https_host_and_optional_port();

    static constexpr void check_literal(bool ok) {
        if (!ok) an_endpoint_is_https_host_and_optional_port();
    }

    /// Into an empty one; what a refused text leaves is thrown away.
    constexpr bool read(std::string_view url) noexcept {
        constexpr std::string_view scheme = "https://";
        if (!ascii::starts_with_ignoring_case(url, scheme)) return false;
        url.remove_prefix(scheme.size());
        if (url.ends_with('/')) url.remove_suffix(1);
        const std::size_t colon = url.find(':');
        if (colon != std::string_view::npos) {
            const std::optional<std::uint16_t> port = parse_port(url.substr(colon + 1));
            if (!port) return false;
            port_ = *port;
        }
        const std::string_view host = url.substr(0, colon);
        if (!is_plain_host(host)) return false;
        for (const char c : host) host_.append(ascii::to_lower(c));
        return true;
    }

    FixedText<253> host_;
    std::uint16_t port_ = 443;
};

namespace literals {

/// `"https://api.security.microsoft.com"_endpoint`; anything but https does not compile.
consteval Endpoint operator""_endpoint(const char* text, std::size_t size) {
    return Endpoint::literal({text, size});
}

} // namespace literals

#if MDE_DEFINITIONS

MDE_DECL result<Endpoint> Endpoint::parse(std::string_view url) noexcept {
    Endpoint endpoint;
    if (!endpoint.read(url)) return make_error_code(errc::malformed_endpoint);
    return endpoint;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
