// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_RAW_TLS_SERVER_HPP
#define MDE_TESTS_SUPPORT_RAW_TLS_SERVER_HPP

/// @file
/// A TLS server that sends exactly the bytes it is told, one connection after the other, and hangs
/// up in the way it is told. It lives in a thread of its own, on plain OpenSSL.

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/tls_context.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace mde_test {

enum class Goodbye {
    /// close_notify, then the end of the stream.
    orderly,
    /// The end of the stream, without a word of TLS.
    cut,
    /// A reset.
    reset,
    /// Nothing: the connection stays open until the client goes.
    stall,
    /// The next request on the same connection is answered too.
    keep,
};

struct Answer {
    std::string bytes;
    Goodbye goodbye = Goodbye::orderly;
};

/// A listening socket on a port that the system chose.
class Listener {
  public:
    Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        std::signal(SIGPIPE, SIG_IGN);
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<::sockaddr*>(&address);
        if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 64) != 0 ||
            ::getsockname(socket_, generic, &size) != 0)
            throw std::runtime_error("cannot listen");
        port_ = ntohs(address.sin_port);
    }
    Listener(const Listener&) = delete;
    ~Listener() { ::close(socket_); }

    std::uint16_t port() const noexcept { return port_; }

    /// A connection, or -1 once `stop` is set.
    int accept(const std::atomic<bool>& stop) const {
        while (!stop) {
            ::pollfd ready{socket_, POLLIN, 0};
            if (::poll(&ready, 1, 20) > 0)
                return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        }
        return -1;
    }

    /// True if nobody has connected before this very moment, and nobody was accepted.
    bool is_untouched() const {
        const int own = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(own, reinterpret_cast<::sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
        const std::atomic<bool> stop{false};
        const int first = accept(stop);
        ::sockaddr_in local{};
        ::sockaddr_in remote{};
        ::socklen_t size = sizeof local;
        ::getsockname(own, reinterpret_cast<::sockaddr*>(&local), &size);
        size = sizeof remote;
        ::getpeername(first, reinterpret_cast<::sockaddr*>(&remote), &size);
        ::close(first);
        ::close(own);
        return local.sin_port == remote.sin_port;
    }

  private:
    int socket_;
    std::uint16_t port_ = 0;
};

class RawTlsServer {
  public:
    RawTlsServer(const mde::IssuedCertificate& identity, std::vector<Answer> answers)
        : RawTlsServer(context_of(identity), std::move(answers)) {}

    /// With whatever identity and rules `context` has.
    RawTlsServer(std::shared_ptr<SSL_CTX> context, std::vector<Answer> answers)
        : context_(std::move(context)),
          answers_(std::move(answers)),
          thread_([this] { serve(); }) {}

    RawTlsServer(const RawTlsServer&) = delete;
    ~RawTlsServer() {
        stop_ = true;
        thread_.join();
    }

    std::uint16_t port() const noexcept { return listener_.port(); }
    unsigned connections() const noexcept { return connections_; }
    /// Those of them that went on with an earlier session.
    unsigned resumptions() const noexcept { return resumptions_; }

    /// To be called before the first connection.
    SSL_CTX* context() const noexcept { return context_.get(); }

    /// Bytes that came over TLS.
    std::size_t heard() const noexcept { return heard_; }

  private:
    static std::shared_ptr<SSL_CTX> context_of(const mde::IssuedCertificate& identity) {
        const auto made =
            *mde::TlsServerContext::identity(identity.certificate_pem, identity.private_key_pem);
        SSL_CTX_up_ref(made.native_handle());
        return {made.native_handle(), &SSL_CTX_free};
    }

    void serve() {
        std::size_t next = 0;
        while (next < answers_.size()) {
            const int socket = listener_.accept(stop_);
            if (socket < 0) return;
            ++connections_;
            const ::timeval limit{5, 0};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            SSL* ssl = SSL_new(context_.get());
            SSL_set_fd(ssl, socket);
            if (SSL_accept(ssl) == 1) {
                resumptions_ += SSL_session_reused(ssl) == 1 ? 1u : 0u;
                answer(ssl, socket, next);
            }
            ERR_clear_error();
            SSL_free(ssl);
            ::close(socket);
        }
    }

    void answer(SSL* ssl, int socket, std::size_t& next) {
        while (next < answers_.size() && read_request(ssl)) {
            const Answer& what = answers_[next++];
            write_all(ssl, what.bytes);
            switch (what.goodbye) {
            case Goodbye::keep: continue;
            case Goodbye::orderly: SSL_shutdown(ssl); break;
            case Goodbye::cut: break;
            case Goodbye::reset: {
                const ::linger hard{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
                break;
            }
            case Goodbye::stall: wait_for_end(ssl); break;
            }
            return;
        }
    }

    static void write_all(SSL* ssl, std::string_view bytes) {
        while (!bytes.empty()) {
            const int size = SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
            if (size <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
    }

    bool read_request(SSL* ssl) {
        std::string text;
        char piece[4096];
        while (text.find("\r\n\r\n") == std::string::npos) {
            const int size = SSL_read(ssl, piece, sizeof piece);
            if (size <= 0) return false;
            heard_ += static_cast<std::size_t>(size);
            text.append(piece, static_cast<std::size_t>(size));
        }
        return true;
    }

    void wait_for_end(SSL* ssl) const {
        char piece[64];
        while (!stop_ && SSL_read(ssl, piece, sizeof piece) > 0) {
        }
    }

    std::shared_ptr<SSL_CTX> context_;
    std::vector<Answer> answers_;
    Listener listener_;
    std::atomic<bool> stop_{false};
    std::atomic<unsigned> connections_{0};
    std::atomic<unsigned> resumptions_{0};
    std::atomic<std::size_t> heard_{0};
    std::thread thread_;
};

} // namespace mde_test

#endif
