// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_PROXY_TUNNEL_HPP
#define MDE_ADAPTER_DETAIL_PROXY_TUNNEL_HPP

/// @file
/// The way through a proxy (RFC 9110 section 9.3.6): who takes it, and how it is opened.

#include <mde/adapter/detail/head_parser.hpp>
#include <mde/adapter/detail/io_result.hpp>
#include <mde/adapter/detail/sending.hpp>
#include <mde/base/bounds.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <string>

namespace mde::inline MDE_ABI::detail {

/// True if the connection goes through the proxy. The metadata service is this machine's own: no
/// proxy could reach it, and none should see its token.
template <class Executor>
bool is_proxied(const Sending<Executor>& sending) noexcept {
    const Peer& peer = sending.connection->peer;
    return peer.scheme == Scheme::https && sending.options->proxy.applies_to(peer.host);
}

/// The words to the proxy; the request waits in a text of its own.
template <class Executor>
void prepare_tunnel(Sending<Executor>& sending) {
    const Peer& peer = sending.connection->peer;
    const std::string authority = peer.host + ':' + std::to_string(peer.port);
    const Secret& authorization = sending.options->proxy.authorization();
    sending.tunnel.append("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n");
    if (!authorization.empty()) {
        sending.tunnel.append("Proxy-Authorization: ");
        sending.tunnel.append(authorization.expose());
        sending.tunnel.append("\r\n");
    }
    sending.tunnel.append("\r\n");
}

/// Says the words, then reads the proxy's head, as far as that goes without waiting; `done` once
/// the tunnel stands.
template <class Executor>
IoResult advance_tunnel(Sending<Executor>& sending) {
    Connection<Executor>& conn = *sending.connection;
    error_code ec;
    while (!sending.tunnel.empty()) {
        const auto rest = sending.tunnel.expose().substr(sending.written);
        sending.written += conn.socket.write_some(net::buffer(rest.data(), rest.size()), ec);
        if (ec) return {is_would_block(ec) ? IoState::want_write : IoState::failed, 0, ec};
        if (sending.written < sending.tunnel.size()) continue;
        sending.written = 0;
        sending.tunnel.clear();
    }
    // Byte by byte: what follows the proxy's head belongs to TLS.
    while (head_size(conn.pending()) == 0) {
        const auto room = conn.room(512, bounds::response_head);
        if (room.empty()) return {IoState::failed, 0, make_error_code(errc::malformed_head)};
        conn.filled(conn.socket.read_some(net::buffer(room.data(), 1), ec));
        if (ec) return {is_would_block(ec) ? IoState::want_read : IoState::failed, 0, ec};
    }
    const result<ParsedHead> parsed = parse_head(conn.pending(), conn.head);
    conn.consume(conn.pending().size());
    if (!parsed || conn.head.status() < 200 || conn.head.status() > 299)
        return {IoState::failed, 0, make_error_code(errc::proxy_refused)};
    return {};
}

} // namespace mde::inline MDE_ABI::detail

#endif
