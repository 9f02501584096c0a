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
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
    /// A byte now and then, until the client goes.
    drip,
    /// Blanks without end, until the client goes.
    flood,
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

    /// Waits for bytes on `connection`. False if somebody else wants to connect and none are there.
    bool prefers(int connection, const std::atomic<bool>& stop) const {
        while (!stop) {
            ::pollfd ready[2] = {{connection, POLLIN, 0}, {socket_, POLLIN, 0}};
            if (::poll(ready, 2, 20) > 0) return ready[0].revents != 0;
        }
        return false;
    }

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
    /// Gives the answer to a whole request; nothing: the server hangs up and is closed.
    using Answerer = std::function<std::optional<Answer>(const std::string&)>;

    /// With whatever identity and rules `context` has; `answerer` is called on the server's thread.
    RawTlsServer(std::shared_ptr<SSL_CTX> context, Answerer answerer)
        : context_(std::move(context)),
          answerer_(std::move(answerer)),
          thread_([this] { serve(); }) {}

    RawTlsServer(const mde::IssuedCertificate& identity, Answerer answerer)
        : RawTlsServer(context_of(identity), std::move(answerer)) {}

    /// One answer after the other.
    RawTlsServer(const mde::IssuedCertificate& identity, std::vector<Answer> answers)
        : RawTlsServer(context_of(identity), std::move(answers)) {}
    RawTlsServer(std::shared_ptr<SSL_CTX> context, std::vector<Answer> answers)
        : RawTlsServer(std::move(context), one_by_one(std::move(answers))) {}

    RawTlsServer(const RawTlsServer&) = delete;
    ~RawTlsServer() {
        stop_ = true;
        thread_.join();
    }

    std::uint16_t port() const noexcept { return listener_.port(); }
    unsigned connections() const noexcept { return connections_; }
    /// Those of them that went on with an earlier session.
    unsigned resumptions() const noexcept { return resumptions_; }

    /// Blanks that were taken from it.
    std::uint64_t flooded() const noexcept { return flooded_; }

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

    /// Behind the last one nothing is to be had any more.
    static Answerer one_by_one(std::vector<Answer> answers) {
        if (!answers.empty() && answers.back().goodbye == Goodbye::keep)
            answers.back().goodbye = Goodbye::cut;
        return [answers = std::move(answers), next = std::size_t(0)](const std::string&) mutable {
            return next < answers.size() ? std::optional(answers[next++]) : std::nullopt;
        };
    }

    void serve() {
        while (!closed_) {
            const int socket = listener_.accept(stop_);
            if (socket < 0) return;
            ++connections_;
            const ::timeval limit{5, 0};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            const int now = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
            SSL* ssl = SSL_new(context_.get());
            SSL_set_fd(ssl, socket);
            if (SSL_accept(ssl) == 1) {
                resumptions_ += SSL_session_reused(ssl) == 1 ? 1u : 0u;
                answer(ssl, socket);
            }
            ERR_clear_error();
            SSL_free(ssl);
            ::close(socket);
        }
    }

    void answer(SSL* ssl, int socket) {
        // A client may want another connection while this one is idle.
        while (SSL_has_pending(ssl) == 1 || listener_.prefers(socket, stop_)) {
            const auto request = read_request(ssl);
            if (!request) return;
            const std::optional<Answer> what = answerer_(*request);
            closed_ = !what;
            if (!what) return;
            write_all(ssl, what->bytes);
            switch (what->goodbye) {
            case Goodbye::keep: continue;
            case Goodbye::orderly: SSL_shutdown(ssl); break;
            case Goodbye::cut: break;
            case Goodbye::reset: {
                const ::linger hard{1, 0};
                ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
                break;
            }
            case Goodbye::stall: wait_for_end(ssl); break;
            case Goodbye::drip: drip(ssl, socket); break;
            case Goodbye::flood: flood(ssl); break;
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

    /// With its body; nothing if the client has gone.
    std::optional<std::string> read_request(SSL* ssl) {
        std::string text;
        char piece[4096];
        for (;;) {
            const std::size_t head = text.find("\r\n\r\n");
            if (head != std::string::npos && text.size() >= head + 4 + length_in(text)) return text;
            const int size = SSL_read(ssl, piece, sizeof piece);
            if (size <= 0) return std::nullopt;
            heard_ += static_cast<std::size_t>(size);
            text.append(piece, static_cast<std::size_t>(size));
        }
    }

    static std::size_t length_in(const std::string& head) {
        constexpr std::string_view name = "Content-Length: ";
        const std::size_t at = head.find(name);
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
    }

    void drip(SSL* ssl, int socket) const {
        for (bool open = true; open && !stop_;) {
            ::pollfd gone{socket, POLLIN, 0};
            ::poll(&gone, 1, 3);
            open = gone.revents == 0 && SSL_write(ssl, "d", 1) == 1;
        }
    }

    void flood(SSL* ssl) {
        const std::string blanks(16 * 1024, ' ');
        constexpr std::uint64_t enough = 1024ull * 1024 * 1024;
        while (!stop_ && flooded_ < enough) {
            const int size = SSL_write(ssl, blanks.data(), static_cast<int>(blanks.size()));
            if (size <= 0) return;
            flooded_ += static_cast<std::uint64_t>(size);
        }
    }

    void wait_for_end(SSL* ssl) const {
        char piece[64];
        while (!stop_ && SSL_read(ssl, piece, sizeof piece) > 0) {
        }
    }

    std::shared_ptr<SSL_CTX> context_;
    Answerer answerer_;
    Listener listener_;
    bool closed_ = false;
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> flooded_{0};
    std::atomic<unsigned> connections_{0};
    std::atomic<unsigned> resumptions_{0};
    std::atomic<std::size_t> heard_{0};
    std::thread thread_;
};

} // namespace mde_test

#endif
