// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_METADATA_SERVER_HPP
#define MDE_ADAPTER_METADATA_SERVER_HPP

/// @file
/// Serves any `HttpHandler` without TLS on loopback: an emulated metadata service has none either.

#include <mde/adapter/detail/listening.hpp>
#include <mde/base/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace mde::inline MDE_ABI {

/// As `HttpsServer`, but bare, and therefore never on another address than 127.0.0.1. What a client
/// may ask it is the client's own rule: see `TransportOptions::metadata_host`. The handler outlives
/// the server and what it accepted. Distinct objects: safe. Shared objects: unsafe.
template <class Executor, HttpHandler HandlerT, Clock ClockT>
class MetadataServer {
    using Listening = detail::Listening<Executor, HandlerT, ClockT>;

  public:
    /// Port 0 lets the system choose one; see `port()`.
    /// @par Errors those of the system: address in use, not allowed
    static result<MetadataServer> listen(const Executor& executor, std::uint16_t port,
                                         HandlerT& handler, ClockT clock = {}) {
        auto listening =
            std::make_shared<Listening>(executor, std::nullopt, handler, std::move(clock));
        if (const error_code ec = listening->open("127.0.0.1", port)) return ec;
        return MetadataServer(std::move(listening));
    }

    /// Leaves the other one without a server.
    MetadataServer(MetadataServer&&) noexcept = default;
    /// Likewise; the one that was here is stopped.
    MetadataServer& operator=(MetadataServer&&) noexcept = default;

    /// The port that it listens on.
    std::uint16_t port() const { return owned_.port(); }

    /// Stops listening and drops all connections.
    void stop() { owned_.stop(); }

  private:
    explicit MetadataServer(std::shared_ptr<Listening> listening) : owned_(std::move(listening)) {}

    detail::ListeningOwner<Executor, HandlerT, ClockT> owned_;
};

/// `serve_http_for_metadata(executor, 0, handler, clock)`
template <class Executor, HttpHandler HandlerT, Clock ClockT>
result<MetadataServer<Executor, HandlerT, ClockT>>
serve_http_for_metadata(const Executor& executor, std::uint16_t port, HandlerT& handler,
                        ClockT clock) {
    return MetadataServer<Executor, HandlerT, ClockT>::listen(executor, port, handler,
                                                              std::move(clock));
}

} // namespace mde::inline MDE_ABI

#endif
