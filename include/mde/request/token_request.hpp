// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_TOKEN_REQUEST_HPP
#define MDE_REQUEST_TOKEN_REQUEST_HPP

/// @file
/// A request for a token as a value, whatever the way to sign in.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/model/settings.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/method.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// Who answers; it decides what a failure means.
enum class TokenIssuer {
    /// The sign-in service of the cloud.
    authority,
    /// The metadata service of the machine this runs on: one that is not there is no failure, but
    /// says that there is no managed identity.
    metadata_service,
};

/// One request, good for one try. Goes to the authority or the metadata service, never to the API.
/// Move-only, since it holds a secret.
struct TokenRequest {
    /// Who is asked.
    TokenIssuer issuer = TokenIssuer::authority;
    /// @{
    /// How and where; the target is path and query.
    Method method = Method::post;
    Scheme scheme = Scheme::https;
    std::string host;
    std::uint16_t port = 443;
    std::string target;
    /// @}
    /// Beside `Accept` and, with a form, `Content-Type`; they view literals.
    std::vector<HeaderField> fields;
    /// `application/x-www-form-urlencoded`; empty for a GET.
    Secret form;
    /// What of the form must never be shown: the secret, assertion, refresh token or device code.
    Secret secret;
    /// For this try, where that is less than `Settings::call_limit`.
    Duration time_limit = (Duration::max)();

    /// Of the form.
    static constexpr std::string_view content_type = "application/x-www-form-urlencoded";

    /// Adds a field to the form, percent-encoded.
    void add(std::string_view name, std::string_view value);

    /// Adds the field that proves who asks.
    void prove(std::string_view name, Secret proof);
};

/// What a request is made from; the views hold during the call.
struct TokenAsk {
    /// Whom to sign in, and where; outlives the call.
    const Settings* settings = nullptr;
    /// The moment of the try, which an assertion states.
    Now now{};
    /// See `TokenQuery::claims`.
    std::string_view claims{};
};

/// Makes the request of one way to sign in, anew for each try: an assertion may be used only once.
/// errc::credential_unavailable says that another way may do; any other error ends the sign-in.
/// Holds any function of that form; a type of its own, since libstdc++ 12 takes a variant with a
/// bare std::function in it for one that never lacks a value, which a copy without memory does.
class TokenRequestMaker {
  public:
    /// What is held.
    using Function = std::function<result<TokenRequest>(const TokenAsk&)>;

    /// Holds `make`, a copyable function of that form.
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, TokenRequestMaker> &&
                 std::constructible_from<Function, F>)
    TokenRequestMaker(F&& make) : make_(std::forward<F>(make)) {}

    /// The request, or why there is none.
    result<TokenRequest> operator()(const TokenAsk& ask) const { return make_(ask); }

  private:
    Function make_;
};

/// Path of the token endpoint, in the form that the settings say.
MDE_DECL std::string token_target(const Settings& settings);

/// The same as a whole URL: what an assertion is made out to.
MDE_DECL std::string token_url(const Settings& settings);

/// A form for the authority that begins with who asks, still without grant and proof.
/// @par Errors errc::credential_unavailable, if tenant, client id or authority are not known
MDE_DECL result<TokenRequest> begin_form(const Settings& settings, std::string target);

/// The client credentials grant up to the proof of who asks: one resource, named as `scope` for v2
/// and as `resource` for v1. Source: "OAuth 2.0 client credentials flow"; for v1 "Partner access
/// through Microsoft Defender for Endpoint APIs".
/// @par Errors see `begin_form`
MDE_DECL result<TokenRequest> begin_client_credentials(const TokenAsk& ask);

#if MDE_DEFINITIONS

MDE_DECL void TokenRequest::add(std::string_view name, std::string_view value) {
    wire::append_form_field(form, name, value);
}

MDE_DECL void TokenRequest::prove(std::string_view name, Secret proof) {
    add(name, proof.expose());
    secret = std::move(proof);
}

MDE_DECL std::string token_target(const Settings& settings) {
    const bool is_v2 = settings.token_endpoint == TokenEndpoint::v2;
    return '/' + std::string(settings.tenant.segment()) +
           (is_v2 ? "/oauth2/v2.0/token" : "/oauth2/token");
}

MDE_DECL std::string token_url(const Settings& settings) {
    return std::string(settings.authority.url()) + token_target(settings);
}

MDE_DECL result<TokenRequest> begin_form(const Settings& settings, std::string target) {
    if (settings.tenant.empty() || settings.client_id.empty() || settings.authority.empty())
        return make_error_code(errc::credential_unavailable);
    TokenRequest request;
    request.host = settings.authority.host();
    request.port = settings.authority.port();
    request.target = std::move(target);
    request.form.reserve(1024);
    request.add("client_id", settings.client_id);
    return request;
}

MDE_DECL result<TokenRequest> begin_client_credentials(const TokenAsk& ask) {
    const Settings& settings = *ask.settings;
    auto request = begin_form(settings, token_target(settings));
    if (!request) return request;
    request->add("grant_type", "client_credentials");
    if (settings.token_endpoint == TokenEndpoint::v2)
        request->add("scope", settings.audience + "/.default");
    else
        request->add("resource", settings.audience);
    if (!ask.claims.empty()) request->add("claims", ask.claims);
    return request;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
