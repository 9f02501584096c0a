// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SENDING_HPP
#define MDE_ADAPTER_DETAIL_SENDING_HPP

/// @file
/// What the sending operation knows, and what it makes of the head that comes back.

#include <mde/adapter/detail/connection.hpp>
#include <mde/adapter/detail/head_parser.hpp>
#include <mde/adapter/transport_options.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/secret.hpp>
#include <mde/wire/body_framing.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// The state of the sending operation; it lives as long as that and is used on the strand only.
template <class Executor>
struct Sending {
    std::shared_ptr<Connection<Executor>> connection;
    const TransportOptions* options = nullptr;
    SSL_CTX* tls = nullptr;
    /// Head and body of the request; wiped at the end.
    Secret text;
    /// What is said to a proxy first.
    Secret tunnel;
    std::size_t written = 0;
    std::vector<net::ip::tcp::endpoint> addresses;
    std::size_t next_address = 0;
    /// The connection carried another exchange before; it may have been closed since.
    bool reused = false;
    /// After a failure the request may be sent again without harm.
    bool repeatable = false;
    Answered answered = Answered::openly;
    unsigned interim = 0;
};

/// Parses the head in the first `size` pending bytes; an interim answer is dropped, within a bound.
/// @par Errors errc::malformed_head
template <class Executor>
error_code take_head(Sending<Executor>& sending, std::size_t size) {
    Connection<Executor>& conn = *sending.connection;
    const result<ParsedHead> parsed = parse_head(conn.pending().substr(0, size), conn.head);
    conn.consume(size);
    if (!parsed) return parsed.error();
    if (conn.head.status() < 200) {
        // 101 would hand the connection to another protocol that nobody asked for.
        const bool refused =
            conn.head.status() == 101 || ++sending.interim > bounds::interim_answers;
        return refused ? make_error_code(errc::malformed_head) : error_code();
    }
    const result<wire::BodyFraming> framing = wire::body_framing(conn.head);
    if (!framing) return framing.error();
    conn.framing = *framing;
    conn.body_left = framing->length;
    conn.body_done = framing->end == wire::BodyEnd::by_length && framing->length == 0;
    conn.chunks = {};
    conn.waited = {};
    conn.arrived = 0;
    conn.keep_alive = parsed->keep_alive && framing->end != wire::BodyEnd::by_close;
    return {};
}

} // namespace mde::inline MDE_ABI::detail

#endif
