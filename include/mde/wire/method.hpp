// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_METHOD_HPP
#define MDE_WIRE_METHOD_HPP

/// @file
/// How a request goes out: method, scheme, header fields.

#include <mde/base/version.hpp>

#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI {

/// What a request does. This API needs no others.
enum class Method {
    /// Changes nothing.
    get,
    /// Changes something, or carries a form.
    post,
};

/// As in the request line.
constexpr std::string_view name_of(Method method) noexcept {
    return method == Method::get ? "GET" : "POST";
}

/// Everything goes over TLS but the metadata service of a cloud's own machines, which has none.
enum class Scheme {
    /// With TLS, and the certificate verified.
    https,
    /// Without TLS.
    http,
};

/// The port that `Host` need not name.
constexpr std::uint16_t default_port(Scheme scheme) noexcept {
    return scheme == Scheme::https ? 443 : 80;
}

/// A view of one header field.
struct HeaderField {
    /// In any case of letters.
    std::string_view name;
    /// Without the space around it.
    std::string_view value;
};

} // namespace mde::inline MDE_ABI

#endif
