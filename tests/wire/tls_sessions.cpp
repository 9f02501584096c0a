// SPDX-License-Identifier: BSL-1.0
// TLS sessions are resumed, with the same server only, and never in place of a verified
// certificate.
#include "support/https_world.hpp"
#include "support/raw_tls_server.hpp"

#include <mde/adapter/detail/session_cache.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

const std::string empty_answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

IssuedCertificate server_identity(const std::vector<std::string>& hosts = {"127.0.0.1",
                                                                           "localhost"}) {
    IssueOptions options;
    options.hosts = hosts;
    return authority().issue(options);
}

/// Calls one after the other, each over a connection of its own.
class Visitor {
  public:
    explicit Visitor(std::size_t sessions = 8) : transport_(io_, trust(), options(sessions)) {}

    error_code visit(std::uint16_t port, std::string_view host = "127.0.0.1") {
        HttpRequest request;
        request.host = host;
        request.port = port;
        request.target = "/x";
        error_code outcome = make_error_code(errc::timed_out);
        transport_.async_send(request, [&](error_code ec, LoopbackTransport::Exchange exchange) {
            outcome = ec;
            if (!ec) CHECK(exchange.head().status() == 200);
        });
        io_.restart();
        io_.run_for(20s);
        return outcome;
    }

  private:
    static TransportOptions options(std::size_t sessions) {
        TransportOptions made;
        made.idle_connections = 0;
        made.tls_sessions = sessions;
        return made;
    }

    net::io_context io_;
    LoopbackTransport transport_;
};

std::vector<Answer> answers(std::size_t count) { return {count, Answer{empty_answer}}; }

/// A session as a server of that version might have handed it out.
mde::detail::OpensslPtr<SSL_SESSION> session(int version = TLS1_3_VERSION) {
    static unsigned char id = 0;
    mde::detail::OpensslPtr<SSL_SESSION> made(SSL_SESSION_new());
    SSL_SESSION_set_protocol_version(made.get(), version);
    SSL_SESSION_set1_id(made.get(), &++id, 1);
    return made;
}

mde::detail::Peer peer(std::string host, std::uint16_t port = 443) {
    return {Scheme::https, std::move(host), port};
}

} // namespace

TEST_CASE("the next connection to a server goes on with its session") {
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        CAPTURE(version);
        const RawTlsServer server(server_identity(), answers(4));
        SSL_CTX_set_max_proto_version(server.context(), version);
        Visitor visitor;
        for (int i = 0; i < 4; ++i) CHECK_FALSE(visitor.visit(server.port()));
        CHECK(server.connections() == 4);
        CHECK(server.resumptions() == 3);
    }
}

TEST_CASE("no session is resumed under another name or by another transport") {
    const RawTlsServer server(server_identity(), answers(4));
    Visitor visitor;
    CHECK_FALSE(visitor.visit(server.port(), "127.0.0.1"));
    CHECK_FALSE(visitor.visit(server.port(), "localhost"));
    CHECK_FALSE(Visitor().visit(server.port(), "127.0.0.1"));
    CHECK(server.resumptions() == 0);
    CHECK_FALSE(visitor.visit(server.port(), "localhost"));
    CHECK(server.resumptions() == 1);
}

TEST_CASE("no session is offered to another port of the same host") {
    const IssuedCertificate identity = server_identity();
    const RawTlsServer first(identity, answers(1));
    const RawTlsServer second(identity, answers(1));
    Visitor visitor;
    CHECK_FALSE(visitor.visit(first.port()));
    CHECK_FALSE(visitor.visit(second.port()));
    CHECK(second.resumptions() == 0);
}

TEST_CASE("no session is kept if none is wanted") {
    const RawTlsServer server(server_identity(), answers(3));
    Visitor visitor(0);
    for (int i = 0; i < 3; ++i) CHECK_FALSE(visitor.visit(server.port()));
    CHECK(server.resumptions() == 0);
}

TEST_CASE("a server that does not know its session any more is verified again") {
    const RawTlsServer server(server_identity(), answers(2));
    Visitor visitor;
    CHECK_FALSE(visitor.visit(server.port()));
    // With new keys it cannot read what it handed out.
    std::vector<unsigned char> keys(80, 0x5a);
    REQUIRE(SSL_CTX_set_tlsext_ticket_keys(server.context(), keys.data(), long(keys.size())) == 1);
    CHECK_FALSE(visitor.visit(server.port()));
    CHECK(server.connections() == 2);
    CHECK(server.resumptions() == 0);
}

TEST_CASE("a server with a refused certificate leaves no session behind") {
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        CAPTURE(version);
        const RawTlsServer server(server_identity({"other.example"}), answers(2));
        SSL_CTX_set_max_proto_version(server.context(), version);
        Visitor visitor;
        for (int i = 0; i < 2; ++i)
            CHECK(visitor.visit(server.port()) == errc::certificate_wrong_host);
        CHECK(server.resumptions() == 0);
    }
}

TEST_CASE("a session of TLS 1.3 is given out once and one of TLS 1.2 again") {
    const auto now = std::chrono::steady_clock::now();
    mde::detail::SessionCache cache(8);
    cache.put(peer("a"), session(TLS1_3_VERSION), now);
    CHECK(cache.take(peer("a"), now));
    CHECK_FALSE(cache.take(peer("a"), now));
    cache.put(peer("b"), session(TLS1_2_VERSION), now);
    CHECK(cache.take(peer("b"), now));
    CHECK(cache.take(peer("b"), now));
}

TEST_CASE("sessions are told apart by host and port and the newest is taken") {
    const auto now = std::chrono::steady_clock::now();
    mde::detail::SessionCache cache(8);
    cache.put(peer("a"), session(), now);
    CHECK_FALSE(cache.take(peer("b"), now));
    CHECK_FALSE(cache.take(peer("a", 8443), now));
    auto newest = session();
    const SSL_SESSION* expected = newest.get();
    cache.put(peer("a"), std::move(newest), now);
    CHECK(cache.take(peer("a"), now).get() == expected);
    CHECK(cache.take(peer("a"), now));
}

TEST_CASE("sessions are bounded per server and in all") {
    const auto now = std::chrono::steady_clock::now();
    const auto count = [&](mde::detail::SessionCache& cache, const std::string& host) {
        std::size_t found = 0;
        while (cache.take(peer(host), now)) ++found;
        return found;
    };
    mde::detail::SessionCache cache(2);
    for (int i = 0; i < 3; ++i) cache.put(peer("a"), session(), now);
    CHECK(count(cache, "a") == 2);
    const std::size_t all = 2 * mde::detail::SessionCache::servers;
    for (std::size_t i = 0; i < all; ++i) cache.put(peer("h" + std::to_string(i)), session(), now);
    CHECK(count(cache, "h0") == 1);
    cache.put(peer("h0"), session(), now);
    CHECK(count(cache, "h1") == 1);
    cache.put(peer("h1"), session(), now);
    cache.put(peer("last"), session(), now);
    CHECK(count(cache, "h2") == 0);
    CHECK(count(cache, "last") == 1);
}

TEST_CASE("a session is too old after an hour") {
    const auto now = std::chrono::steady_clock::now();
    mde::detail::SessionCache cache(8);
    cache.put(peer("a"), session(), now);
    cache.put(peer("b"), session(), now);
    const auto limit = now + mde::detail::SessionCache::life;
    CHECK(cache.take(peer("a"), limit - std::chrono::nanoseconds(1)));
    CHECK_FALSE(cache.take(peer("b"), limit));
}
