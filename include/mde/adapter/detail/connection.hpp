// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_CONNECTION_HPP
#define MDE_ADAPTER_DETAIL_CONNECTION_HPP

/// @file
/// One TLS connection with its strand, its watchdog and what has arrived but was not read yet.

#include <mde/adapter/detail/tls_stream.hpp>
#include <mde/adapter/transport_options.hpp>
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
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

    Connection(const Strand& strand_, SSL_CTX* context, std::string host_, std::uint16_t port_)
        : strand(strand_),
          socket(strand),
          resolver(strand),
          timer(strand),
          tls(context, socket),
          host(std::move(host_)),
          port(port_) {}

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

    /// Bytes that have arrived behind what was parsed.
    std::string_view pending() const noexcept {
        return std::string_view(buffer_.data() + begin_, end_ - begin_);
    }
    void consume(std::size_t size) noexcept {
        begin_ += size;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    /// Room behind the pending bytes; empty at the bound.
    std::span<std::byte> room(std::size_t piece, std::size_t most) {
        if (begin_ != 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
        }
        if (buffer_.size() - end_ < piece)
            buffer_.resize((std::min)(most, buffer_.size() * 2 + piece));
        return std::as_writable_bytes(std::span(buffer_).subspan(end_));
    }
    void filled(std::size_t size) noexcept { end_ += size; }
    /// Idle connections keep no memory.
    void shrink() {
        if (begin_ == end_) buffer_ = {};
    }

    /// True if the peer has closed, or spoken out of turn: not fit for another request.
    bool is_stale() {
        char peek = 0;
        error_code ec;
        socket.receive(net::buffer(&peek, 1), net::socket_base::message_peek, ec);
        return ec != net::error::would_block && ec != net::error::try_again;
    }

    /// For whoever holds the connection while it pauses, on any thread.
    void close() {
        error_code ignored;
        if (socket.is_open()) tls.close_notify();
        socket.close(ignored);
        timer.cancel();
    }

    Strand strand;
    Socket socket;
    Resolver resolver;
    Timer timer;
    TlsStream<Socket> tls;
    std::string host;
    std::uint16_t port;

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

    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    SteadyTime deadline_ = (SteadyTime::max)();
    bool watching_ = false;
    bool timed_out_ = false;
};

/// Connections between two exchanges. Distinct objects: safe. Shared objects: safe.
template <class Executor>
class ConnectionPool {
  public:
    using Ptr = std::shared_ptr<Connection<Executor>>;

    explicit ConnectionPool(std::size_t most_per_server) : most_(most_per_server) {}

    /// The one that was used last, so that the others can go stale in peace.
    Ptr take(std::string_view host, std::uint16_t port) {
        const std::lock_guard lock(mutex_);
        for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
            if ((*it)->host != host || (*it)->port != port) continue;
            Ptr connection = std::move(*it);
            idle_.erase(std::next(it).base());
            return connection;
        }
        return nullptr;
    }

    /// False if there are enough; the caller closes it then.
    bool give_back(const Ptr& connection) {
        const std::lock_guard lock(mutex_);
        const auto same = std::count_if(idle_.begin(), idle_.end(), [&](const Ptr& other) {
            return other->host == connection->host && other->port == connection->port;
        });
        if (static_cast<std::size_t>(same) >= most_) return false;
        idle_.push_back(connection);
        return true;
    }

  private:
    std::mutex mutex_;
    std::vector<Ptr> idle_;
    std::size_t most_;
};

} // namespace mde::inline MDE_ABI::detail

#endif
