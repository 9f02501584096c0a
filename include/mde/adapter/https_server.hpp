// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_HTTPS_SERVER_HPP
#define MDE_ADAPTER_HTTPS_SERVER_HPP

/// @file
/// Serves any `HttpHandler` over TLS: the way from the emulator to a socket.

#include <mde/adapter/detail/listening.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/base/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI {

/// Listens on one address, and answers from the moment it is made. For tests, demonstrations and
/// emulators: it bounds what it reads, but it is no server for a hostile network. The handler
/// outlives the server and what it accepted; it is called on many threads if many run the executor.
/// Distinct objects: safe. Shared objects: unsafe.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class HttpsServer {
    using Listening = detail::Listening<Executor, HandlerT, ClockT>;

  public:
    /// Port 0 lets the system choose one; see `port()`.
    /// @par Errors those of the system: address in use, not allowed
    static result<HttpsServer> listen(const Executor& executor, const std::string& address,
                                      std::uint16_t port, TlsServerContext tls, HandlerT& handler,
                                      ClockT clock = {}) {
        auto listening =
            std::make_shared<Listening>(executor, std::move(tls), handler, std::move(clock));
        if (const error_code ec = listening->open(address, port)) return ec;
        return HttpsServer(std::move(listening));
    }

    /// Leaves the other one without a server.
    HttpsServer(HttpsServer&&) noexcept = default;
    /// Likewise; the one that was here is stopped.
    HttpsServer& operator=(HttpsServer&&) noexcept = default;

    /// The port that it listens on.
    std::uint16_t port() const { return owned_.port(); }

    /// Stops listening and drops all connections.
    void stop() { owned_.stop(); }

  private:
    explicit HttpsServer(std::shared_ptr<Listening> listening) : owned_(std::move(listening)) {}

    detail::ListeningOwner<Executor, HandlerT, ClockT> owned_;
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
