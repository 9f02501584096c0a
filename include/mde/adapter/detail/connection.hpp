// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_CONNECTION_HPP
#define MDE_ADAPTER_DETAIL_CONNECTION_HPP

/// @file
/// One connection with its strand, its watchdog and what has arrived but was not read yet.

#include <mde/adapter/detail/byte_stream.hpp>
#include <mde/adapter/detail/peer.hpp>
#include <mde/adapter/detail/read_buffer.hpp>
#include <mde/adapter/detail/session_cache.hpp>
#include <mde/adapter/transport_options.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/chunked_body.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

namespace net = boost::asio;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Everything here runs on the strand, but for what is said to run anywhere.
template <class Executor>
class Connection : public std::enable_shared_from_this<Connection<Executor>> {
  public:
    using Strand = net::strand<Executor>;
    using Socket = net::basic_stream_socket<net::ip::tcp, Strand>;
    using Resolver = net::ip::basic_resolver<net::ip::tcp, Strand>;
    using Timer = typename net::steady_timer::template rebind_executor<Strand>::other;

    Connection(const Strand& strand_, SSL_CTX* context, std::shared_ptr<SessionCache> sessions_,
               Peer peer_)
        : strand(strand_),
          socket(strand),
          resolver(strand),
          timer(strand),
          peer(std::move(peer_)),
          sessions(std::move(sessions_)),
          stream(peer.scheme, context, socket) {}

    /// From now on `limit` is allowed, and never more than to the end of the whole exchange.
    void allow(Duration limit) {
        const auto now = std::chrono::steady_clock::now();
        const auto most = std::chrono::duration_cast<Duration>(last - now);
        deadline_ = now + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                              (std::min)(limit, most));
        if (!watching_)
            watch();
        else if (timer.expiry() > deadline_)
            timer.cancel();
    }

    /// Nothing is being waited for now; the timer is left alone, since another wait is near.
    void pause() noexcept { deadline_ = (SteadyTime::max)(); }

    /// Nothing will be waited for: the timer must not keep its context alive.
    void rest() {
        pause();
        if (watching_) timer.cancel();
    }

    /// True once if the watchdog ended a wait.
    bool take_timed_out() noexcept { return std::exchange(timed_out_, false); }

    std::string_view pending() const noexcept { return buffer_.pending(); }
    void consume(std::size_t size) noexcept { buffer_.consume(size); }
    std::span<std::byte> room(std::size_t piece, std::size_t most) {
        return buffer_.room(piece, most);
    }
    void filled(std::size_t size) noexcept { buffer_.filled(size); }
    void shrink() noexcept { buffer_.shrink(); }

    /// True if the peer has closed, or spoken out of turn: not fit for another request.
    bool is_stale() {
        if (!stream.is_quiet()) return true;
        char peek = 0;
        error_code ec;
        socket.receive(net::buffer(&peek, 1), net::socket_base::message_peek, ec);
        return ec != net::error::would_block && ec != net::error::try_again;
    }

    /// For whoever holds the connection while it pauses, on any thread.
    void close() {
        error_code ignored;
        if (socket.is_open()) stream.close_notify();
        socket.close(ignored);
        timer.cancel();
    }

    Strand strand;
    Socket socket;
    Resolver resolver;
    Timer timer;
    const Peer peer;
    const std::shared_ptr<SessionCache> sessions;
    ByteStream<Socket> stream;

    /// Of the exchange that is under way.
    ResponseHead head;
    wire::BodyFraming framing;
    wire::ChunkedBody chunks;
    std::uint64_t body_left = 0;
    bool body_done = false;
    bool keep_alive = false;
    /// Of the whole exchange.
    SteadyTime last = (SteadyTime::max)();
    /// For the speed floor: time spent waiting, and bytes since that count began.
    Duration waited{};
    std::uint64_t arrived = 0;

  private:
    void watch() {
        watching_ = true;
        timer.expires_at(deadline_);
        timer.async_wait([self = this->shared_from_this()](error_code) {
            self->watching_ = false;
            if (self->deadline_ == (SteadyTime::max)()) return;
            if (std::chrono::steady_clock::now() < self->deadline_) return self->watch();
            self->timed_out_ = true;
            self->deadline_ = (SteadyTime::max)();
            error_code ignored;
            self->resolver.cancel();
            self->socket.cancel(ignored);
        });
    }

    ReadBuffer buffer_;
    SteadyTime deadline_ = (SteadyTime::max)();
    bool watching_ = false;
    bool timed_out_ = false;
};

} // namespace mde::inline MDE_ABI::detail

#endif
