// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SEND_OP_HPP
#define MDE_ADAPTER_DETAIL_SEND_OP_HPP

/// @file
/// From a request to the head of its answer: resolve, connect, tunnel, handshake, write, read.

#include <mde/adapter/detail/connection.hpp>
#include <mde/adapter/detail/head_parser.hpp>
#include <mde/adapter/detail/proxy_tunnel.hpp>
#include <mde/adapter/detail/sending.hpp>
#include <mde/base/bounds.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// `Finish` takes `(self, error_code)` at the end.
template <class Executor, class Finish>
class SendOp {
    using Conn = Connection<Executor>;

  public:
    SendOp(std::unique_ptr<Sending<Executor>> sending, Finish finish)
        : sending_(std::move(sending)), finish_(std::move(finish)) {}

    template <class Self>
    void operator()(Self& self) {
        self.reset_cancellation_state(net::enable_total_cancellation());
        stage_ = sending_->reused ? Stage::writing : Stage::resolving;
        auto& strand = sending_->connection->strand;
        // The first step must be on the strand too.
        net::dispatch(strand, net::append(std::move(self), error_code()));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, typename Conn::Resolver::results_type found) {
        if (ec) return fail(self, ec, errc::host_not_found);
        for (const auto& entry : found) sending_->addresses.push_back(entry.endpoint());
        stage_ = Stage::connecting;
        connect_next(self);
    }

    template <class Self>
    void operator()(Self& self, error_code ec) {
        if (result_) return leave(self);
        switch (stage_) {
        case Stage::resolving: return ec ? fail(self, ec, errc::unreachable) : resolve(self);
        case Stage::connecting: return ec ? on_refused(self, ec) : on_connected(self);
        case Stage::tunnelling: return ec ? fail(self, ec, errc::unreachable) : tunnel(self);
        case Stage::shaking: return ec ? fail(self, ec, errc::tls_failed) : shake(self);
        case Stage::writing: return ec ? fail(self, ec, errc::connection_lost) : write(self);
        case Stage::reading: return ec ? fail(self, ec, errc::connection_lost) : read(self);
        }
    }

  private:
    enum class Stage {
        resolving,
        connecting,
        tunnelling,
        shaking,
        writing,
        reading,
    };

    Conn& connection() noexcept { return *sending_->connection; }

    template <class Self>
    void resolve(Self& self) {
        const Proxy& proxy = sending_->options->proxy;
        const std::string& host = is_proxied(*sending_) ? proxy.host() : connection().peer.host;
        const std::uint16_t port = is_proxied(*sending_) ? proxy.port() : connection().peer.port;
        error_code not_an_address;
        const auto address = net::ip::make_address(host, not_an_address);
        connection().allow(sending_->options->connect_limit);
        if (!not_an_address) {
            sending_->addresses.emplace_back(address, port);
            stage_ = Stage::connecting;
            return connect_next(self);
        }
        auto& resolver = connection().resolver;
        suspended_ = true;
        resolver.async_resolve(host, std::to_string(port), net::ip::tcp::resolver::numeric_service,
                               std::move(self));
    }

    template <class Self>
    void connect_next(Self& self) {
        if (sending_->next_address == sending_->addresses.size())
            return fail(self, make_error_code(errc::unreachable), errc::unreachable);
        Conn& conn = connection();
        error_code ignored;
        conn.socket.close(ignored);
        const net::ip::tcp::endpoint endpoint = sending_->addresses[sending_->next_address++];
        conn.allow(sending_->options->connect_limit);
        suspended_ = true;
        conn.socket.async_connect(endpoint, std::move(self));
    }

    /// The next address may do better, unless somebody wants us to stop.
    template <class Self>
    void on_refused(Self& self, error_code ec) {
        const bool stop = ec == net::error::operation_aborted ||
                          sending_->next_address == sending_->addresses.size();
        if (stop) return fail(self, ec, errc::unreachable);
        connect_next(self);
    }

    template <class Self>
    void on_connected(Self& self) {
        Conn& conn = connection();
        error_code ec;
        conn.socket.non_blocking(true, ec);
        error_code ignored;
        conn.socket.set_option(net::ip::tcp::no_delay(true), ignored);
        if (ec) return fail(self, ec, errc::unreachable);
        if (!is_proxied(*sending_)) return begin_shaking(self);
        prepare_tunnel(*sending_);
        stage_ = Stage::tunnelling;
        conn.allow(sending_->options->connect_limit);
        tunnel(self);
    }

    template <class Self>
    void tunnel(Self& self) {
        const IoResult outcome = advance_tunnel(*sending_);
        if (outcome.state == IoState::done) return begin_shaking(self);
        advance(self, outcome, errc::unreachable);
    }

    template <class Self>
    void begin_shaking(Self& self) {
        Conn& conn = connection();
        if (!conn.stream.expect_host(conn.peer.host))
            return finish(self, make_error_code(errc::tls_failed));
        conn.stream.resume_from(*conn.sessions, conn.peer);
        conn.allow(sending_->options->tls_limit);
        stage_ = Stage::shaking;
        shake(self);
    }

    template <class Self>
    void shake(Self& self) {
        const IoResult outcome = connection().stream.connect();
        if (outcome.state == IoState::done) {
            stage_ = Stage::writing;
            return write(self);
        }
        advance(self, outcome, errc::tls_failed);
    }

    template <class Self>
    void write(Self& self) {
        Conn& conn = connection();
        conn.allow(sending_->options->head_limit);
        conn.stream.expect(sending_->answered);
        while (sending_->written < sending_->text.size()) {
            const auto rest = sending_->text.expose().substr(sending_->written);
            const IoResult outcome =
                conn.stream.write(std::as_bytes(std::span(rest.data(), rest.size())));
            if (outcome.state != IoState::done)
                return advance(self, outcome, errc::connection_lost);
            sending_->written += outcome.size;
        }
        stage_ = Stage::reading;
        // The server has to think first: trying to read at once would be in vain.
        if (conn.stream.has_buffered()) return read(self);
        wait(self, net::socket_base::wait_read);
    }

    template <class Self>
    void read(Self& self) {
        Conn& conn = connection();
        for (;;) {
            if (const std::size_t size = head_size(conn.pending()); size != 0) {
                const error_code ec = take_head(*sending_, size);
                if (ec || conn.head.status() >= 200) return finish(self, ec);
                continue;
            }
            const auto room = conn.room(4 * bounds::kib, bounds::response_head);
            if (room.empty() || conn.pending().size() >= bounds::response_head)
                return finish(self, make_error_code(errc::malformed_head));
            const IoResult outcome = conn.stream.read_some(room);
            if (outcome.state != IoState::done)
                return advance(self, outcome, errc::connection_lost);
            conn.filled(outcome.size);
        }
    }

    template <class Self>
    void advance(Self& self, const IoResult& outcome, errc meaning) {
        switch (outcome.state) {
        case IoState::want_read: return wait(self, net::socket_base::wait_read);
        case IoState::want_write: return wait(self, net::socket_base::wait_write);
        case IoState::closed: return fail(self, make_error_code(meaning), meaning);
        default: return fail(self, outcome.error, meaning);
        }
    }

    template <class Self>
    void wait(Self& self, net::socket_base::wait_type what) {
        auto& socket = connection().socket;
        suspended_ = true;
        socket.async_wait(what, std::move(self));
    }

    /// Errors of ours are kept; the watchdog's and the system's become what the stage means.
    template <class Self>
    void fail(Self& self, error_code ec, errc meaning) {
        const bool timed_out = connection().take_timed_out();
        if (!timed_out && ec != net::error::operation_aborted && went_stale())
            return start_afresh(self);
        if (timed_out && meaning == errc::connection_lost)
            ec = make_error_code(errc::timed_out);
        else if (timed_out ||
                 (ec.category() != mde_category() && ec != net::error::operation_aborted))
            ec = make_error_code(meaning);
        finish(self, ec);
    }

    /// The server closed a connection that had been idle, before it answered anything.
    bool went_stale() noexcept {
        return sending_->reused && sending_->repeatable && connection().pending().empty() &&
               sending_->interim == 0;
    }

    template <class Self>
    void start_afresh(Self& self) {
        Conn& old = connection();
        old.rest();
        old.close();
        auto fresh = std::make_shared<Conn>(old.strand, sending_->tls, old.sessions, old.peer);
        fresh->last = old.last;
        sending_->connection = std::move(fresh);
        sending_->reused = false;
        sending_->written = 0;
        stage_ = Stage::resolving;
        resolve(self);
    }

    template <class Self>
    void finish(Self& self, error_code ec) {
        connection().rest();
        if (ec) connection().close();
        result_ = ec;
        if (suspended_) return leave(self);
        // Not inside the call that began this.
        const auto strand = connection().strand;
        net::post(strand, net::append(std::move(self), error_code()));
    }

    template <class Self>
    void leave(Self& self) {
        auto connection = std::move(sending_->connection);
        sending_.reset();
        Finish finish = std::move(finish_);
        finish(self, *result_, std::move(connection));
    }

    std::unique_ptr<Sending<Executor>> sending_;
    Finish finish_;
    std::optional<error_code> result_;
    Stage stage_ = Stage::resolving;
    bool suspended_ = false;
};

} // namespace mde::inline MDE_ABI::detail

#endif
