// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_RAW_TLS_CALLER_HPP
#define MDE_TESTS_SUPPORT_RAW_TLS_CALLER_HPP

/// @file
/// The real transport against a server that sends exactly what it is told.

#include "support/https_world.hpp"
#include "support/raw_tls_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_test {

struct Outcome {
    mde::error_code error;
    unsigned status = 0;
    std::string body;
};

/// Sends one GET (or what `request` says) and reads the body to its end.
class Caller {
  public:
    explicit Caller(mde::TransportOptions options = quick(), mde::TlsContext tls = trust(),
                    std::size_t piece = 1000)
        : transport_(io_, std::move(tls), std::move(options)), piece_(piece) {}

    static mde::TransportOptions quick() {
        mde::TransportOptions options;
        options.connect_limit = options.tls_limit = options.head_limit = options.idle_limit = 5s;
        return options;
    }

    Outcome get(std::uint16_t port, std::string_view host = "127.0.0.1") {
        mde::HttpRequest request;
        request.host = host;
        request.port = port;
        request.target = "/x";
        return call(request);
    }

    /// Up to the head.
    LoopbackTransport::Exchange send(std::uint16_t port) {
        mde::HttpRequest request;
        request.host = "127.0.0.1";
        request.port = port;
        request.target = "/x";
        bool done = false;
        LoopbackTransport::Exchange exchange;
        transport_.async_send(request,
                              [&](mde::error_code ec, LoopbackTransport::Exchange arrived) {
                                  CHECK_FALSE(ec);
                                  exchange = std::move(arrived);
                                  done = true;
                              });
        run(done);
        return exchange;
    }

    Outcome call(const mde::HttpRequest& request) {
        Outcome outcome;
        bool done = false;
        LoopbackTransport::Exchange exchange;
        transport_.async_send(request,
                              [&](mde::error_code ec, LoopbackTransport::Exchange arrived) {
                                  outcome.error = ec;
                                  exchange = std::move(arrived);
                                  done = true;
                              });
        run(done);
        if (outcome.error) return outcome;
        outcome.status = exchange.head().status();
        std::vector<std::byte> piece(piece_);
        for (std::size_t size = 1; size != 0 && !outcome.error;) {
            done = false;
            exchange.async_read_some(piece, [&](mde::error_code ec, std::size_t count) {
                outcome.error = ec;
                size = count;
                done = true;
            });
            run(done);
            if (!outcome.error)
                outcome.body.append(reinterpret_cast<const char*>(piece.data()), size);
        }
        return outcome;
    }

  private:
    void run(const bool& done) {
        io_.restart();
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!done && std::chrono::steady_clock::now() < end) io_.run_one_for(100ms);
        REQUIRE(done);
    }

    mde::net::io_context io_;
    LoopbackTransport transport_;
    std::size_t piece_;
};

inline mde::IssuedCertificate good_identity() {
    static const mde::IssuedCertificate one =
        authority().issue({.hosts = {"127.0.0.1", "localhost"}});
    return one;
}

inline Outcome answer_of(std::string bytes, Goodbye goodbye = Goodbye::orderly) {
    const RawTlsServer server(good_identity(), {{std::move(bytes), goodbye}});
    return Caller().get(server.port());
}

} // namespace mde_test

#endif
