// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_HTTPS_WORLD_HPP
#define MDE_TESTS_SUPPORT_HTTPS_WORLD_HPP

/// @file
/// The emulator behind a real TLS server on loopback, and a client that trusts only its authority.

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/https_client.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/mde.hpp>
#include <mde/service/emulator.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde_test {

using namespace std::chrono_literals;
using Executor = boost::asio::io_context::executor_type;
using LoopbackTransport = mde::BeastTransport<Executor>;

/// One authority for a whole test program: making keys takes time.
inline const mde::CertificateAuthority& authority() {
    static const mde::CertificateAuthority one;
    return one;
}

inline mde::TlsServerContext identity(const mde::IssueOptions& options = {
                                          .hosts = {"127.0.0.1", "localhost"}}) {
    const mde::IssuedCertificate issued = authority().issue(options);
    return *mde::TlsServerContext::identity(issued.certificate_pem, issued.private_key_pem);
}

inline mde::TlsContext trust() { return *mde::TlsContext::trusting(authority().ca_pem()); }

struct HttpsWorld {
    using Emulator = mde::service::Emulator<mde::OpensslHmac>;
    using Credential = mde::Credential<LoopbackTransport>;

    static constexpr std::string_view tenant = "11111111-2222-4333-8444-555555555555";
    static constexpr std::string_view machine = "00112233445566778899aabbccddeeff00112233";

    boost::asio::io_context io;
    Emulator emulator{mde::OpensslHmac::with_random_key()};
    mde::HttpsServer<Executor, Emulator, mde::SystemClock> server = *mde::serve_https(
        io.get_executor(), "127.0.0.1", 0, identity(), emulator, mde::SystemClock());
    mde::TransportOptions options;
    mde::Settings settings;
    std::optional<LoopbackTransport> transport;
    std::optional<Credential> credential;

    HttpsWorld() {
        emulator.add(application());
        emulator.settings().schedule = {20ms, 50ms, mde::MachineActionStatus::succeeded, 0};
        emulator.settings().link_host = "127.0.0.1";
        emulator.settings().link_port = server.port();
        settings =
            mde::Settings::for_cloud(mde::clouds().front(), *mde::TenantId::parse(tenant), "app-1");
        settings.api = settings.authority = *mde::Endpoint::parse(url());
        settings.poll.first = settings.poll.most = 20ms;
        settings.retry.least = settings.retry.first = 1ms;
        settings.retry.most = 5ms;
        static_cast<void>(settings.links.allow("127.0.0.1:" + std::to_string(server.port())));
    }

    static mde::service::Application application() {
        mde::service::Application app;
        app.tenant = tenant;
        app.client_id = "app-1";
        app.client_secret = "https world client secret";
        return app;
    }

    std::string url() const { return "https://127.0.0.1:" + std::to_string(server.port()); }

    /// Settings and options may be changed until this is called.
    auto client() {
        transport.emplace(io, trust(), std::move(options));
        credential.emplace(settings, mde::client_secret(mde::Secret(application().client_secret)),
                           *transport);
        return mde::make_client<mde::OpensslSha256>(settings, *transport, *credential);
    }

    mde::MachineActionId finished_action() {
        mde::Now past = mde::SystemClock().now();
        past.monotonic -= 1min;
        return emulator.add_action(std::string(tenant),
                                   mde::MachineActionType::collect_investigation_package,
                                   std::string(machine), {}, past);
    }

    /// Runs until `done()`; a test that hangs fails instead.
    template <class Done>
    bool run_until(Done done, std::chrono::seconds limit = 20s) {
        const auto end = std::chrono::steady_clock::now() + limit;
        io.restart();
        while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
        return done();
    }
};

} // namespace mde_test

#endif
