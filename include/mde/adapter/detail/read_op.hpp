// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_READ_OP_HPP
#define MDE_ADAPTER_DETAIL_READ_OP_HPP

/// @file
/// The next bytes of a body, straight into the caller's memory, and the proof of its end.

#include <mde/adapter/detail/connection.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// What has arrived of a body of known length. The watchdog rests between two operations and looks
/// at none of this, so that it may be called off the strand.
template <class Executor>
std::optional<std::size_t> take_arrived(Connection<Executor>& conn,
                                        std::span<std::byte> bytes) noexcept {
    if (conn.body_done) return 0;
    const std::string_view pending = conn.pending();
    if (conn.framing.end != wire::BodyEnd::by_length || pending.empty()) return std::nullopt;
    const auto most = static_cast<std::size_t>(
        (std::min)({std::uint64_t(bytes.size()), std::uint64_t(pending.size()), conn.body_left}));
    std::memcpy(bytes.data(), pending.data(), most);
    conn.consume(most);
    conn.body_left -= most;
    conn.arrived += most;
    conn.body_done = conn.body_left == 0;
    return most;
}

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
        if (result_) return leave(self);
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
        if (is_long()) conn.stream.expect_much();
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
    struct Outcome {
        error_code error;
        std::size_t size = 0;
    };

    /// A long body is on its way, and the caller has room for it.
    bool is_long() const noexcept {
        constexpr std::size_t records = 32 * bounds::kib;
        const bool known = connection_->framing.end == wire::BodyEnd::by_length;
        return bytes_.size() > records && !(known && connection_->body_left <= records);
    }

    /// A part of the body, or zero bytes at its end.
    IoResult take() {
        Conn& conn = *connection_;
        switch (conn.framing.end) {
        case wire::BodyEnd::by_length: return take_data(conn.body_left);
        case wire::BodyEnd::by_chunks: return take_chunks();
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

    /// As many chunks as have arrived: small ones must not cost a step each. Framing that breaks
    /// the rules is told at once, what the connection says comes again.
    IoResult take_chunks() {
        IoResult total;
        while (total.size < bytes_.size() && !connection_->body_done) {
            const IoResult one = take_chunk(bytes_.subspan(total.size));
            const bool broken = one.error.category() == mde_category() && one.error;
            if (broken || (one.state != IoState::done && total.size == 0)) return one;
            if (one.state != IoState::done) break;
            total.size += one.size;
        }
        return total;
    }

    IoResult take_chunk(std::span<std::byte> bytes) {
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
            bytes.first(static_cast<std::size_t>((std::min)(std::uint64_t(bytes.size()), left))));
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
        suspended_ = true;
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
        result_ = Outcome{ec, size};
        if (suspended_) return leave(self);
        // Not inside the call that began this.
        const auto strand = conn.strand;
        net::post(strand, net::append(std::move(self), error_code()));
    }

    template <class Self>
    void leave(Self& self) {
        connection_.reset();
        self.complete(result_->error, result_->size);
    }

    std::shared_ptr<Conn> connection_;
    const TransportOptions* options_;
    std::span<std::byte> bytes_;
    SteadyTime wait_begun_{};
    std::optional<Outcome> result_;
    bool waiting_ = false;
    bool suspended_ = false;
};

} // namespace mde::inline MDE_ABI::detail

#endif
