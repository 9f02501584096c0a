// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_BYTE_STREAM_HPP
#define MDE_ADAPTER_DETAIL_BYTE_STREAM_HPP

/// @file
/// A connection's bytes: through TLS, or bare for the metadata service, which has no TLS.

#include <mde/adapter/detail/io_result.hpp>
#include <mde/adapter/detail/peer.hpp>
#include <mde/adapter/detail/session_cache.hpp>
#include <mde/adapter/detail/tls_stream.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace mde::inline MDE_ABI::detail {

/// Which of the two it is, is said once and never changes. `Socket` is as for `TlsStream`. Whoever
/// makes a bare one has checked that it may be. Distinct objects: safe. Shared objects: unsafe.
template <class Socket>
class ByteStream {
  public:
    /// `context` is not looked at for `Scheme::http`; a null one fails the handshake otherwise.
    ByteStream(Scheme scheme, SSL_CTX* context, Socket& socket) : socket_(&socket) {
        if (scheme != Scheme::http) tls_.emplace(context, socket);
    }
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    /// Says which host the certificate must be for; before the handshake.
    bool expect_host(const std::string& host) { return !tls_ || tls_->expect_host(host); }

    /// See `TlsStream`; before the handshake.
    void resume_from(SessionCache& cache, const Peer& peer) {
        if (tls_) tls_->resume_from(cache, peer);
    }

    /// The handshake; without TLS there is none, and it is done.
    IoResult connect() { return tls_ ? tls_->connect() : IoResult(); }
    IoResult accept() { return tls_ ? tls_->accept() : IoResult(); }

    /// True if something is there to be read that the socket does not tell of any more.
    bool has_buffered() const noexcept { return tls_ && tls_->has_buffered(); }

    /// See `TlsStream`.
    bool is_quiet() { return !tls_ || tls_->is_quiet(); }

    /// What the next answer brings.
    void expect(Answered answered) noexcept {
        if (tls_) tls_->expect(answered);
    }

    /// A long body is about to be read.
    void expect_much() noexcept {
        if (tls_) tls_->expect_much();
    }

    /// Fills as much of `bytes` as has arrived; at least one byte if `done`. A bare connection has
    /// no other goodbye than its end.
    IoResult read(std::span<std::byte> bytes) {
        return tls_ ? tls_->read(bytes) : read_bare(bytes);
    }

    /// The same for what is short: does not try whether there is more.
    IoResult read_some(std::span<std::byte> bytes) {
        return tls_ ? tls_->read_some(bytes) : read_bare(bytes);
    }

    /// Writes as much of `bytes` as the socket takes; at least one byte if `done`.
    IoResult write(std::span<const std::byte> bytes) {
        if (tls_) return tls_->write(bytes);
        error_code ec;
        const std::size_t size =
            socket_->write_some(boost::asio::buffer(bytes.data(), bytes.size()), ec);
        return outcome_of(size, ec, IoState::want_write);
    }

    /// Says goodbye as far as that goes without waiting.
    void close_notify() noexcept {
        if (tls_) tls_->close_notify();
    }

  private:
    IoResult read_bare(std::span<std::byte> bytes) {
        error_code ec;
        const std::size_t size =
            socket_->read_some(boost::asio::buffer(bytes.data(), bytes.size()), ec);
        if (ec == boost::asio::error::eof) return {IoState::closed, 0, {}};
        return outcome_of(size, ec, IoState::want_read);
    }

    static IoResult outcome_of(std::size_t size, const error_code& ec, IoState wanted) noexcept {
        if (is_would_block(ec)) return {wanted, 0, {}};
        if (ec) return {IoState::failed, 0, ec};
        return {IoState::done, size, {}};
    }

    Socket* socket_;
    std::optional<TlsStream<Socket>> tls_;
};

} // namespace mde::inline MDE_ABI::detail

#endif
