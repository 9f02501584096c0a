// SPDX-License-Identifier: BSL-1.0
// The transport against servers that keep to the rules, and against servers that do not.
#include "support/connect_proxy.hpp"
#include "support/raw_tls_caller.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <sstream>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

} // namespace

TEST_CASE("bodies end where their framing says") {
    CHECK(answer_of(ok + "Content-Length: 5\r\n\r\nhello").body == "hello");
    CHECK(answer_of(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n")
              .body == "hello!");
    CHECK(
        answer_of(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n").body ==
        "hi");
    CHECK(answer_of(ok + "\r\nuntil the end").body == "until the end");
    CHECK(answer_of("HTTP/1.1 204 No Content\r\n\r\n", Goodbye::stall).status == 204);
    CHECK(answer_of(ok + "Content-Length: 0\r\n\r\n", Goodbye::stall).body.empty());
}

TEST_CASE("a long body comes whole into a caller's memory of any size") {
    std::string body;
    for (int i = 0; body.size() < 3 * bounds::mib; ++i) body += std::to_string(i) + ',';
    const std::string length = std::to_string(body.size());
    std::ostringstream chunked;
    for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = size * 3 % 70'001)
        chunked << std::hex << (std::min)(size, body.size() - at) << "\r\n"
                << body.substr(at, size) << "\r\n";
    chunked << "0\r\n\r\n";
    for (const std::size_t piece : {std::size_t(1000), 33 * bounds::kib, 1 * bounds::mib}) {
        CAPTURE(piece);
        const std::string by_length = ok + "Content-Length: " + length + "\r\n\r\n" + body;
        // On one connection, so that a long body is followed by a short one.
        const RawTlsServer server(
            good_identity(),
            {{by_length, Goodbye::keep},
             {ok + "Content-Length: 2\r\n\r\nhi", Goodbye::keep},
             {ok + "Transfer-Encoding: chunked\r\n\r\n" + chunked.str(), Goodbye::keep},
             {ok + "\r\n" + body, Goodbye::orderly}});
        Caller caller(Caller::quick(), trust(), piece);
        CHECK(caller.get(server.port()).body == body);
        CHECK(caller.get(server.port()).body == "hi");
        CHECK(caller.get(server.port()).body == body);
        CHECK(caller.get(server.port()).body == body);
        CHECK(server.connections() == 1);
    }
}

TEST_CASE("what came with the head can be had at once") {
    const RawTlsServer server(good_identity(),
                              {{ok + "Content-Length: 5\r\n\r\nhello", Goodbye::keep},
                               {ok + "Content-Length: 0\r\n\r\n", Goodbye::keep},
                               {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}});
    Caller caller;
    auto first = caller.send(server.port());
    std::array<std::byte, 3> piece{};
    CHECK(first.read_arrived(piece) == 3u);
    CHECK(piece[2] == std::byte{'l'});
    CHECK(first.read_arrived(piece) == 2u);
    CHECK(piece[1] == std::byte{'o'});
    CHECK(first.read_arrived(piece) == 0u);
    first = {};
    CHECK(caller.send(server.port()).read_arrived(piece) == 0u);
    // Where a chunk begins is for the reading operation to find out.
    CHECK_FALSE(caller.send(server.port()).read_arrived(piece));
    CHECK(server.connections() == 1);
}

TEST_CASE("a handler is not called inside the call that began its operation") {
    const RawTlsServer server(good_identity(),
                              {{ok + "Content-Length: 5\r\n\r\nhello", Goodbye::keep},
                               {ok + "Content-Length: 0\r\n\r\n", Goodbye::keep}});
    net::io_context io;
    LoopbackTransport transport(io, trust());
    HttpRequest request;
    request.host = "127.0.0.1";
    request.port = server.port();
    request.target = "/x";
    std::array<std::byte, 2> piece{};
    int calls = 0;
    bool inside = false;
    LoopbackTransport::Exchange exchange;
    // From within the handler of one operation on a connection the next one begins at once.
    std::function<void()> read = [&] {
        inside = true;
        exchange.async_read_some(piece, [&](error_code ec, std::size_t size) {
            CHECK_FALSE(inside);
            CHECK_FALSE(ec);
            ++calls;
            if (size != 0) return read();
            exchange = {};
            inside = true;
            transport.async_send(request, [&](error_code error, LoopbackTransport::Exchange) {
                CHECK_FALSE(inside);
                CHECK_FALSE(error);
                ++calls;
            });
            inside = false;
        });
        inside = false;
    };
    transport.async_send(request, [&](error_code ec, LoopbackTransport::Exchange arrived) {
        REQUIRE_FALSE(ec);
        exchange = std::move(arrived);
        read();
    });
    io.run_for(20s);
    CHECK(calls == 5);
    CHECK(server.connections() == 1);
}

TEST_CASE("a body that ends early is truncated however it ends") {
    for (const Goodbye goodbye : {Goodbye::orderly, Goodbye::cut, Goodbye::reset}) {
        CAPTURE(static_cast<int>(goodbye));
        for (const std::string& bytes :
             {ok + "Content-Length: 50\r\n\r\nhello",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
            CAPTURE(bytes);
            const Outcome outcome = answer_of(bytes, goodbye);
            const bool is_reset = goodbye == Goodbye::reset;
            if (is_reset)
                CHECK(outcome.error);
            else
                CHECK(outcome.error == errc::body_truncated);
        }
    }
    CHECK(answer_of(ok + "\r\nuntil the end", Goodbye::cut).error == errc::body_truncated);
}

TEST_CASE("a connection cut right behind the declared length loses nothing") {
    const Outcome outcome = answer_of(ok + "Content-Length: 5\r\n\r\nhello", Goodbye::cut);
    CHECK_FALSE(outcome.error);
    CHECK(outcome.body == "hello");
}

TEST_CASE("heads that break the rules are refused") {
    for (const std::string& head : std::initializer_list<std::string>{
             "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n",
             "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n",
             "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n",
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n",
             "HTTP/2 200 OK\r\nContent-Length: 0\r\n",
             "SSH-2.0-OpenSSH_9.2\r\n",
             ok + "Content-Length: 5\r\nContent-Length: 6\r\n",
             ok + "Content-Length: 5\r\nContent-Length: 5\r\n",
             ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
             ok + "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
             ok + "Transfer-Encoding: xchunked\r\n",
             ok + "Transfer-Encoding: chunked, identity\r\n",
             ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             ok + "Content-Length: -5\r\n",
             ok + "Content-Length: +5\r\n",
             ok + "Content-Length: 5, 5\r\n",
             ok + "Content-Length: 99999999999999999999\r\n",
             ok + "Content-Length:\r\n",
             ok + "Bad Name: x\r\n",
             ok + "No colon\r\n",
         }) {
        CAPTURE(head);
        const Outcome outcome = answer_of(head + "\r\nhello");
        CHECK(outcome.error == errc::malformed_head);
        CHECK(outcome.body.empty());
    }
}

TEST_CASE("heads are bounded in fields and bytes") {
    const auto with_fields = [](std::size_t count) {
        return answer_of(ok + repeated("X-A: b\r\n", count) + "\r\n").error;
    };
    CHECK_FALSE(with_fields(bounds::response_fields));
    CHECK(with_fields(bounds::response_fields + 1) == errc::malformed_head);

    const auto with_field_size = [](std::size_t size) {
        return answer_of(ok + "X: " + std::string(size - 1, 'v') + "\r\n\r\n").error;
    };
    CHECK_FALSE(with_field_size(bounds::response_field));
    CHECK(with_field_size(bounds::response_field + 1) == errc::malformed_head);

    const std::string long_field = "X: " + std::string(bounds::response_field - 8, 'v') + "\r\n";
    CHECK(answer_of(ok + repeated(long_field, 5) + "\r\n").error == errc::malformed_head);
    CHECK(answer_of(ok + "X: " + std::string(200'000, 'v'), Goodbye::stall).error ==
          errc::malformed_head);
}

TEST_CASE("interim answers are passed over within their bound") {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    const std::string final_one = ok + "Content-Length: 2\r\n\r\nhi";
    CHECK(answer_of(repeated(interim, bounds::interim_answers) + final_one).body == "hi");
    CHECK(answer_of(repeated(interim, bounds::interim_answers + 1) + final_one).error ==
          errc::malformed_head);
}

TEST_CASE("chunk framing is bounded") {
    const std::string head = ok + "Transfer-Encoding: chunked\r\n\r\n";
    for (const std::string& body : {
             std::string("x\r\n"),
             std::string("5hello\r\n"),
             std::string("5\nhello\r\n"),
             std::string("5\r\nhelloX\r\n"),
             std::string("fffffffffffffffff\r\n"),
             "5;" + std::string(2000, 'e') + "\r\nhello\r\n0\r\n\r\n",
             "0\r\n" + repeated("X-Trailer: " + std::string(1000, 't') + "\r\n", 9) + "\r\n",
             repeated("1;" + std::string(900, 'e') + "\r\nx\r\n", 40) + "0\r\n\r\n",
         }) {
        CAPTURE(body.substr(0, 40));
        CHECK(answer_of(head + body, Goodbye::stall).error == errc::malformed_head);
    }
}

TEST_CASE("a server that stalls is left") {
    for (const std::string& bytes : {std::string(), ok, ok + "Content-Length: 5\r\n\r\nhel"}) {
        CAPTURE(bytes);
        TransportOptions options = Caller::quick();
        options.head_limit = options.idle_limit = 50ms;
        const RawTlsServer server(good_identity(), {{bytes, Goodbye::stall}});
        CHECK(Caller(std::move(options)).get(server.port()).error == errc::timed_out);
    }
}

TEST_CASE("the time limit of a request covers its body") {
    const RawTlsServer server(good_identity(),
                              {{ok + "Content-Length: 5\r\n\r\nhel", Goodbye::stall}});
    Caller caller;
    HttpRequest request;
    request.host = "127.0.0.1";
    request.port = server.port();
    request.target = "/x";
    request.time_limit = 100ms;
    CHECK(caller.call(request).error == errc::timed_out);
}

TEST_CASE("a server that never speaks TLS is left") {
    const Listener silent;
    TransportOptions options = Caller::quick();
    options.tls_limit = 50ms;
    CHECK(Caller(std::move(options)).get(silent.port()).error == errc::tls_failed);
}

TEST_CASE("a port where nobody listens is unreachable") {
    std::uint16_t port = 0;
    {
        const Listener gone;
        port = gone.port();
    }
    CHECK(Caller().get(port).error == errc::unreachable);
}

TEST_CASE("a name that cannot be one has no address") {
    const std::string label(64, 'a');
    CHECK(Caller().get(443, label + ".invalid").error == errc::host_not_found);
}

TEST_CASE("each way a certificate can be wrong is an error of its own") {
    const auto day = [](int year) {
        return UtcTime(std::chrono::sys_days(std::chrono::year(year) / 1 / 1));
    };
    const auto error_with = [](const IssuedCertificate& identity, TlsContext tls = trust()) {
        const RawTlsServer server(identity, {{ok + "Content-Length: 0\r\n\r\n"}});
        return Caller(Caller::quick(), std::move(tls)).get(server.port()).error;
    };
    CHECK_FALSE(error_with(good_identity()));
    IssueOptions options{.hosts = {"127.0.0.1"}};
    options.not_after = day(2021);
    CHECK(error_with(authority().issue(options)) == errc::certificate_expired);
    options.not_after = day(2050);
    options.not_before = day(2049);
    CHECK(error_with(authority().issue(options)) == errc::certificate_not_yet_valid);
    CHECK(error_with(authority().issue({.hosts = {"127.0.0.2", "other.example"}})) ==
          errc::certificate_wrong_host);
    IssueOptions own{.hosts = {"127.0.0.1"}};
    own.issued_by = IssuedBy::itself;
    CHECK(error_with(authority().issue(own)) == errc::certificate_self_signed);
    const CertificateAuthority stranger;
    CHECK(error_with(stranger.issue({.hosts = {"127.0.0.1"}})) == errc::certificate_unknown_issuer);
    CHECK(error_with(good_identity(), *TlsContext::system()) == errc::certificate_unknown_issuer);
}

TEST_CASE("a name is found in the alternative names only") {
    IssueOptions options{.hosts = {"127.0.0.1"}};
    options.common_name = "localhost";
    const RawTlsServer server(authority().issue(options), {{ok + "Content-Length: 0\r\n\r\n"}});
    CHECK(Caller().get(server.port(), "localhost").error == errc::certificate_wrong_host);
}

TEST_CASE("a name resolves and its certificate is checked for the name") {
    const RawTlsServer server(good_identity(), {{ok + "Content-Length: 2\r\n\r\nhi"}});
    CHECK(Caller().get(server.port(), "localhost").body == "hi");
}

TEST_CASE("TLS below 1.2 is refused") {
    const RawTlsServer server(good_identity(), {{ok + "Content-Length: 0\r\n\r\n"}});
    SSL_CTX_set_security_level(server.context(), 0);
    SSL_CTX_set_min_proto_version(server.context(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server.context(), TLS1_1_VERSION);
    CHECK(Caller().get(server.port()).error == errc::tls_failed);
}

TEST_CASE("a PEM text without an authority is refused") {
    CHECK_FALSE(TlsContext::trusting(""));
    CHECK_FALSE(TlsContext::trusting("hello"));
    CHECK_FALSE(TlsContext::trusting("-----BEGIN CERTIFICATE-----\nAAAA\n"));
    CHECK_FALSE(TlsContext::trusting(authority().ca_pem() + "-----BEGIN CERTIFICATE-----\n!\n"
                                                            "-----END CERTIFICATE-----\n"));
    CHECK(TlsContext::trusting(authority().ca_pem()));
}

TEST_CASE("a connection is used again and replaced when it has gone stale") {
    const std::string one = ok + "Content-Length: 2\r\n\r\nhi";
    const RawTlsServer server(good_identity(), {{one, Goodbye::keep},
                                                {one, Goodbye::keep},
                                                {one, Goodbye::orderly},
                                                {one, Goodbye::cut},
                                                {one, Goodbye::keep}});
    Caller caller;
    for (int i = 0; i < 5; ++i) {
        CAPTURE(i);
        const Outcome outcome = caller.get(server.port());
        CHECK_MESSAGE(!outcome.error, outcome.error.message());
        CHECK(outcome.body == "hi");
    }
    CHECK(server.connections() == 3);
}

TEST_CASE("a connection is not used again after bytes that nobody asked for") {
    // They come along with a short body, or lie behind it in a record of TLS that was read in part.
    for (const std::size_t size : {2u, 5'000u, 16'000u, 16'384u, 40'000u}) {
        CAPTURE(size);
        const std::string body(size, 'x');
        const std::string one = ok + "Content-Length: " + std::to_string(size) + "\r\n\r\n" + body +
                                ok + "Content-Length: 8\r\n\r\ninjected";
        const RawTlsServer server(good_identity(), {{one, Goodbye::keep}, {one, Goodbye::orderly}});
        Caller caller;
        const bool first = caller.get(server.port()).body == body;
        CHECK(first);
        const bool second = caller.get(server.port()).body == body;
        CHECK(second);
        CHECK(server.connections() == 2);
    }
}

TEST_CASE("a request that is not safe is not sent") {
    Caller caller;
    HttpRequest request;
    request.host = "127.0.0.1";
    request.target = "/x\r\nX-Injected: 1";
    CHECK(caller.call(request).error == errc::unsafe_request);
}

TEST_CASE("a proxy is asked to connect and a refusal is told") {
    const auto call_through = [&](const std::string& reply, const std::string& user,
                                  std::string& request) {
        const RawTlsServer server(good_identity(), {{ok + "Content-Length: 2\r\n\r\nhi"}});
        const ConnectProxy proxy(reply, server.port());
        TransportOptions options = Caller::quick();
        options.proxy =
            *Proxy::parse("http://" + user + "127.0.0.1:" + std::to_string(proxy.port()));
        const Outcome outcome = Caller(std::move(options)).get(server.port());
        request = proxy.requests();
        return outcome;
    };
    std::string request;
    CHECK(call_through("HTTP/1.1 200 Connection established\r\n\r\n", "", request).body == "hi");
    CHECK(request.starts_with("CONNECT 127.0.0.1:"));
    CHECK(request.find("Authorization") == std::string::npos);
    CHECK(call_through("HTTP/1.0 200 OK\r\n\r\n", "user:p%40ss@", request).body == "hi");
    CHECK(request.find("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n") != std::string::npos);
    for (const char* refusal :
         {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
          "garbage\r\n\r\n"}) {
        CAPTURE(refusal);
        CHECK(call_through(refusal, "", request).error == errc::proxy_refused);
    }
}
