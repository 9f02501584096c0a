// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_HTTPS_SERVER_HPP
#define MDE_ADAPTER_HTTPS_SERVER_HPP

/// @file
/// Serves any `HttpHandler` over TLS: the way from the emulator to a socket.

#include <mde/adapter/detail/server_session.hpp>
#include <mde/base/result.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// Listens on one address, and answers from the moment it is made. For tests, demonstrations and
/// emulators: it bounds what it reads, but it is no server for a hostile network. The handler
/// outlives the server and what it accepted; it is called on many threads if many run the executor.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class HttpsServer {
    using Session = detail::ServerSession<Executor, HandlerT, ClockT>;
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

    struct Listening : std::enable_shared_from_this<Listening> {
        Listening(const Executor& executor, TlsServerContext tls_, HandlerT& handler_,
                  ClockT clock_)
            : acceptor(executor),
              tls(std::move(tls_)),
              handler(&handler_),
              clock(std::move(clock_)) {}

        void accept() {
            auto strand = boost::asio::make_strand(acceptor.get_executor());
            acceptor.async_accept(strand, [self = this->shared_from_this()](
                                              error_code ec, typename Session::Socket socket) {
                if (ec == boost::asio::error::operation_aborted || !self->acceptor.is_open())
                    return;
                if (!ec) self->begin(std::move(socket));
                self->accept();
            });
        }

        void begin(typename Session::Socket socket) {
            auto session =
                std::make_shared<Session>(std::move(socket), tls.native_handle(), *handler, clock);
            std::erase_if(sessions, [](const auto& old) { return old.expired(); });
            sessions.push_back(session);
            session->start();
        }

        Acceptor acceptor;
        TlsServerContext tls;
        HandlerT* handler;
        ClockT clock;
        std::vector<std::weak_ptr<Session>> sessions;
    };

  public:
    /// Port 0 lets the system choose one; see `port()`.
    /// @par Errors those of the system: address in use, not allowed
    static result<HttpsServer> listen(const Executor& executor, const std::string& address,
                                      std::uint16_t port, TlsServerContext tls, HandlerT& handler,
                                      ClockT clock = {}) {
        error_code ec;
        const auto parsed = boost::asio::ip::make_address(address, ec);
        if (ec) return ec;
        const boost::asio::ip::tcp::endpoint endpoint(parsed, port);
        auto listening =
            std::make_shared<Listening>(executor, std::move(tls), handler, std::move(clock));
        listening->acceptor.open(endpoint.protocol(), ec);
        if (!ec) listening->acceptor.set_option(boost::asio::socket_base::reuse_address(true), ec);
        if (!ec) listening->acceptor.bind(endpoint, ec);
        if (!ec) listening->acceptor.listen(boost::asio::socket_base::max_listen_connections, ec);
        if (ec) return ec;
        listening->accept();
        return HttpsServer(std::move(listening));
    }

    HttpsServer(HttpsServer&&) noexcept = default;
    HttpsServer& operator=(HttpsServer&&) noexcept = default;
    ~HttpsServer() { stop(); }

    std::uint16_t port() const {
        error_code ignored;
        return listening_->acceptor.local_endpoint(ignored).port();
    }

    /// Stops listening and drops all connections.
    void stop() {
        if (!listening_) return;
        error_code ignored;
        listening_->acceptor.close(ignored);
        for (const auto& session : listening_->sessions)
            if (const auto alive = session.lock()) alive->stop();
        listening_->sessions.clear();
    }

  private:
    explicit HttpsServer(std::shared_ptr<Listening> listening) : listening_(std::move(listening)) {}

    std::shared_ptr<Listening> listening_;
};

/// `serve_https(executor, "127.0.0.1", 0, identity, handler, clock)`
template <class Executor, HttpHandler HandlerT, Clock ClockT>
result<HttpsServer<Executor, HandlerT, ClockT>>
serve_https(const Executor& executor, const std::string& address, std::uint16_t port,
            TlsServerContext tls, HandlerT& handler, ClockT clock) {
    return HttpsServer<Executor, HandlerT, ClockT>::listen(executor, address, port, std::move(tls),
                                                           handler, std::move(clock));
}

} // namespace mde::inline MDE_ABI

#endif
