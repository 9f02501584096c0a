// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_ENVIRONMENT_SIGN_IN_HPP
#define MDE_ADAPTER_ENVIRONMENT_SIGN_IN_HPP

/// @file
/// Whom to sign in as and how, from the variables that Azure's own tools read.

#include <mde/adapter/client_certificate.hpp>
#include <mde/adapter/workload_identity.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/settings.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/managed_identity.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

/// Gives the value of a variable, or null: `[](const char* name) { return std::getenv(name); }`.
/// This SDK reads no environment by itself.
using EnvironmentLookup = std::function<const char*(const char* name)>;

/// What the variables said.
struct EnvironmentSignIn {
    /// Those that were given, with tenant, client id and authority from the variables.
    Settings settings;
    /// What to give a `Credential`.
    Chain chain;
};

namespace detail {

/// A variable that is empty counts as not set.
MDE_DECL std::string_view variable(const EnvironmentLookup& lookup, const char* name);

/// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_AUTHORITY_HOST`, where they are set.
MDE_DECL error_code apply_environment(Settings& settings, const EnvironmentLookup& lookup,
                                      std::string& why);

/// Adds the way of `AZURE_CLIENT_CERTIFICATE_PATH`, where it is set.
MDE_DECL error_code add_certificate(Chain& chain, const EnvironmentLookup& lookup,
                                    std::string& why);

#if MDE_DEFINITIONS

MDE_DECL std::string_view variable(const EnvironmentLookup& lookup, const char* name) {
    const char* value = lookup(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

MDE_DECL error_code apply_environment(Settings& settings, const EnvironmentLookup& lookup,
                                      std::string& why) {
    if (const auto text = variable(lookup, "AZURE_TENANT_ID"); !text.empty()) {
        const result<TenantId> tenant = TenantId::parse(text);
        why = "AZURE_TENANT_ID is neither a GUID nor a domain name";
        if (!tenant) return tenant.error();
        settings.tenant = *tenant;
    }
    if (const auto text = variable(lookup, "AZURE_AUTHORITY_HOST"); !text.empty()) {
        const result<Endpoint> authority = Endpoint::parse(text);
        why = "AZURE_AUTHORITY_HOST is not https://host[:port]";
        if (!authority) return authority.error();
        settings.authority = *authority;
    }
    if (const auto text = variable(lookup, "AZURE_CLIENT_ID"); !text.empty())
        settings.client_id = text;
    return {};
}

MDE_DECL error_code add_certificate(Chain& chain, const EnvironmentLookup& lookup,
                                    std::string& why) {
    const std::string path(variable(lookup, "AZURE_CLIENT_CERTIFICATE_PATH"));
    if (path.empty()) return {};
    const bool has_password = !variable(lookup, "AZURE_CLIENT_CERTIFICATE_PASSWORD").empty();
    auto certificate = ClientCertificate::from_file(path, &why);
    if (!certificate) {
        why.insert(0, "AZURE_CLIENT_CERTIFICATE_PATH: ");
        if (has_password) why.append(" (AZURE_CLIENT_CERTIFICATE_PASSWORD is not supported)");
        return make_error_code(errc::malformed_credential);
    }
    chain.push_back(client_certificate(std::move(*certificate)));
    return {};
}

#endif

} // namespace detail

/// In this order, each where its variable is set: `AZURE_CLIENT_SECRET`,
/// `AZURE_CLIENT_CERTIFICATE_PATH` (read now), `AZURE_FEDERATED_TOKEN_FILE`; then, always, the
/// managed identity, user-assigned if `AZURE_CLIENT_ID` is set. `AZURE_TENANT_ID`,
/// `AZURE_CLIENT_ID` and `AZURE_AUTHORITY_HOST` take the place of what `settings` say. `why` takes
/// a sentence for people on an error.
/// @par Errors errc::malformed_id, errc::malformed_endpoint, errc::malformed_credential
MDE_DECL result<EnvironmentSignIn> sign_in_from_environment(Settings settings,
                                                            const EnvironmentLookup& lookup,
                                                            std::string* why = nullptr);

#if MDE_DEFINITIONS

MDE_DECL result<EnvironmentSignIn>
sign_in_from_environment(Settings settings, const EnvironmentLookup& lookup, std::string* why) {
    EnvironmentSignIn found{std::move(settings), {}};
    std::string reason;
    error_code ec = detail::apply_environment(found.settings, lookup, reason);
    if (const auto secret = detail::variable(lookup, "AZURE_CLIENT_SECRET"); !secret.empty())
        found.chain.push_back(client_secret(Secret(secret)));
    if (!ec) ec = detail::add_certificate(found.chain, lookup, reason);
    if (ec) {
        if (why) *why = std::move(reason);
        return ec;
    }
    if (const auto path = detail::variable(lookup, "AZURE_FEDERATED_TOKEN_FILE"); !path.empty())
        found.chain.push_back(workload_identity(std::string(path)));
    ManagedIdentity identity;
    identity.client_id = detail::variable(lookup, "AZURE_CLIENT_ID");
    found.chain.push_back(managed_identity(std::move(identity)));
    return found;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
