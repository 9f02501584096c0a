// SPDX-License-Identifier: BSL-1.0
// Every way in which the other end can fail to prove who it is: refused with its reason, and before
// a byte of the request has left. The plain cases (expired, unknown issuer and so on) with the
// SDK's own authority are in transport.cpp; here is all of it as a table.
#include "support/https_world.hpp"
#include "support/odd_certificates.hpp"
#include "support/raw_tls_server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

struct CertificateCase {
    std::string name;
    std::shared_ptr<SSL_CTX> server;
    /// Empty: the connection is made.
    std::optional<errc> refusal;
    std::string host = "127.0.0.1";
    /// In PEM; empty: the usual root.
    std::string trusted{};
};

const OddAuthority& odd_authority() {
    static const OddAuthority one;
    return one;
}

/// One request to `host`, which leads to this machine; only its error is of interest.
error_code call_once(const std::string& trusted, const std::string& host, std::uint16_t port) {
    net::io_context io;
    TransportOptions options;
    options.connect_limit = options.tls_limit = options.head_limit = 5s;
    LoopbackTransport transport(io, *TlsContext::trusting(trusted), std::move(options));
    HttpRequest request;
    request.host = host;
    request.port = port;
    request.target = "/secret";
    std::optional<error_code> outcome;
    transport.async_send(request,
                         [&](error_code ec, LoopbackTransport::Exchange) { outcome = ec; });
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!outcome && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
    REQUIRE(outcome);
    return *outcome;
}

void check_certificate(const CertificateCase& one) {
    CAPTURE(one.name);
    const RawTlsServer server(one.server, {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}});
    const std::string& trusted = one.trusted.empty() ? odd_authority().root_pem() : one.trusted;
    const error_code error = call_once(trusted, one.host, server.port());
    if (!one.refusal) {
        CHECK_MESSAGE(!error, error.message());
        CHECK(server.heard() > 0);
        return;
    }
    CHECK_MESSAGE(error == *one.refusal, error.message());
    CHECK(error.message() == make_error_code(*one.refusal).message());
    CHECK(server.heard() == 0);
}

std::shared_ptr<SSL_CTX> odd(void (*change)(OddLeaf&)) {
    OddLeaf leaf;
    change(leaf);
    return odd_authority().server(leaf);
}

/// A server with a good certificate and bad manners.
std::shared_ptr<SSL_CTX> rude(const std::function<void(SSL_CTX*)>& change) {
    auto context = odd_authority().server({});
    change(context.get());
    return context;
}

} // namespace

TEST_CASE("a certificate that proves nothing is refused before the request leaves") {
    OddAuthority::Options other_name;
    other_name.root_name = "another root";
    const OddAuthority stranger(other_name);
    const OddAuthority impostor;
    std::vector<CertificateCase> cases{
        {"good", odd([](OddLeaf&) {}), {}},
        {"good name", odd([](OddLeaf&) {}), {}, "localhost"},
        {"expired", odd([](OddLeaf& leaf) { leaf.last_year = 2021; }), errc::certificate_expired},
        {"not yet valid", odd([](OddLeaf& leaf) { leaf.first_year = 2049; }),
         errc::certificate_not_yet_valid},
        {"another host", odd([](OddLeaf& leaf) { leaf.names = "IP:127.0.0.2,DNS:other.example"; }),
         errc::certificate_wrong_host},
        {"no names", odd([](OddLeaf& leaf) { leaf.names.clear(); }), errc::certificate_wrong_host},
        {"the name as common name only",
         odd([](OddLeaf& leaf) { leaf.names.clear(), leaf.common_name = "localhost"; }),
         errc::certificate_wrong_host, "localhost"},
        {"the address as common name only",
         odd([](OddLeaf& leaf) { leaf.names.clear(), leaf.common_name = "127.0.0.1"; }),
         errc::certificate_wrong_host},
        {"the address as a DNS name", odd([](OddLeaf& leaf) { leaf.names = "DNS:127.0.0.1"; }),
         errc::certificate_wrong_host},
        {"a part of the name as a wildcard",
         odd([](OddLeaf& leaf) { leaf.names = "DNS:l*.localhost,DNS:l*t"; }),
         errc::certificate_wrong_host, "localhost"},
        {"everything as a wildcard", odd([](OddLeaf& leaf) { leaf.names = "DNS:*"; }),
         errc::certificate_wrong_host, "localhost"},
        {"the name and more", odd([](OddLeaf& leaf) { leaf.names = "DNS:localhost.evil.example"; }),
         errc::certificate_wrong_host, "localhost"},
        {"another root", stranger.server({}), errc::certificate_unknown_issuer},
        {"another root of the same name", impostor.server({}), errc::certificate_rejected},
        {"an RSA key of 1024 bits", odd([](OddLeaf& leaf) { leaf.key = "RSA 1024"; }),
         errc::certificate_too_weak},
        {"a SHA-1 signature", odd([](OddLeaf& leaf) { leaf.digest = EVP_sha1(); }),
         errc::certificate_too_weak},
        {"for clients", odd([](OddLeaf& leaf) { leaf.purpose = "clientAuth"; }),
         errc::certificate_wrong_purpose},
        {"for code", odd([](OddLeaf& leaf) { leaf.purpose = "codeSigning"; }),
         errc::certificate_wrong_purpose},
        {"a key that may only sign certificates",
         odd([](OddLeaf& leaf) { leaf.key_usage = "critical,keyCertSign"; }),
         errc::certificate_wrong_purpose},
    };
    for (const CertificateCase& one : cases) check_certificate(one);
}

TEST_CASE("a chain that does not hold is refused before the request leaves") {
    using Sent = OddAuthority::Sent;
    const auto chain = [](const OddAuthority::Options& options, Sent sent = Sent::whole_chain) {
        const OddAuthority made(options);
        return std::pair(made.server_of_intermediate({}, sent), made.root_pem());
    };
    const auto check = [](const char* name,
                          const std::pair<std::shared_ptr<SSL_CTX>, std::string>& made,
                          std::optional<errc> refusal) {
        check_certificate({name, made.first, refusal, "127.0.0.1", made.second});
    };
    check("whole", chain({}), {});
    check("without its intermediate", chain({}, Sent::leaf), errc::certificate_unknown_issuer);
    check("through an expired one", chain({.middle_last_year = 2021}), errc::certificate_expired);
    check("through one that is no authority", chain({.middle_basic = "critical,CA:FALSE"}),
          errc::certificate_wrong_purpose);
    check("through one that may not sign", chain({.middle_usage = "critical,digitalSignature"}),
          errc::certificate_wrong_purpose);
}

TEST_CASE("a server that speaks no good TLS is refused before the request leaves") {
    const auto check = [](const char* name, const std::function<void(SSL_CTX*)>& change) {
        check_certificate({name, rude(change), errc::tls_failed});
    };
    check("only TLS 1.0",
          [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_VERSION); });
    check("only TLS 1.1", [](SSL_CTX* context) {
        SSL_CTX_set_min_proto_version(context, TLS1_1_VERSION);
        SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    });
    for (const char* ciphers : {"eNULL", "aNULL", "ADH-AES128-GCM-SHA256", "PSK"})
        check(ciphers, [ciphers](SSL_CTX* context) {
            SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
            REQUIRE(SSL_CTX_set_cipher_list(context, ciphers) == 1);
        });
    // No key of such a curve could be agreed on, whatever its certificate says.
    check_certificate({"an EC key of 192 bits",
                       odd([](OddLeaf& leaf) { leaf.key = "EC prime192v1"; }), errc::tls_failed});
}

TEST_CASE("a server without TLS hears nothing but the beginning of a handshake") {
    for (const std::string& greeting :
         {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("SSH-2.0-OpenSSH_9.2\r\n"),
          std::string("220 mail.example ESMTP\r\n"),
          std::string("\x15\x03\x01\x00\x02\x02\x28", 7)}) {
        CAPTURE(greeting);
        const Listener listener;
        const std::atomic<bool> stop{false};
        std::string heard;
        std::thread server([&] {
            const int client = listener.accept(stop);
            ::send(client, greeting.data(), greeting.size(), MSG_NOSIGNAL);
            std::array<char, 4096> piece;
            for (;;) {
                const auto size = ::recv(client, piece.data(), piece.size(), 0);
                if (size <= 0) break;
                heard.append(piece.data(), static_cast<std::size_t>(size));
            }
            ::close(client);
        });
        CHECK(call_once(odd_authority().root_pem(), "127.0.0.1", listener.port()) ==
              errc::tls_failed);
        server.join();
        CHECK(heard.find("/secret") == std::string::npos);
        CHECK(heard.find("GET") == std::string::npos);
    }
}
