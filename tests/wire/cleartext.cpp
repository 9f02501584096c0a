// SPDX-License-Identifier: BSL-1.0
// The one exception from TLS: the metadata service is asked in the clear, and nobody else is.
#include "support/https_world.hpp"
#include "support/raw_tls_server.hpp"

#include <mde/adapter/metadata_server.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

/// Says what it was asked, and over how many connections that came is the server's business.
struct Mirror {
    std::vector<std::string> hosts;
    ReplyFraming framing = ReplyFraming::by_length;
    std::optional<std::uint64_t> cut_after;
    Duration delay{};
    bool unanswered = false;

    HttpReply handle(const IncomingRequest& request, const Now&) {
        hosts.emplace_back(request.host);
        HttpReply reply;
        reply.body = std::string(request.method) + ' ' + std::string(request.target) + ' ' +
                     std::string(request.field("Metadata")) + std::string(request.body);
        reply.framing = framing;
        reply.cut_after = cut_after;
        reply.delay = delay;
        reply.unanswered = unanswered;
        return reply;
    }
};

struct CleartextWorld {
    boost::asio::io_context io;
    Mirror mirror;
    MetadataServer<Executor, Mirror, SystemClock> bare =
        *serve_http_for_metadata(io.get_executor(), 0, mirror, SystemClock());
    HttpsServer<Executor, Mirror, SystemClock> secure =
        *serve_https(io.get_executor(), "127.0.0.1", 0, identity(), mirror, SystemClock());
    TransportOptions options;
    std::optional<LoopbackTransport> transport;

    CleartextWorld() {
        options.connect_limit = options.tls_limit = options.head_limit = options.idle_limit = 5s;
        options.metadata_host = "127.0.0.1";
        options.metadata_port = bare.port();
    }

    HttpRequest request(Scheme scheme, std::uint16_t port,
                        std::string_view host = "127.0.0.1") const {
        static constexpr std::array<HeaderField, 1> fields{{{"Metadata", "true"}}};
        HttpRequest made;
        made.scheme = scheme;
        made.host = host;
        made.port = port;
        made.target = "/x";
        made.fields = fields;
        return made;
    }

    struct Outcome {
        error_code error;
        std::string body;
    };

    Outcome call(const HttpRequest& request) {
        if (!transport) transport.emplace(io, trust(), std::move(options));
        Outcome outcome;
        LoopbackTransport::Exchange exchange;
        bool done = false;
        transport->async_send(request, [&](error_code ec, LoopbackTransport::Exchange arrived) {
            outcome.error = ec;
            exchange = std::move(arrived);
            done = true;
        });
        run(done);
        std::array<std::byte, 1000> piece;
        for (std::size_t size = 1; size != 0 && !outcome.error;) {
            done = false;
            exchange.async_read_some(piece, [&](error_code ec, std::size_t count) {
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

    void run(const bool& done) {
        io.restart();
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!done && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
        REQUIRE(done);
    }
};

} // namespace

TEST_CASE_FIXTURE(CleartextWorld, "the metadata service is asked in the clear") {
    const Outcome outcome = call(request(Scheme::http, bare.port()));
    CHECK_FALSE(outcome.error);
    CHECK(outcome.body == "GET /x true");
    REQUIRE(mirror.hosts.size() == 1);
    CHECK(mirror.hosts[0] == "127.0.0.1:" + std::to_string(bare.port()));
}

TEST_CASE_FIXTURE(CleartextWorld, "TLS to others goes on beside it") {
    CHECK(call(request(Scheme::http, bare.port())).body == "GET /x true");
    CHECK(call(request(Scheme::https, secure.port())).body == "GET /x true");
}

TEST_CASE_FIXTURE(CleartextWorld, "nobody else is asked in the clear and no socket is opened") {
    const Listener other;
    for (const HttpRequest& refused :
         {request(Scheme::http, other.port()), request(Scheme::http, secure.port()),
          request(Scheme::http, bare.port(), "localhost"),
          request(Scheme::http, 80, "169.254.169.254"),
          request(static_cast<Scheme>(7), bare.port())}) {
        CAPTURE(refused.host);
        CAPTURE(refused.port);
        CHECK(call(refused).error == errc::cleartext_refused);
    }
    CHECK(other.is_untouched());
    CHECK(mirror.hosts.empty());
}

TEST_CASE_FIXTURE(CleartextWorld,
                  "without further words the metadata service is at its one address") {
    options = TransportOptions();
    CHECK(options.metadata_host == "169.254.169.254");
    CHECK(options.metadata_port == 80);
    const Listener other;
    CHECK(call(request(Scheme::http, other.port())).error == errc::cleartext_refused);
    CHECK(other.is_untouched());
}

TEST_CASE_FIXTURE(CleartextWorld, "a server that another one takes the place of is stopped") {
    const auto is_open = [this](std::uint16_t port) {
        boost::asio::ip::tcp::socket socket(io);
        error_code ec;
        socket.connect({boost::asio::ip::address_v4::loopback(), port}, ec);
        return !ec;
    };
    const std::uint16_t first_bare = bare.port();
    const std::uint16_t first_secure = secure.port();
    CHECK(is_open(first_bare));
    CHECK(is_open(first_secure));
    bare = *serve_http_for_metadata(io.get_executor(), 0, mirror, SystemClock());
    secure = *serve_https(io.get_executor(), "127.0.0.1", 0, identity(), mirror, SystemClock());
    CHECK_FALSE(is_open(first_bare));
    CHECK_FALSE(is_open(first_secure));
    CHECK(is_open(bare.port()));
    CHECK(is_open(secure.port()));
}

TEST_CASE_FIXTURE(CleartextWorld, "a request that is not safe is not sent in the clear either") {
    HttpRequest unsafe = request(Scheme::http, bare.port());
    unsafe.target = "/x\r\nX-Injected: 1";
    CHECK(call(unsafe).error == errc::unsafe_request);
    CHECK(mirror.hosts.empty());
}

TEST_CASE_FIXTURE(CleartextWorld, "a proxy is never used for the metadata service") {
    const Listener proxy;
    options.proxy = *Proxy::parse("http://127.0.0.1:" + std::to_string(proxy.port()));
    CHECK(call(request(Scheme::http, bare.port())).body == "GET /x true");
    CHECK(proxy.is_untouched());
}

TEST_CASE_FIXTURE(CleartextWorld, "a bare connection is used again for cleartext only") {
    CHECK_FALSE(call(request(Scheme::http, bare.port())).error);
    CHECK_FALSE(call(request(Scheme::http, bare.port())).error);
    CHECK(mirror.hosts.size() == 2);
    CHECK(call(request(Scheme::https, bare.port())).error == errc::tls_failed);
    CHECK(mirror.hosts.size() == 2);
}

TEST_CASE_FIXTURE(CleartextWorld, "a TLS connection is never used for a cleartext request") {
    options.metadata_port = secure.port();
    CHECK_FALSE(call(request(Scheme::https, secure.port())).error);
    CHECK(mirror.hosts.size() == 1);
    CHECK(call(request(Scheme::http, secure.port())).error == errc::connection_lost);
    CHECK(mirror.hosts.size() == 1);
}

TEST_CASE_FIXTURE(CleartextWorld, "bodies in the clear end where their framing says") {
    const HttpRequest one = request(Scheme::http, bare.port());
    for (const ReplyFraming framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        CAPTURE(static_cast<int>(framing));
        mirror.framing = framing;
        CHECK(call(one).body == "GET /x true");
    }
    mirror.cut_after = 3;
    for (const ReplyFraming framing : {ReplyFraming::by_length, ReplyFraming::by_chunks}) {
        CAPTURE(static_cast<int>(framing));
        mirror.framing = framing;
        CHECK(call(one).error == errc::body_truncated);
    }
}

TEST_CASE_FIXTURE(CleartextWorld, "a body is sent in the clear and time limits hold") {
    HttpRequest posted = request(Scheme::http, bare.port());
    posted.method = Method::post;
    posted.body = "!";
    CHECK(call(posted).body == "POST /x true!");
    mirror.delay = 1min;
    posted.time_limit = 50ms;
    CHECK(call(posted).error == errc::timed_out);
}

TEST_CASE_FIXTURE(CleartextWorld, "a connection that is dropped without an answer is lost") {
    mirror.unanswered = true;
    for (const Method method : {Method::get, Method::post}) {
        for (const Scheme scheme : {Scheme::http, Scheme::https}) {
            CAPTURE(static_cast<int>(scheme));
            HttpRequest asked =
                request(scheme, scheme == Scheme::http ? bare.port() : secure.port());
            asked.method = method;
            CHECK(call(asked).error == errc::connection_lost);
        }
    }
    // Each arrived, and none twice: the connections were fresh.
    CHECK(mirror.hosts.size() == 4);
}

TEST_CASE_FIXTURE(CleartextWorld, "a metadata service that has stopped is unreachable") {
    const std::uint16_t port = bare.port();
    bare.stop();
    CHECK(call(request(Scheme::http, port)).error == errc::unreachable);
}
