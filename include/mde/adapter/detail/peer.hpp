// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_PEER_HPP
#define MDE_ADAPTER_DETAIL_PEER_HPP

/// @file
/// The other end of a connection.

#include <mde/base/linkage.hpp>
#include <mde/wire/http_message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::detail {

/// Whom a connection was made to, and how; neither it nor its TLS session is used again for
/// anything else.
struct Peer {
    Scheme scheme = Scheme::https;
    std::string host;
    std::uint16_t port = 443;

    bool is(Scheme other_scheme, std::string_view other_host,
            std::uint16_t other_port) const noexcept;

    friend bool operator==(const Peer&, const Peer&) noexcept = default;
};

#if MDE_DEFINITIONS

MDE_DECL bool Peer::is(Scheme other_scheme, std::string_view other_host,
                       std::uint16_t other_port) const noexcept {
    return scheme == other_scheme && host == other_host && port == other_port;
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
