// SPDX-License-Identifier: BSL-1.0
#include "sign_in_ways.hpp"

#include "readers.hpp"
#include "usage_error.hpp"

#include <mde/adapter/client_certificate.hpp>
#include <mde/adapter/environment_sign_in.hpp>
#include <mde/adapter/workload_identity.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/managed_identity.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace mde_package {

namespace {

enum class Way {
    secret,
    certificate,
    workload_identity,
    managed_identity,
    device_code,
    environment,
};

struct WayName {
    std::string_view name;
    Way way;
};

constexpr std::array way_names{
    WayName{"secret", Way::secret},
    WayName{"certificate", Way::certificate},
    WayName{"workload-identity", Way::workload_identity},
    WayName{"managed-identity", Way::managed_identity},
    WayName{"device-code", Way::device_code},
    WayName{"environment", Way::environment},
};

/// What the other options imply: one way at most.
Way implied_way(const Raw& raw) {
    const bool secret = !raw.secret_file.empty() || !raw.secret_variable.empty();
    const bool certificate = !raw.certificate.empty() || !raw.certificate_key.empty() ||
                             !raw.assertion_algorithm.empty();
    const bool workload = !raw.federated_token_file.empty();
    if (int(secret) + int(certificate) + int(workload) > 1)
        refuse("--auth", "say which of the ways to sign in is meant");
    if (secret) return Way::secret;
    if (certificate) return Way::certificate;
    return workload ? Way::workload_identity : Way::environment;
}

Way chosen_way(const Raw& raw) {
    if (raw.way.empty()) return implied_way(raw);
    for (const WayName& known : way_names)
        if (known.name == raw.way) return known.way;
    refuse("--auth", "must be secret, certificate, workload-identity, managed-identity, "
                     "device-code or environment");
}

/// The option's value, else that of the variable that Azure's own tools read.
std::string path_of(const std::string& value, const std::string& option, const char* variable) {
    const std::string path = value.empty() ? std::string(environment(variable)) : value;
    if (path.empty()) refuse(option, "is missing (or set " + std::string(variable) + ")");
    return path;
}

mde::wire::SigningAlgorithm algorithm_of(const Raw& raw) {
    using mde::wire::SigningAlgorithm;
    if (raw.assertion_algorithm.empty() || raw.assertion_algorithm == "PS256")
        return SigningAlgorithm::ps256;
    if (raw.assertion_algorithm != "RS256")
        refuse("--assertion-algorithm", "must be PS256 or RS256");
    return SigningAlgorithm::rs256;
}

mde::Grant certificate_grant(const Raw& raw) {
    const std::string option = "--client-certificate";
    const std::string path = path_of(raw.certificate, option, "AZURE_CLIENT_CERTIFICATE_PATH");
    const std::string& key = raw.certificate_key.empty() ? path : raw.certificate_key;
    std::string why;
    auto certificate = mde::ClientCertificate::from_files(path, key, &why);
    if (!certificate) refuse(option, why);
    return mde::client_certificate(std::move(*certificate), algorithm_of(raw));
}

mde::Grant workload_grant(const Raw& raw) {
    return mde::workload_identity(
        path_of(raw.federated_token_file, "--federated-token-file", "AZURE_FEDERATED_TOKEN_FILE"));
}

/// The machine's own identity, or the one that the client id names.
mde::Grant identity_grant(const Raw& raw, const mde::TransportOptions& transport) {
    mde::ManagedIdentity identity;
    if (!raw.client_id.empty()) identity.client_id = checked_client_id(raw);
    identity.host = transport.metadata_host;
    identity.port = transport.metadata_port;
    return mde::managed_identity(std::move(identity));
}

/// As Azure's own tools do it. Tenant, client and authority are settled by options already.
mde::Chain environment_chain(const Raw& raw, const Access& access) {
    const auto lookup = [&raw](const char* name) -> const char* {
        const std::string_view wanted = name;
        if (wanted == "AZURE_TENANT_ID" || wanted == "AZURE_AUTHORITY_HOST") return nullptr;
        if (wanted == "AZURE_CLIENT_ID") return raw.client_id.c_str();
        return std::getenv(name);
    };
    std::string why;
    auto found = mde::sign_in_from_environment(access.settings, lookup, &why);
    if (!found) throw UsageError(why);
    // Always the last one; here with the metadata service that was asked for.
    found->chain.back() = identity_grant(raw, access.transport);
    return std::move(found->chain);
}

mde::Chain chain_of(Way way, const Raw& raw, const Access& access) {
    switch (way) {
    case Way::secret: return {mde::client_secret(read_secret(raw))};
    case Way::certificate: return {certificate_grant(raw)};
    case Way::workload_identity: return {workload_grant(raw)};
    case Way::managed_identity: return {identity_grant(raw, access.transport)};
    case Way::device_code: return {mde::DeviceCode()};
    case Way::environment: break;
    }
    return environment_chain(raw, access);
}

void settle_metadata_endpoint(const Raw& raw, mde::TransportOptions& transport) {
    if (raw.metadata_endpoint.empty()) return;
    HostAndPort endpoint = read_host_and_port("--metadata-endpoint", raw.metadata_endpoint);
    transport.metadata_host = std::move(endpoint.host);
    transport.metadata_port = endpoint.port;
}

} // namespace

void settle_sign_in(const Raw& raw, Access& access) {
    const Way way = chosen_way(raw);
    settle_metadata_endpoint(raw, access.transport);
    access.chain = chain_of(way, raw, access);
    // A machine's own identity knows its tenant.
    const bool only_identity =
        way == Way::managed_identity || (way == Way::environment && access.chain.size() == 1);
    if (!only_identity || !raw.tenant.empty()) access.settings.tenant = checked_tenant(raw);
    if (!only_identity || !raw.client_id.empty())
        access.settings.client_id = checked_client_id(raw);
}

} // namespace mde_package
