// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_LISTENING_HPP
#define MDE_ADAPTER_DETAIL_LISTENING_HPP

/// @file
/// A listening socket and what was accepted on it, over TLS or bare.

#include <mde/adapter/detail/server_session.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/base/result.hpp>
#include <mde/wire/http_message.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// Distinct objects: safe. Shared objects: unsafe.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class Listening : public std::enable_shared_from_this<Listening<Executor, HandlerT, ClockT>> {
    using Session = ServerSession<Executor, HandlerT, ClockT>;
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

  public:
    /// Without `tls` it is bare.
    Listening(const Executor& executor, std::optional<TlsServerContext> tls, HandlerT& handler,
              ClockT clock)
        : acceptor_(executor), tls_(std::move(tls)), handler_(&handler), clock_(std::move(clock)) {}

    /// Begins to answer. Port 0 lets the system choose one.
    /// @par Errors those of the system: address in use, not allowed
    error_code open(const std::string& address, std::uint16_t port) {
        error_code ec;
        const auto parsed = boost::asio::ip::make_address(address, ec);
        if (ec) return ec;
        const boost::asio::ip::tcp::endpoint endpoint(parsed, port);
        acceptor_.open(endpoint.protocol(), ec);
        if (!ec) acceptor_.set_option(boost::asio::socket_base::reuse_address(true), ec);
        if (!ec) acceptor_.bind(endpoint, ec);
        if (!ec) acceptor_.listen(boost::asio::socket_base::max_listen_connections, ec);
        if (!ec) accept();
        return ec;
    }

    std::uint16_t port() const {
        error_code ignored;
        return acceptor_.local_endpoint(ignored).port();
    }

    /// Stops listening and drops all connections.
    void stop() {
        error_code ignored;
        acceptor_.close(ignored);
        for (const auto& session : sessions_)
            if (const auto alive = session.lock()) alive->stop();
        sessions_.clear();
    }

  private:
    void accept() {
        auto strand = boost::asio::make_strand(acceptor_.get_executor());
        acceptor_.async_accept(strand, [self = this->shared_from_this()](
                                           error_code ec, typename Session::Socket socket) {
            if (ec == boost::asio::error::operation_aborted || !self->acceptor_.is_open()) return;
            if (!ec) self->begin(std::move(socket));
            self->accept();
        });
    }

    void begin(typename Session::Socket socket) {
        auto session =
            std::make_shared<Session>(std::move(socket), tls_ ? Scheme::https : Scheme::http,
                                      tls_ ? tls_->native_handle() : nullptr, *handler_, clock_);
        std::erase_if(sessions_, [](const auto& old) { return old.expired(); });
        sessions_.push_back(session);
        session->start();
    }

    Acceptor acceptor_;
    std::optional<TlsServerContext> tls_;
    HandlerT* handler_;
    ClockT clock_;
    std::vector<std::weak_ptr<Session>> sessions_;
};

/// What a server object is: it stops listening when it goes, or when another one takes its place.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class ListeningOwner {
    using Owned = Listening<Executor, HandlerT, ClockT>;

  public:
    explicit ListeningOwner(std::shared_ptr<Owned> listening) : listening_(std::move(listening)) {}
    ListeningOwner(ListeningOwner&&) noexcept = default;
    ListeningOwner& operator=(ListeningOwner&& other) noexcept {
        if (this != &other) stop();
        listening_ = std::move(other.listening_);
        return *this;
    }
    ~ListeningOwner() { stop(); }

    std::uint16_t port() const { return listening_->port(); }

    void stop() {
        if (listening_) listening_->stop();
    }

  private:
    std::shared_ptr<Owned> listening_;
};

} // namespace mde::inline MDE_ABI::detail

#endif
