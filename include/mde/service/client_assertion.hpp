// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_CLIENT_ASSERTION_HPP
#define MDE_SERVICE_CLIENT_ASSERTION_HPP

/// @file
/// Sign-in with an assertion instead of a secret: the application's own, or one of an identity that
/// it trusts.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/application.hpp>
#include <mde/service/assertion.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/token_refusal.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// What `client_assertion_type` must be.
inline constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

namespace detail {

MDE_DECL TokenRefusal invalid_client(const ServiceState& state, unsigned number,
                                     std::string description);

MDE_DECL bool is_in_time(const Assertion& assertion, UtcTime utc) noexcept;

/// What the application signed itself. Source: "Microsoft identity platform application
/// authentication certificate credentials". `endpoint` is the URL that was asked.
MDE_DECL Refusal check_own_assertion(ServiceState& state, const Application& application,
                                     const Assertion& assertion, std::string_view endpoint,
                                     UtcTime utc);

/// What somebody else signed whom the application trusts; it may be used until it expires.
MDE_DECL Refusal check_federated_assertion(const ServiceState& state,
                                           const Application& application,
                                           const Assertion& assertion, UtcTime utc);

MDE_DECL Refusal check_assertion(ServiceState& state, const Application& application,
                                 std::string_view text, std::string_view endpoint, UtcTime utc);

#if MDE_DEFINITIONS

MDE_DECL TokenRefusal invalid_client(const ServiceState& state, unsigned number,
                                     std::string description) {
    return {state.settings.sign_in.invalid_client_status, "invalid_client", number,
            std::move(description)};
}

MDE_DECL bool is_in_time(const Assertion& assertion, UtcTime utc) noexcept {
    const std::int64_t now = unix_seconds(utc);
    return assertion.not_before <= now && now < assertion.expires;
}

MDE_DECL Refusal check_own_assertion(ServiceState& state, const Application& application,
                                     const Assertion& assertion, std::string_view endpoint,
                                     UtcTime utc) {
    constexpr std::int64_t longest = 10 * 60;
    if (!ascii::equal_ignoring_case(assertion.issuer, assertion.subject))
        return invalid_client(state, 700021,
                              "Client assertion application identifier doesn't match 'client_id' "
                              "parameter.");
    if (!assertion.is_for(endpoint))
        return invalid_client(state, 700023,
                              "Client assertion audience claim does not match Realm issuer.");
    if (!is_in_time(assertion, utc) || assertion.expires - longest > assertion.not_before)
        return invalid_client(state, 700024,
                              "Client assertion is not within its valid time range.");
    const bool is_known = assertion.algorithm == "PS256" || assertion.algorithm == "RS256";
    if (!is_known || !application.verify_assertion ||
        !application.verify_assertion(assertion.algorithm, assertion.signing_input,
                                      assertion.signature, assertion.thumbprint))
        return invalid_client(state, 700027, "Client assertion failed signature validation.");
    if (assertion.id.empty() || !state.seen_assertions.insert(application.client_id, assertion.id,
                                                              assertion.expires, unix_seconds(utc)))
        return invalid_client(state, 50027,
                              "Invalid JWT token. Its 'jti' is missing or was used before.");
    return std::nullopt;
}

MDE_DECL Refusal check_federated_assertion(const ServiceState& state,
                                           const Application& application,
                                           const Assertion& assertion, UtcTime utc) {
    const auto found =
        std::find_if(application.federated.begin(), application.federated.end(),
                     [&](const FederatedIdentity& one) {
                         return one.issuer == assertion.issuer && one.subject == assertion.subject;
                     });
    if (found == application.federated.end())
        return invalid_client(state, 70021,
                              "No matching federated identity record found for presented "
                              "assertion.");
    if (!assertion.is_for(found->audience))
        return invalid_client(state, 700212,
                              "No matching federated identity record found for presented assertion "
                              "audience.");
    if (!is_in_time(assertion, utc))
        return invalid_client(state, 700024,
                              "Client assertion is not within its valid time range.");
    if (found->verify && !found->verify(assertion.algorithm, assertion.signing_input,
                                        assertion.signature, assertion.thumbprint))
        return invalid_client(state, 700027, "Client assertion failed signature validation.");
    return std::nullopt;
}

MDE_DECL Refusal check_assertion(ServiceState& state, const Application& application,
                                 std::string_view text, std::string_view endpoint, UtcTime utc) {
    const auto& accepted = application.accepted_assertions;
    if (std::find(accepted.begin(), accepted.end(), text) != accepted.end()) return std::nullopt;
    const auto assertion = read_assertion(text);
    if (!assertion)
        return invalid_client(state, 50027, "Invalid JWT token. The token format isn't proper.");
    if (ascii::equal_ignoring_case(assertion->issuer, application.client_id))
        return check_own_assertion(state, application, *assertion, endpoint, utc);
    return check_federated_assertion(state, application, *assertion, utc);
}

#endif

} // namespace detail

} // namespace mde::inline MDE_ABI::service

#endif
