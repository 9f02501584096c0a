// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_READ_OP_HPP
#define MDE_ADAPTER_DETAIL_READ_OP_HPP

/// @file
/// The next bytes of a body, straight into the caller's memory, and the proof of its end.

#include <mde/adapter/detail/connection.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/dispatch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace mde::inline MDE_ABI::detail {

template <class Executor>
class ReadOp {
    using Conn = Connection<Executor>;

  public:
    ReadOp(std::shared_ptr<Conn> connection, const TransportOptions& options,
           std::span<std::byte> bytes)
        : connection_(std::move(connection)), options_(&options), bytes_(bytes) {}

    template <class Self>
    void operator()(Self& self) {
        self.reset_cancellation_state(net::enable_total_cancellation());
        auto& strand = connection_->strand;
        net::dispatch(strand, net::append(std::move(self), error_code()));
    }

    template <class Self>
    void operator()(Self& self, error_code ec) {
        Conn& conn = *connection_;
        if (waiting_) account_for_wait();
        if (ec) {
            const bool timed_out = conn.take_timed_out();
            const bool aborted = ec == net::error::operation_aborted && !timed_out;
            return finish(
                self,
                aborted ? ec : make_error_code(timed_out ? errc::timed_out : errc::connection_lost),
                0);
        }
        if (conn.body_done || bytes_.empty()) return finish(self, {}, 0);
        const IoResult outcome = take();
        switch (outcome.state) {
        case IoState::want_read: return wait(self, net::socket_base::wait_read);
        case IoState::want_write: return wait(self, net::socket_base::wait_write);
        case IoState::closed: return on_closed(self);
        case IoState::failed: return finish(self, meaning_of(outcome.error), 0);
        case IoState::done: break;
        }
        conn.arrived += outcome.size;
        finish(self, {}, outcome.size);
    }

  private:
    /// A part of the body, or zero bytes at its end.
    IoResult take() {
        Conn& conn = *connection_;
        switch (conn.framing.end) {
        case wire::BodyEnd::by_length: return take_data(conn.body_left);
        case wire::BodyEnd::by_chunks: return take_chunk();
        case wire::BodyEnd::by_close: break;
        }
        return take_bytes(bytes_);
    }

    IoResult take_data(std::uint64_t& left) {
        const auto most = static_cast<std::size_t>((std::min)(std::uint64_t(bytes_.size()), left));
        const IoResult outcome = take_bytes(bytes_.first(most));
        if (outcome.state == IoState::done) left -= outcome.size;
        connection_->body_done = left == 0;
        return outcome;
    }

    IoResult take_chunk() {
        Conn& conn = *connection_;
        while (conn.chunks.data_left() == 0) {
            const result<std::size_t> used = conn.chunks.consume(conn.pending());
            if (!used) return {IoState::failed, 0, used.error()};
            conn.consume(*used);
            if (conn.chunks.done()) {
                conn.body_done = true;
                return {};
            }
            if (conn.chunks.data_left() != 0) break;
            const IoResult more = fill();
            if (more.state != IoState::done) return more;
        }
        std::uint64_t left = conn.chunks.data_left();
        const IoResult outcome = take_bytes(
            bytes_.first(static_cast<std::size_t>((std::min)(std::uint64_t(bytes_.size()), left))));
        if (outcome.state == IoState::done) conn.chunks.data_taken(outcome.size);
        return outcome;
    }

    /// What has arrived already first, then past our own memory.
    IoResult take_bytes(std::span<std::byte> bytes) {
        Conn& conn = *connection_;
        const std::string_view pending = conn.pending();
        if (pending.empty()) return conn.stream.read(bytes);
        const std::size_t size = (std::min)(pending.size(), bytes.size());
        std::memcpy(bytes.data(), pending.data(), size);
        conn.consume(size);
        return {IoState::done, size, {}};
    }

    IoResult fill() {
        Conn& conn = *connection_;
        const IoResult outcome = conn.stream.read(conn.room(4 * bounds::kib, 16 * bounds::kib));
        if (outcome.state == IoState::done) conn.filled(outcome.size);
        return outcome;
    }

    /// The server said goodbye: the end of a body that is framed by nothing else, a truncation
    /// otherwise.
    template <class Self>
    void on_closed(Self& self) {
        const bool is_end = connection_->framing.end == wire::BodyEnd::by_close;
        connection_->body_done = is_end;
        finish(self, is_end ? error_code() : make_error_code(errc::body_truncated), 0);
    }

    static error_code meaning_of(const error_code& error) noexcept {
        if (error.category() == mde_category()) return error;
        return make_error_code(error == net::error::eof ? errc::body_truncated
                                                        : errc::connection_lost);
    }

    template <class Self>
    void wait(Self& self, net::socket_base::wait_type what) {
        Conn& conn = *connection_;
        if (too_slow()) return finish(self, make_error_code(errc::timed_out), 0);
        conn.allow(options_->idle_limit);
        waiting_ = true;
        wait_begun_ = std::chrono::steady_clock::now();
        conn.socket.async_wait(what, std::move(self));
    }

    void account_for_wait() {
        waiting_ = false;
        connection_->waited +=
            std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - wait_begun_);
    }

    /// Counted over the time spent waiting only, so that a slow store is not held against a server.
    bool too_slow() noexcept {
        Conn& conn = *connection_;
        if (conn.waited < options_->idle_limit) return false;
        const double seconds = std::chrono::duration<double>(conn.waited).count();
        const bool slow = static_cast<double>(conn.arrived) <
                          static_cast<double>(options_->speed_floor) * seconds;
        conn.waited = {};
        conn.arrived = 0;
        return slow;
    }

    template <class Self>
    void finish(Self& self, error_code ec, std::size_t size) {
        Conn& conn = *connection_;
        if (ec) conn.keep_alive = false;
        if (ec || conn.body_done)
            conn.rest();
        else
            conn.pause();
        connection_.reset();
        self.complete(ec, size);
    }

    std::shared_ptr<Conn> connection_;
    const TransportOptions* options_;
    std::span<std::byte> bytes_;
    SteadyTime wait_begun_{};
    bool waiting_ = false;
};

} // namespace mde::inline MDE_ABI::detail

#endif
