// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mde_package {

namespace {

using Emulator = mde::service::Emulator<mde::OpensslHmac>;

mde::service::Settings settings_of(const ServiceOptions& options) {
    mde::service::Settings settings;
    settings.token_lifetime = std::chrono::ceil<std::chrono::seconds>(options.token_lifetime);
    settings.link_lifetime = options.link_lifetime;
    settings.schedule.to_in_progress = options.collect_time / 3;
    settings.schedule.to_final = options.collect_time;
    settings.schedule.final_status = options.final_status;
    using mde::service::LinkQuoting;
    settings.link_quoting = options.plain_links ? LinkQuoting::plain : LinkQuoting::quoted;
    using mde::service::Feature;
    settings.quotas = options.no_quota ? Feature::off : Feature::on;
    return settings;
}

mde::AnyOf granted_by(const ServiceOptions& options) {
    const mde::AnyOf all = mde::service::Application().granted;
    const auto& dropped = options.dropped_permissions;
    mde::AnyOf granted;
    for (const std::string_view name : mde::permission_names) {
        const mde::Permission permission = *mde::find_permission(name);
        const bool stays = std::find(dropped.begin(), dropped.end(), permission) == dropped.end();
        if (all.contains(permission) && stays) granted = granted.with(permission);
    }
    return granted;
}

mde::service::Application application_of(const ServiceOptions& options) {
    mde::service::Application application;
    application.tenant = options.tenant;
    application.client_id = options.client_id;
    application.client_secret = std::string(options.client_secret.expose());
    application.granted = granted_by(options);
    application.name = "mde-package";
    return application;
}

mde::service::TimedAction finished_action(const mde::MachineActionId& id,
                                          const std::string& tenant) {
    const mde::Now now = mde::SystemClock().now();
    constexpr std::chrono::minutes ago(10);
    mde::service::TimedAction timed{
        {}, tenant, {now.monotonic - ago, now.utc - ago}, mde::service::Schedule{}, {}};
    timed.action.id = id;
    timed.action.type = mde::MachineActionType::collect_investigation_package;
    timed.action.machine_id = "00112233445566778899aabbccddeeff00112233";
    timed.action.requestor = "mde-package";
    timed.action.requestor_comment = "existed from the start";
    timed.action.created = timed.created.utc;
    timed.action.request_source = "Portal";
    return timed;
}

} // namespace

struct Service::Parts {
    using Server =
        mde::HttpsServer<boost::asio::io_context::executor_type, Emulator, mde::SystemClock>;

    explicit Parts(const ServiceOptions& options)
        : emulator(mde::OpensslHmac::with_random_key(), settings_of(options)) {}

    void begin(boost::asio::io_context& context, const ServiceOptions& options) {
        const mde::IssuedCertificate identity = authority.issue();
        auto tls =
            mde::TlsServerContext::identity(identity.certificate_pem, identity.private_key_pem);
        auto listening = mde::serve_https(context.get_executor(), "127.0.0.1", options.port,
                                          std::move(tls).value(), emulator, mde::SystemClock());
        server.emplace(std::move(listening).value());
        auto& settings = emulator.settings();
        settings.base_url = "https://127.0.0.1:" + std::to_string(server->port());
        settings.link_host = options.link_host.empty() ? "127.0.0.1" : options.link_host;
        settings.link_port = options.link_host.empty() ? server->port() : options.link_port;
    }

    mde::CertificateAuthority authority;
    Emulator emulator;
    std::optional<Server> server;
};

Service::Service(boost::asio::io_context& context, const ServiceOptions& options)
    : parts_(std::make_unique<Parts>(options)) {
    Emulator& emulator = parts_->emulator;
    emulator.add(application_of(options));
    emulator.packages().put_for_all(mde::service::GeneratedPackage(options.package_size));
    for (const mde::MachineActionId& id : options.finished_actions)
        emulator.actions().insert(finished_action(id, options.tenant));
    if (options.download_delay > mde::Duration::zero()) {
        mde::service::Fault slow;
        slow.stage = mde::Stage::download;
        slow.count = 0;
        slow.delay = options.download_delay;
        emulator.add(slow);
    }
    parts_->begin(context, options);
}

Service::~Service() = default;

std::uint16_t Service::port() const { return parts_->server->port(); }

std::string Service::url() const { return parts_->emulator.settings().base_url; }

std::string Service::link_host() const {
    const auto& settings = parts_->emulator.settings();
    return settings.link_host + ':' + std::to_string(settings.link_port);
}

std::string Service::ca_pem() const { return parts_->authority.ca_pem(); }

void Service::add_machine(std::string_view id, std::string_view name) {
    parts_->emulator.add(mde::service::Machine{std::string(id), std::string(name)});
}

mde::result<ServedPackage> Service::served_package(const mde::MachineActionId& action) {
    const auto package = parts_->emulator.packages().find(action);
    if (!package) return mde::make_error_code(mde::errc::not_found);
    mde::OpensslSha256 hasher;
    std::vector<std::byte> piece(1024 * 1024);
    ServedPackage served;
    while (served.length < package->size) {
        const std::size_t size = package->read(served.length, piece);
        if (size == 0) break;
        hasher.update(std::span(piece).first(size));
        served.length += size;
    }
    const auto digest = hasher.finish();
    if (!digest) return digest.error();
    served.sha256 = *digest;
    return served;
}

void Service::stop() { parts_->server->stop(); }

} // namespace mde_package
