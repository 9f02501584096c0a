// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_CLIENT_SECRET_TOKEN_HPP
#define MDE_REQUEST_CLIENT_SECRET_TOKEN_HPP

/// @file
/// The token request of the client credentials grant with a shared secret.

#include <mde/base/fixed_text.hpp>
#include <mde/base/secret.hpp>
#include <mde/model/access_token.hpp>
#include <mde/model/tenant_id.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/http_message.hpp>
#include <mde/wire/route.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Source: "OAuth 2.0 client credentials flow", first case. Goes to the authority, not to the API,
/// and carries a form instead of a token. Move-only, since it holds a secret.
struct ClientSecretToken {
    TenantId tenant;
    std::string client_id;
    /// The resource with `/.default`; one resource per token.
    std::string scope;
    Secret client_secret;

    using Response = AccessToken;
    static constexpr Method method = Method::post;
    static constexpr std::string_view route = "/{id}/oauth2/v2.0/token";
    static constexpr std::string_view content_type = "application/x-www-form-urlencoded";

    constexpr wire::TargetText target() const noexcept {
        return wire::expand_route(route, tenant.segment());
    }

    Secret form() const {
        Secret form;
        form.reserve(256);
        wire::append_form_field(form, "grant_type", "client_credentials");
        wire::append_form_field(form, "client_id", client_id);
        wire::append_form_field(form, "scope", scope);
        wire::append_form_field(form, "client_secret", client_secret.expose());
        return form;
    }
};

} // namespace mde::inline MDE_ABI

#endif
