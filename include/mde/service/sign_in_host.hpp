// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SIGN_IN_HOST_HPP
#define MDE_SERVICE_SIGN_IN_HOST_HPP

/// @file
/// The token endpoint: the client credentials grant with a secret, in its v2 and v1 forms.

#include <mde/base/printable.hpp>
#include <mde/model/settings.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/service_state.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/form.hpp>
#include <mde/wire/token_codec.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// A token request's path, taken apart.
struct TokenRoute {
    std::string_view tenant;
    TokenEndpoint endpoint = TokenEndpoint::v2;
};

/// `/{tenant}/oauth2/v2.0/token` or `/{tenant}/oauth2/token`.
constexpr std::optional<TokenRoute> match_token_route(std::string_view path) noexcept {
    const std::size_t slash = path.find('/', 1);
    if (!path.starts_with('/') || slash == std::string_view::npos || slash == 1)
        return std::nullopt;
    const std::string_view tenant = path.substr(1, slash - 1);
    const std::string_view rest = path.substr(slash);
    if (ascii::equal_ignoring_case(rest, "/oauth2/v2.0/token"))
        return TokenRoute{tenant, TokenEndpoint::v2};
    if (ascii::equal_ignoring_case(rest, "/oauth2/token"))
        return TokenRoute{tenant, TokenEndpoint::v1};
    return std::nullopt;
}

namespace detail {

using Form = std::map<std::string, std::string, std::less<>>;

inline std::string_view form_value(const Form& form, std::string_view name) noexcept {
    const auto found = form.find(name);
    return found == form.end() ? std::string_view() : std::string_view(found->second);
}

inline Form read_form(const IncomingRequest& request) {
    if (!ascii::starts_with_ignoring_case(request.field("Content-Type"),
                                          "application/x-www-form-urlencoded"))
        return {};
    return wire::parse_form(request.body).value_or(Form());
}

struct ClientCredential {
    std::string id;
    std::string secret;
};

/// From the form, or from HTTP Basic, whose two parts are form-encoded (RFC 6749 section 2.3.1).
inline ClientCredential read_credential(const IncomingRequest& request, const Form& form) {
    ClientCredential credential{std::string(form_value(form, "client_id")),
                                std::string(form_value(form, "client_secret"))};
    const std::string_view field = request.field("Authorization");
    if (!ascii::starts_with_ignoring_case(field, "Basic ")) return credential;
    const auto pair = base64_decode(ascii::trimmed(field.substr(6)), Base64Alphabet::standard);
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return credential;
    const std::string_view text = *pair;
    credential.id =
        wire::percent_decoded(text.substr(0, colon), wire::PlusSign::is_space).value_or("");
    credential.secret =
        wire::percent_decoded(text.substr(colon + 1), wire::PlusSign::is_space).value_or("");
    return credential;
}

} // namespace detail

/// One refusal in Entra's form. No secret is in `description`.
struct TokenRefusal {
    unsigned status = 400;
    std::string_view error;
    /// The number after `AADSTS`.
    unsigned number = 0;
    std::string description;
};

inline HttpReply token_error_reply(ServiceState& state, const TokenRefusal& refusal, UtcTime utc) {
    const std::string trace = state.guids.guid();
    const std::string correlation = state.guids.guid();
    std::string stamp(wire::format_date(std::chrono::floor<std::chrono::seconds>(utc)).view());
    if (stamp.size() == 20) stamp[10] = ' ';
    std::string text = "AADSTS" + std::to_string(refusal.number) + ": " + refusal.description;
    if (!state.echo.empty()) text.append(" (received: ").append(state.echo).append(")");
    text.append(" Trace ID: " + trace + " Correlation ID: " + correlation + " Timestamp: " + stamp);
    HttpReply reply;
    reply.status = refusal.status;
    reply.body =
        wire::json::serialize(wire::json::object{{"error", refusal.error},
                                                 {"error_description", text},
                                                 {"error_codes", wire::json::array{refusal.number}},
                                                 {"timestamp", stamp},
                                                 {"trace_id", trace},
                                                 {"correlation_id", correlation}});
    reply.add_field("Content-Type", "application/json; charset=utf-8");
    reply.add_field("Cache-Control", "no-store, no-cache");
    reply.add_field("x-ms-request-id", trace);
    return reply;
}

/// Answers token requests. `W` is a `World`.
template <class W>
class SignInHost {
  public:
    explicit SignInHost(W& world) noexcept : world_(&world) {}

    HttpReply token(const IncomingRequest& request, const TokenRoute& route, const Now& now) {
        const detail::Form form = detail::read_form(request);
        const detail::ClientCredential credential = detail::read_credential(request, form);
        std::string audience;
        const Application* application = nullptr;
        const auto refusal = check(request, route, form, credential, audience, application);
        if (refusal) return token_error_reply(*world_, *refusal, now.utc);

        const std::chrono::seconds life = world_->settings.token_lifetime;
        HttpReply reply;
        reply.body = wire::Codec<AccessToken>::encode(
            make_bearer_token(world_->signer, *application, audience, life, now.utc), life);
        reply.add_field("Content-Type", "application/json; charset=utf-8");
        reply.add_field("Cache-Control", "no-store, no-cache");
        reply.add_field("x-ms-request-id", world_->guids.guid());
        return reply;
    }

  private:
    using Refusal = std::optional<TokenRefusal>;

    Refusal check(const IncomingRequest& request, const TokenRoute& route, const detail::Form& form,
                  const detail::ClientCredential& credential, std::string& audience,
                  const Application*& application) const {
        if (request.method != "POST")
            return TokenRefusal{400, "invalid_request", 900561,
                                "The endpoint only accepts POST requests."};
        const std::string_view grant = detail::form_value(form, "grant_type");
        if (grant.empty()) return missing("grant_type");
        if (grant != "client_credentials")
            return TokenRefusal{400, "unsupported_grant_type", 70003,
                                "The app requested an unsupported grant type."};
        if (credential.id.empty()) return missing("client_id");
        if (const Refusal refusal = find_application(route, credential, application))
            return refusal;
        return check_audience(route, form, audience);
    }

    static TokenRefusal missing(std::string_view parameter) {
        return {400, "invalid_request", 900144,
                "The request body must contain the following parameter: '" +
                    std::string(parameter) + "'."};
    }

    Refusal find_application(const TokenRoute& route, const detail::ClientCredential& credential,
                             const Application*& application) const {
        bool tenant_known = false;
        for (const Application& known : world_->applications) {
            if (!ascii::equal_ignoring_case(known.tenant, route.tenant)) continue;
            tenant_known = true;
            if (ascii::equal_ignoring_case(known.client_id, credential.id)) application = &known;
        }
        if (!tenant_known)
            return TokenRefusal{400, "invalid_request", 90002,
                                "Tenant '" + printable_word(route.tenant, 64) + "' not found."};
        if (application == nullptr)
            return TokenRefusal{400, "unauthorized_client", 700016,
                                "The application was not found in the directory."};
        if (credential.secret.empty())
            return TokenRefusal{401, "invalid_client", 7000218,
                                "The request body must contain the following parameter: "
                                "'client_assertion' or 'client_secret'."};
        if (!equal_in_constant_time(credential.secret, application->client_secret))
            return TokenRefusal{401, "invalid_client", 7000215,
                                "Invalid client secret provided. Ensure the secret being sent in "
                                "the request is the client secret value, not the client secret "
                                "ID, for a secret added to app '" +
                                    application->client_id + "'."};
        return std::nullopt;
    }

    Refusal check_audience(const TokenRoute& route, const detail::Form& form,
                           std::string& audience) const {
        constexpr std::string_view suffix = "/.default";
        if (route.endpoint == TokenEndpoint::v1) {
            audience = std::string(detail::form_value(form, "resource"));
            if (audience.empty()) return missing("resource");
        } else {
            const std::string_view scope = detail::form_value(form, "scope");
            if (!scope.ends_with(suffix) || scope.find(' ') != std::string_view::npos)
                return TokenRefusal{400, "invalid_scope", 70011,
                                    "The provided value for the input parameter 'scope' is not "
                                    "valid. It must be one resource with '/.default'."};
            audience = std::string(scope.substr(0, scope.size() - suffix.size()));
        }
        const auto& known = world_->settings.audiences;
        if (std::find(known.begin(), known.end(), audience) != known.end()) return std::nullopt;
        return TokenRefusal{400, "invalid_resource", 500011,
                            "The resource principal was not found in the tenant."};
    }

    W* world_;
};

} // namespace mde::inline MDE_ABI::service

#endif
