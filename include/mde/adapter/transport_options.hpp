// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_TRANSPORT_OPTIONS_HPP
#define MDE_ADAPTER_TRANSPORT_OPTIONS_HPP

/// @file
/// Time limits of a connection's stages, and the way out.

#include <mde/adapter/proxy.hpp>
#include <mde/base/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace mde::inline MDE_ABI {

/// What a `BeastTransport` may be told. A value.
struct TransportOptions {
    /// One attempt to connect to one address.
    Duration connect_limit = std::chrono::seconds(10);
    /// The TLS handshake.
    Duration tls_limit = std::chrono::seconds(10);
    /// From the end of the request to the end of the answer's head.
    Duration head_limit = std::chrono::seconds(30);
    /// Between two pieces of a body.
    Duration idle_limit = std::chrono::seconds(30);
    /// Over each `idle_limit` spent waiting, a body brings at least this many bytes a second:
    /// a server that drips is not alive.
    std::size_t speed_floor = 1024;
    /// Connections kept open per server, for the next call.
    std::size_t idle_connections = 8;
    /// TLS sessions kept per server, so that the next connection to it need not begin from nothing.
    std::size_t tls_sessions = 8;
    /// None by default.
    Proxy proxy;
    /// The one server that is spoken to without TLS: the metadata service of the machine's own
    /// cloud ("How to use managed identities ... to acquire an access token"). Any other request of
    /// `Scheme::http` is refused before a socket is opened. The proxy is never used for it.
    std::string metadata_host = "169.254.169.254";
    /// Of that server.
    std::uint16_t metadata_port = 80;
};

} // namespace mde::inline MDE_ABI

#endif
