// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_APPLICATION_HPP
#define MDE_SERVICE_APPLICATION_HPP

/// @file
/// Who may sign in: an application that is registered in a tenant, and what it was granted.

#include <mde/base/linkage.hpp>
#include <mde/model/permission.hpp>
#include <mde/service/feature.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// How permissions stand in the token.
enum class TokenKind {
    /// In `roles`: the application acts for itself.
    application,
    /// In `scp`: it acts for a user.
    delegated,
};

/// Says whether `signature`, in raw bytes, was put under `signing_input` with the key that
/// `thumbprint` names: the assertion's `x5t#S256`, else its `x5t` or `kid`, as it came. It comes
/// from outside, since the service knows no public key cryptography.
using AssertionVerifier =
    std::function<bool(std::string_view algorithm, std::string_view signing_input,
                       std::string_view signature, std::string_view thumbprint)>;

/// Whose assertions are as good as the application's own. Source: "Workload identity federation".
struct FederatedIdentity {
    /// `iss` of its assertions.
    std::string issuer;
    /// `sub` of its assertions.
    std::string subject;
    /// `aud` of its assertions.
    std::string audience = "api://AzureADTokenExchange";
    /// Without one the signature is not looked at: this is a fixture.
    AssertionVerifier verify{};
};

/// By what a managed identity can be named beside its client id.
struct ManagedIdentity {
    /// Of its object in the tenant.
    std::string object_id;
    /// Of its resource in Azure.
    std::string resource_id;
};

/// One registration. The secret is plain text: this is a fixture.
struct Application {
    /// Where it is registered.
    std::string tenant;
    /// Its id.
    std::string client_id;
    /// Its secret; empty: it has none.
    std::string client_secret;
    /// What it may do for itself.
    AnyOf granted{Permission::machine_collect_forensics, Permission::machine_read_all,
                  Permission::machine_read_write_all};
    /// How its permissions stand in the token.
    TokenKind kind = TokenKind::application;
    /// What actions name as their requestor.
    std::string name = "mde";

    /// Checks the signature of assertions that it signed itself; without one they are refused.
    AssertionVerifier verify_assertion{};
    /// Whose assertions are as good as its own.
    std::vector<FederatedIdentity> federated{};
    /// Assertions that are good as they stand, whatever they say.
    std::vector<std::string> accepted_assertions{};

    /// Who signs in with a device code, and what the application may then do for that person.
    std::string user = "analyst@example.com";
    /// What it may do for a user.
    AnyOf delegated{Permission::machine_collect_forensics, Permission::machine_read};
    /// Off: a device code is traded for a token only together with a secret or an assertion.
    Feature public_client = Feature::on;

    /// Set: the metadata service hands out its tokens.
    std::optional<ManagedIdentity> managed_identity{};
};

/// Whoever makes a call, as read from the token.
struct Caller {
    /// Whose machines are meant.
    std::string tenant;
    /// Its client id.
    std::string application;
    /// What actions name as their requestor.
    std::string name;
    /// What the token permits.
    AnyOf granted{};
    /// How it permits it.
    TokenKind kind = TokenKind::application;
    /// What the token was asked for with, as JSON; see `SignInRules::claims_challenge`.
    std::string claims{};
};

/// The names of a set of permissions in the order of `permission_names`.
MDE_DECL std::vector<std::string> names_of(AnyOf permissions);

/// The words with `separator` in between.
MDE_DECL std::string joined(const std::vector<std::string>& words, std::string_view separator);

#if MDE_DEFINITIONS

MDE_DECL std::vector<std::string> names_of(AnyOf permissions) {
    std::vector<std::string> names;
    for (const std::string_view name : permission_names)
        if (permissions.contains(*find_permission(name))) names.emplace_back(name);
    return names;
}

MDE_DECL std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text.append(separator);
        text.append(word);
    }
    return text;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
