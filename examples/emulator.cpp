// SPDX-License-Identifier: BSL-1.0
#include "emulator.hpp"

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/model/cloud.hpp>
#include <mde/service/emulator.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace example {

namespace {

using namespace std::chrono_literals;
using namespace mde::literals;

using Service = mde::service::Emulator<mde::OpensslHmac>;
using Server = mde::HttpsServer<boost::asio::io_context::executor_type, Service, mde::SystemClock>;

mde::service::Application application() {
    mde::service::Application known;
    known.tenant = "11111111-2222-4333-8444-555555555555";
    known.client_id = "66666666-7777-4888-8999-aaaaaaaaaaaa";
    known.client_secret = "the secret of an example";
    known.name = "example";
    return known;
}

mde::service::Settings quick() {
    mde::service::Settings settings;
    settings.schedule.to_in_progress = 0ms;
    settings.schedule.to_final = 100ms;
    return settings;
}

Server listen(boost::asio::io_context& context, const mde::CertificateAuthority& authority,
              Service& service) {
    const mde::IssuedCertificate own = authority.issue();
    auto identity = mde::TlsServerContext::identity(own.certificate_pem, own.private_key_pem);
    auto server = mde::serve_https(context.get_executor(), "127.0.0.1", 0,
                                   std::move(identity).value(), service, mde::SystemClock());
    return std::move(server).value();
}

std::string fresh_directory() {
    std::string path = (std::filesystem::temp_directory_path() / "mde-example-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no directory");
    return path;
}

} // namespace

struct Emulator::Parts {
    Parts()
        : service(mde::OpensslHmac::with_random_key(), quick()),
          server(listen(context, authority, service)),
          port(server.port()) {
        service.add(application());
        service.settings().link_host = "127.0.0.1";
        service.settings().link_port = port;
        thread = std::thread([this] { context.run(); });
    }
    ~Parts() {
        context.stop();
        thread.join();
    }

    boost::asio::io_context context{1};
    mde::CertificateAuthority authority;
    Service service;
    Server server;
    std::uint16_t port;
    std::thread thread;
};

Emulator::Emulator() : parts_(std::make_unique<Parts>()) {}
Emulator::~Emulator() = default;

mde::Settings Emulator::settings() const {
    const std::string host = "127.0.0.1:" + std::to_string(parts_->port);
    mde::Settings settings;
    settings.api = mde::Endpoint::parse("https://" + host).value();
    settings.authority = settings.api;
    settings.audience = std::string(mde::clouds().front().audience);
    settings.tenant = mde::TenantId::parse(application().tenant).value();
    settings.client_id = application().client_id;
    settings.links.allow(host).value();
    settings.poll = {20ms, 20ms};
    return settings;
}

mde::Secret Emulator::client_secret() const { return mde::Secret(application().client_secret); }

mde::TlsContext Emulator::tls() const {
    return mde::TlsContext::trusting(parts_->authority.ca_pem()).value();
}

std::string Emulator::ca_pem() const { return parts_->authority.ca_pem(); }

mde::MachineId Emulator::machine() const {
    return "00112233445566778899aabbccddeeff00112233"_machine;
}

TemporaryStore::TemporaryStore()
    : path_(fresh_directory()), files_(mde::FileStore::in(path_).value()) {}

TemporaryStore::~TemporaryStore() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace example
