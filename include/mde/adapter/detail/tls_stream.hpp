// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_TLS_STREAM_HPP
#define MDE_ADAPTER_DETAIL_TLS_STREAM_HPP

/// @file
/// TLS over a non-blocking socket without a copy in between: never waits, says what it waits for.

#include <mde/adapter/detail/io_result.hpp>
#include <mde/adapter/detail/peer.hpp>
#include <mde/adapter/detail/session_cache.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/adapter/verify_result.hpp>
#include <mde/base/error.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace mde::inline MDE_ABI::detail {

/// `Socket` is non-blocking, has `read_some` and `write_some` with an `error_code`, and outlives
/// the stream. OpenSSL reaches it through a BIO of our own: its socket BIO would raise SIGPIPE.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Socket>
class TlsStream {
  public:
    TlsStream(SSL_CTX* context, Socket& socket) : socket_(&socket), ssl_(SSL_new(context)) {
        BIO* bio = BIO_new(method());
        if (!ssl_ || bio == nullptr) {
            BIO_free(bio);
            ssl_.reset();
            return;
        }
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio);
        // A record is taken from the socket in one go, and what follows it too.
        SSL_set_read_ahead(ssl_.get(), 1);
    }
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// Says which host the certificate must be for; before the handshake.
    bool expect_host(const std::string& host) {
        if (!ssl_) return false;
        X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl_.get());
        X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                                        X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        error_code not_an_address;
        boost::asio::ip::make_address(host, not_an_address);
        if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
        // What the macro SSL_set_tlsext_host_name does, but for a cast that consumers are warned
        // of.
        return SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                        const_cast<char*>(host.c_str())) == 1 &&
               X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1;
    }

    /// Offers the server a session that it handed out earlier, and keeps those that it hands out;
    /// before the handshake. `cache` and `peer` outlive the stream. A server that declines is asked
    /// for its certificate, as ever.
    void resume_from(SessionCache& cache, const Peer& peer) {
        if (!ssl_ || cache.is_off()) return;
        corner_ = {&cache, &peer};
        SSL_set_app_data(ssl_.get(), &corner_);
        const auto session = corner_.take();
        if (session) SSL_set_session(ssl_.get(), session.get());
    }

    IoResult connect() {
        return attempt([](SSL* ssl) { return SSL_connect(ssl); });
    }
    IoResult accept() {
        return attempt([](SSL* ssl) { return SSL_accept(ssl); });
    }

    /// True if something has been taken from the socket that was not read yet: the socket may have
    /// nothing to say about it any more.
    bool has_buffered() const noexcept { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

    /// True if what has been taken from the socket is nothing but tickets, or nothing.
    bool is_quiet() {
        if (!has_buffered()) return true;
        std::byte first{};
        std::size_t size = 0;
        const IoResult outcome =
            attempt([&](SSL* ssl) { return SSL_peek_ex(ssl, &first, 1, &size); });
        return outcome.state == IoState::want_read;
    }

    /// OpenSSL wipes its buffers if the next answer brings a secret. It costs too much for others.
    void expect(Answered answered) noexcept {
        if (!ssl_) return;
        if (answered == Answered::secretly)
            SSL_set_options(ssl_.get(), SSL_OP_CLEANSE_PLAINTEXT);
        else
            SSL_clear_options(ssl_.get(), SSL_OP_CLEANSE_PLAINTEXT);
    }

    /// Much will be read: from now on several records are taken from the socket at once. Until
    /// then a connection makes do with the memory of one.
    void expect_much() noexcept {
        if (!ssl_ || wide_ != Wide::no) return;
        // OpenSSL sizes its buffer when it makes one; it comes to the end of the one that it has
        // only if it takes no more from the socket than the record it is at.
        SSL_set_read_ahead(ssl_.get(), 0);
        wide_ = Wide::soon;
    }

    /// One record at most, or what is left of one.
    IoResult read_some(std::span<std::byte> bytes) {
        if (wide_ == Wide::soon && !has_buffered()) widen();
        std::size_t size = 0;
        IoResult outcome =
            attempt([&](SSL* ssl) { return SSL_read_ex(ssl, bytes.data(), bytes.size(), &size); });
        if (outcome.state == IoState::done) outcome.size = size;
        return outcome;
    }

    /// Fills as much of `bytes` as has arrived; at least one byte if `done`.
    IoResult read(std::span<std::byte> bytes) {
        IoResult total;
        while (total.size < bytes.size()) {
            const IoResult one = read_some(bytes.subspan(total.size));
            if (one.state != IoState::done) return total.size != 0 ? total : one;
            total.size += one.size;
        }
        return total;
    }

    /// Writes as much of `bytes` as the socket takes; at least one byte if `done`.
    IoResult write(std::span<const std::byte> bytes) {
        IoResult total;
        while (total.size < bytes.size()) {
            std::size_t size = 0;
            const auto rest = bytes.subspan(total.size);
            const IoResult one = attempt(
                [&](SSL* ssl) { return SSL_write_ex(ssl, rest.data(), rest.size(), &size); });
            if (one.state != IoState::done) return total.size != 0 ? total : one;
            total.size += size;
        }
        return total;
    }

    /// Says goodbye as far as that goes without waiting.
    void close_notify() noexcept {
        if (!ssl_ || SSL_in_init(ssl_.get()) != 0) return;
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }

  private:
    enum class Wide {
        no,
        soon,
        yes,
    };

    void widen() noexcept {
        if (SSL_free_buffers(ssl_.get()) != 1) return;
        SSL_set_default_read_buffer_len(ssl_.get(), 64 * 1024);
        SSL_set_read_ahead(ssl_.get(), 1);
        wide_ = Wide::yes;
    }

    template <class Operation>
    IoResult attempt(Operation operation) {
        if (!ssl_) return {IoState::failed, 0, make_error_code(errc::tls_failed)};
        ERR_clear_error();
        socket_error_.clear();
        const int outcome = operation(ssl_.get());
        if (outcome > 0) return {};
        switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_READ: return {IoState::want_read, 0, {}};
        case SSL_ERROR_WANT_WRITE: return {IoState::want_write, 0, {}};
        case SSL_ERROR_ZERO_RETURN: return {IoState::closed, 0, {}};
        default: break;
        }
        ERR_clear_error();
        return {IoState::failed, 0, failure()};
    }

    /// A refused certificate first, then the socket's own error, then TLS.
    error_code failure() const {
        const long verify = SSL_get_verify_result(ssl_.get());
        if (SSL_in_init(ssl_.get()) != 0 && verify != X509_V_OK)
            return make_error_code(errc_of_verify_result(verify));
        if (socket_error_) return socket_error_;
        return make_error_code(errc::tls_failed);
    }

    static BIO_METHOD* method() {
        static const OpensslPtr<BIO_METHOD> table(make_method());
        return table.get();
    }

    static BIO_METHOD* make_method() {
        BIO_METHOD* table = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mde socket");
        BIO_meth_set_write_ex(table, &TlsStream::bio_write);
        BIO_meth_set_read_ex(table, &TlsStream::bio_read);
        BIO_meth_set_ctrl(table, &TlsStream::bio_control);
        return table;
    }

    static int bio_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
        auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        error_code ec;
        *written = self.socket_->write_some(boost::asio::buffer(data, size), ec);
        if (!ec) return 1;
        if (is_would_block(ec))
            BIO_set_retry_write(bio);
        else
            self.socket_error_ = ec;
        return 0;
    }

    static int bio_read(BIO* bio, char* data, std::size_t size, std::size_t* read) {
        auto& self = *static_cast<TlsStream*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        error_code ec;
        *read = self.socket_->read_some(boost::asio::buffer(data, size), ec);
        if (!ec) return 1;
        if (is_would_block(ec))
            BIO_set_retry_read(bio);
        else
            self.socket_error_ = ec;
        return 0;
    }

    static long bio_control(BIO*, int command, long, void*) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    Socket* socket_;
    OpensslPtr<SSL> ssl_;
    error_code socket_error_;
    SessionCorner corner_;
    Wide wide_ = Wide::no;
};

} // namespace mde::inline MDE_ABI::detail

#endif
