// SPDX-License-Identifier: BSL-1.0
#include "settle.hpp"

#include "readers.hpp"
#include "sign_in_ways.hpp"
#include "usage_error.hpp"

#include <mde/base/ascii.hpp>
#include <mde/model/cloud.hpp>
#include <mde/request/get_export_files.hpp>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace mde_package {

namespace {

/// Of two spellings the first that is set.
std::string_view either(const char* name, const char* other) {
    const std::string_view value = environment(name);
    return value.empty() ? environment(other) : value;
}

mde::TokenEndpoint token_endpoint_of(const Raw& raw) {
    if (raw.token_endpoint.empty() || raw.token_endpoint == "v2") return mde::TokenEndpoint::v2;
    if (raw.token_endpoint != "v1") refuse("--token-endpoint", "must be v1 or v2");
    return mde::TokenEndpoint::v1;
}

/// Whom to talk to.
void settle_servers(const Raw& raw, mde::Settings& settings) {
    const mde::Cloud* cloud = mde::find_cloud(raw.cloud.empty() ? "commercial" : raw.cloud);
    if (cloud == nullptr) refuse("--cloud", "names no cloud that is known");
    settings.audience = raw.audience.empty() ? std::string(cloud->audience) : raw.audience;
    settings.token_endpoint = token_endpoint_of(raw);
    if (raw.endpoint.empty()) {
        settings.api = cloud->api;
        settings.authority = cloud->authority;
        settings.links = mde::LinkPolicy(*cloud);
    } else {
        if (raw.authority.empty()) refuse("--endpoint", "needs --authority");
        settings.api = read_endpoint("--endpoint", raw.endpoint);
    }
    if (!raw.authority.empty()) settings.authority = read_endpoint("--authority", raw.authority);
    for (const std::string& host : raw.link_hosts)
        if (!settings.links.allow(host)) refuse("--allow-link-host", "is not HOST[:PORT]");
}

/// The text of a proxy may hold a password, so it is never shown.
void settle_proxy(const Raw& raw, mde::TransportOptions& transport) {
    std::string url = raw.proxy;
    if (url.empty()) url = either("HTTPS_PROXY", "https_proxy");
    if (url.empty()) return;
    if (url.find("://") == std::string::npos) url.insert(0, "http://");
    auto proxy = mde::Proxy::parse(url);
    if (!proxy)
        refuse(raw.proxy.empty() ? "HTTPS_PROXY" : "--proxy",
               "is not http://[user:password@]host[:port]");
    transport.proxy = std::move(*proxy);
    transport.proxy.set_exceptions(either("NO_PROXY", "no_proxy"));
}

void settle_access(const Raw& raw, Access& access) {
    settle_servers(raw, access.settings);
    access.transport.tls_limit = access.transport.connect_limit;
    settle_proxy(raw, access.transport);
    settle_sign_in(raw, access);
}

void settle_service(const Raw& raw, ServiceOptions& service) {
    if (!raw.tenant.empty()) service.tenant = std::string(checked_tenant(raw).text());
    if (!raw.client_id.empty()) service.client_id = checked_client_id(raw);
    service.client_secret = read_secret(raw);
    if (!raw.accepted_certificate.empty())
        service.accepted_certificate =
            read_text_file("--accept-certificate", raw.accepted_certificate);
    if (!raw.accepted_token.empty())
        service.accepted_token = read_secret_file("--accept-federated-token", raw.accepted_token);
}

/// The page of the chosen kind says how long its links may live.
void check_export(const Options& options) {
    if (!options.sas_valid_hours) return;
    const unsigned most = mde::export_page(options.export_kind).most_hours;
    if (most == 0) refuse("--sas-valid-hours", "is not known to this kind of export");
    if (*options.sas_valid_hours < 1 || *options.sas_valid_hours > most)
        refuse("--sas-valid-hours", "must be from 1 to " + std::to_string(most));
}

} // namespace

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

mde::Secret read_secret(const Raw& raw) {
    if (!raw.secret_file.empty() && !raw.secret_variable.empty())
        refuse("--client-secret-file", "excludes --client-secret-env");
    if (!raw.secret_file.empty()) return read_secret_file("--client-secret-file", raw.secret_file);
    const std::string variable =
        raw.secret_variable.empty() ? "AZURE_CLIENT_SECRET" : raw.secret_variable;
    const std::string_view value = environment(variable.c_str());
    if (value.empty())
        throw UsageError("the client secret is missing: set AZURE_CLIENT_SECRET, or use "
                         "--client-secret-env or --client-secret-file");
    return mde::Secret(value);
}

std::string checked_client_id(const Raw& raw) {
    if (raw.client_id.empty()) refuse("--client-id", "is missing (or set AZURE_CLIENT_ID)");
    if (!mde::ascii::all(raw.client_id, mde::ascii::is_printable) || raw.client_id.size() > 128)
        refuse("--client-id", "holds characters that no client id has");
    return raw.client_id;
}

mde::TenantId checked_tenant(const Raw& raw) {
    if (raw.tenant.empty()) refuse("--tenant-id", "is missing (or set AZURE_TENANT_ID)");
    const auto tenant = mde::TenantId::parse(raw.tenant);
    if (!tenant) refuse("--tenant-id", "is neither a GUID nor a domain name");
    return *tenant;
}

void settle(const Raw& raw, Options& options) {
    switch (options.command) {
    case Command::demo:
    case Command::verify: return;
    case Command::serve: return settle_service(raw, options.service);
    case Command::collect_many:
    // What these store is named after the tenant, or belongs to it.
    case Command::export_files: checked_tenant(raw); break;
    default: break;
    }
    if (options.command == Command::export_files) check_export(options);
    settle_access(raw, options.access);
}

} // namespace mde_package
