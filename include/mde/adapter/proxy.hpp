// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_PROXY_HPP
#define MDE_ADAPTER_PROXY_HPP

/// @file
/// An HTTP proxy that connections are tunnelled through, and which hosts go without it.

#include <mde/base/ascii.hpp>
#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/wire/percent.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// `http://[user:password@]host[:port]`. Only the CONNECT method is used, so the proxy sees host
/// names and sizes, never a token or a link. The SDK reads no environment: a program that wants
/// `HTTPS_PROXY` and `NO_PROXY` passes their values. Distinct objects: safe. Shared: unsafe.
class Proxy {
  public:
    /// No proxy.
    Proxy() = default;

    /// `user` and `password` are percent-decoded; without a port it is 8080.
    /// @par Errors errc::malformed_endpoint
    static result<Proxy> parse(std::string_view url);

    /// Hosts that go without the proxy, as in `NO_PROXY`: names that cover what lies below them,
    /// separated by commas; `*` means all.
    void set_exceptions(std::string_view list);

    /// Whether connections to `host` go through the proxy.
    bool applies_to(std::string_view host) const noexcept;

    /// Empty without a proxy.
    const std::string& host() const noexcept { return host_; }
    /// 8080 unless the URL says otherwise.
    std::uint16_t port() const noexcept { return port_; }
    /// The value of `Proxy-Authorization`; empty without a user.
    const Secret& authorization() const noexcept { return authorization_; }

  private:
    static bool covers(std::string_view domain, std::string_view host) noexcept;

    std::string host_;
    std::uint16_t port_ = 8080;
    Secret authorization_;
    std::vector<std::string> exceptions_;
};

#if MDE_DEFINITIONS

MDE_DECL result<Proxy> Proxy::parse(std::string_view url) {
    const error_code refused = make_error_code(errc::malformed_endpoint);
    constexpr std::string_view scheme = "http://";
    if (!ascii::starts_with_ignoring_case(url, scheme)) return refused;
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    Proxy proxy;
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
        Secret user;
        user.reserve(at + 1);
        if (!wire::append_percent_decoded(user, url.substr(0, at), wire::PlusSign::is_plus) ||
            user.expose().find(':') == std::string_view::npos)
            return refused;
        proxy.authorization_.append("Basic ");
        append_base64(proxy.authorization_, std::as_bytes(std::span(user.expose())),
                      Base64Alphabet::standard);
        url.remove_prefix(at + 1);
    }
    const std::size_t colon = url.find(':');
    if (colon != std::string_view::npos) {
        const auto port = parse_port(url.substr(colon + 1));
        if (!port) return refused;
        proxy.port_ = *port;
    }
    if (!is_plain_host(url.substr(0, colon))) return refused;
    proxy.host_ = url.substr(0, colon);
    return proxy;
}

MDE_DECL void Proxy::set_exceptions(std::string_view list) {
    exceptions_.clear();
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view one = ascii::trimmed(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        if (one.starts_with('.')) one.remove_prefix(1);
        if (!one.empty()) exceptions_.emplace_back(one);
    }
}

MDE_DECL bool Proxy::applies_to(std::string_view host) const noexcept {
    if (host_.empty()) return false;
    for (const std::string& exception : exceptions_)
        if (exception == "*" || covers(exception, host)) return false;
    return true;
}

MDE_DECL bool Proxy::covers(std::string_view domain, std::string_view host) noexcept {
    if (ascii::equal_ignoring_case(domain, host)) return true;
    return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
           ascii::equal_ignoring_case(domain, host.substr(host.size() - domain.size()));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
