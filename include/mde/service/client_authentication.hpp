// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_CLIENT_AUTHENTICATION_HPP
#define MDE_SERVICE_CLIENT_AUTHENTICATION_HPP

/// @file
/// Which application signs in, and the proof that it is the one.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/service/application.hpp>
#include <mde/service/client_assertion.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/signer.hpp>
#include <mde/service/token_form.hpp>
#include <mde/service/token_refusal.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

namespace detail {

/// Null, and the refusal is filled in.
MDE_DECL const Application* find_application(const ServiceState& state, std::string_view tenant,
                                             std::string_view client, Refusal& refusal);

MDE_DECL Refusal check_secret(const ServiceState& state, const Application& application,
                              std::string_view secret);

/// A secret or an assertion; `endpoint` is the URL that was asked.
MDE_DECL Refusal authenticate(ServiceState& state, const Application& application, const Form& form,
                              std::string_view secret, std::string_view endpoint, UtcTime utc);

#if MDE_DEFINITIONS

MDE_DECL const Application* find_application(const ServiceState& state, std::string_view tenant,
                                             std::string_view client, Refusal& refusal) {
    bool tenant_known = false;
    for (const Application& known : state.applications) {
        if (!ascii::equal_ignoring_case(known.tenant, tenant)) continue;
        tenant_known = true;
        if (ascii::equal_ignoring_case(known.client_id, client)) return &known;
    }
    if (client.empty())
        refusal = missing_parameter("client_id");
    else if (!tenant_known)
        refusal = TokenRefusal{400, "invalid_request", 90002,
                               "Tenant '" + printable_word(tenant, 64) + "' not found."};
    else
        refusal = TokenRefusal{400, "unauthorized_client", 700016,
                               "The application was not found in the directory."};
    return nullptr;
}

MDE_DECL Refusal check_secret(const ServiceState& state, const Application& application,
                              std::string_view secret) {
    if (secret.empty())
        return invalid_client(state, 7000218,
                              "The request body must contain the following parameter: "
                              "'client_assertion' or 'client_secret'.");
    if (!equal_in_constant_time(secret, application.client_secret))
        return invalid_client(state, 7000215,
                              "Invalid client secret provided. Ensure the secret being sent in the "
                              "request is the client secret value, not the client secret ID, for a "
                              "secret added to app '" +
                                  application.client_id + "'.");
    return std::nullopt;
}

MDE_DECL Refusal authenticate(ServiceState& state, const Application& application, const Form& form,
                              std::string_view secret, std::string_view endpoint, UtcTime utc) {
    const std::string_view assertion = form_value(form, "client_assertion");
    if (assertion.empty()) return check_secret(state, application, secret);
    if (form_value(form, "client_assertion_type") != assertion_type)
        return TokenRefusal{400, "invalid_request", 90023,
                            "The value of 'client_assertion_type' is not supported."};
    return check_assertion(state, application, assertion, endpoint, utc);
}

#endif

} // namespace detail

} // namespace mde::inline MDE_ABI::service

#endif
