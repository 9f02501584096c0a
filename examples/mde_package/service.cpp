// SPDX-License-Identifier: BSL-1.0
#include "service.hpp"

#include "certificate_check.hpp"
#include "request_log_file.hpp"

#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/https_server.hpp>
#include <mde/adapter/metadata_server.hpp>
#include <mde/adapter/openssl_hmac.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/generated_package.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
    settings.api.quota_minute = options.quota_minute;
    settings.page_size = options.page_size;
    settings.sign_in.device_code_approved_after = options.device_codes_approved_after;
    settings.sign_in.device_code_lifetime = options.device_code_lifetime;
    settings.sign_in.device_code_interval = options.device_code_interval;
    return settings;
}

/// What is left of `all`.
mde::AnyOf without_dropped(mde::AnyOf all, const std::vector<mde::Permission>& dropped) {
    mde::AnyOf granted;
    for (const std::string_view name : mde::permission_names) {
        const mde::Permission permission = *mde::find_permission(name);
        const bool stays = std::find(dropped.begin(), dropped.end(), permission) == dropped.end();
        if (all.contains(permission) && stays) granted = granted.with(permission);
    }
    return granted;
}

/// Whatever a command of this program needs.
mde::AnyOf granted_by(const mde::service::Application& application) {
    using mde::Permission;
    return application.granted.with(Permission::vulnerability_read_all)
        .with(Permission::software_read_all)
        .with(Permission::security_baselines_assessment_read_all);
}

mde::service::Application application_of(const ServiceOptions& options) {
    mde::service::Application application;
    application.tenant = options.tenant;
    application.client_id = options.client_id;
    application.client_secret = std::string(options.client_secret.expose());
    application.granted = without_dropped(granted_by(application), options.dropped_permissions);
    application.delegated = without_dropped(application.delegated, options.dropped_permissions);
    application.name = "mde-package";
    if (!options.accepted_certificate.empty())
        application.verify_assertion = verifier_of(options.accepted_certificate);
    if (!options.accepted_token.empty())
        application.accepted_assertions.emplace_back(options.accepted_token.expose());
    if (options.metadata_port) application.managed_identity.emplace();
    return application;
}

mde::service::TimedAction finished_action(const mde::MachineActionId& id,
                                          mde::MachineActionType type, const std::string& tenant) {
    const mde::Now now = mde::SystemClock().now();
    constexpr std::chrono::minutes ago(10);
    mde::service::TimedAction timed{
        {}, tenant, {now.monotonic - ago, now.utc - ago}, mde::service::Schedule{}, {}};
    timed.action.id = id;
    timed.action.type = type;
    timed.action.machine_id = "00112233445566778899aabbccddeeff00112233";
    timed.action.requestor = "mde-package";
    timed.action.requestor_comment = "existed from the start";
    timed.action.created = timed.created.utc;
    timed.action.request_source = "Portal";
    return timed;
}

mde::service::Fault fault_of(const RequestedFault& requested) {
    mde::service::Fault fault;
    fault.stage = requested.stage;
    fault.first = requested.number;
    if (requested.status != 0)
        fault.status = requested.status;
    else
        fault.distortion = mde::service::Distortion::no_answer;
    return fault;
}

mde::service::Fault slow_downloads(mde::Duration delay) {
    mde::service::Fault slow;
    slow.stage = mde::Stage::download;
    slow.count = 0;
    slow.delay = delay;
    return slow;
}

/// The emulator, with what this program does beside each answer.
class Watched {
  public:
    Watched(Emulator& emulator, const ServiceOptions& options)
        : emulator_(&emulator),
          log_(options.request_log),
          declines_(options.device_codes_declined) {}

    mde::HttpReply handle(const mde::IncomingRequest& request, const mde::Now& now) {
        mde::HttpReply reply = emulator_->handle(request, now);
        if (declines_) decline();
        log_.add(now.utc, stage_of(request), reply.status, reply.unanswered);
        return reply;
    }

  private:
    static mde::Stage stage_of(const mde::IncomingRequest& request) {
        const std::string_view path = request.target.substr(0, request.target.find('?'));
        return mde::service::route_request(request.method, path).stage;
    }

    void decline() {
        for (const mde::service::DeviceCode& code : emulator_->device_codes().waiting())
            emulator_->decline_device_code(code.user_code);
    }

    Emulator* emulator_;
    RequestLogFile log_;
    bool declines_;
};
static_assert(mde::HttpHandler<Watched>);

} // namespace

struct Service::Parts {
    using Executor = boost::asio::io_context::executor_type;
    using Server = mde::HttpsServer<Executor, Watched, mde::SystemClock>;
    using MetadataServer = mde::MetadataServer<Executor, Watched, mde::SystemClock>;

    explicit Parts(const ServiceOptions& options)
        : emulator(mde::OpensslHmac::with_random_key(), settings_of(options)),
          watched(emulator, options) {}

    void begin(boost::asio::io_context& context, const ServiceOptions& options) {
        const mde::IssuedCertificate identity = authority.issue();
        auto tls =
            mde::TlsServerContext::identity(identity.certificate_pem, identity.private_key_pem);
        auto listening = mde::serve_https(context.get_executor(), "127.0.0.1", options.port,
                                          std::move(tls).value(), watched, mde::SystemClock());
        server.emplace(std::move(listening).value());
        if (options.metadata_port)
            metadata.emplace(mde::serve_http_for_metadata(context.get_executor(),
                                                          *options.metadata_port, watched,
                                                          mde::SystemClock())
                                 .value());
        auto& settings = emulator.settings();
        settings.base_url = "https://127.0.0.1:" + std::to_string(server->port());
        settings.link_host = options.link_host.empty() ? "127.0.0.1" : options.link_host;
        settings.link_port = options.link_host.empty() ? server->port() : options.link_port;
        settings.blob.host = settings.link_host;
        settings.blob.port = settings.link_port;
    }

    mde::CertificateAuthority authority;
    Emulator emulator;
    Watched watched;
    std::optional<Server> server;
    std::optional<MetadataServer> metadata;
};

Service::Service(boost::asio::io_context& context, const ServiceOptions& options)
    : parts_(std::make_unique<Parts>(options)) {
    Emulator& emulator = parts_->emulator;
    emulator.add(application_of(options));
    emulator.packages().put_for_all(mde::service::GeneratedPackage(options.package_size));
    using mde::MachineActionType;
    for (const mde::MachineActionId& id : options.finished_actions)
        emulator.actions().insert(
            finished_action(id, MachineActionType::collect_investigation_package, options.tenant));
    for (const mde::MachineActionId& id : options.live_responses) {
        emulator.actions().insert(
            finished_action(id, MachineActionType::live_response, options.tenant));
        emulator.blobs().put_result(id, 0, "the result of a command\n");
    }
    for (const RequestedFault& fault : options.faults) emulator.add(fault_of(fault));
    if (options.download_delay > mde::Duration::zero())
        emulator.add(slow_downloads(options.download_delay));
    parts_->begin(context, options);
}

Service::~Service() = default;

std::uint16_t Service::port() const { return parts_->server->port(); }

std::string Service::url() const { return parts_->emulator.settings().base_url; }

std::string Service::link_host() const {
    const auto& settings = parts_->emulator.settings();
    return settings.link_host + ':' + std::to_string(settings.link_port);
}

std::optional<std::uint16_t> Service::metadata_port() const {
    return parts_->metadata ? std::optional(parts_->metadata->port()) : std::nullopt;
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

void Service::stop() {
    parts_->server->stop();
    if (parts_->metadata) parts_->metadata->stop();
}

} // namespace mde_package
