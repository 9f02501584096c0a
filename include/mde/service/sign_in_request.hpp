// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SIGN_IN_REQUEST_HPP
#define MDE_SERVICE_SIGN_IN_REQUEST_HPP

/// @file
/// One request to sign in, taken apart, and the steps that all grants share.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/service/bearer_token.hpp>
#include <mde/service/client_authentication.hpp>
#include <mde/service/query.hpp>
#include <mde/service/service_state.hpp>
#include <mde/service/signer.hpp>
#include <mde/service/token_form.hpp>
#include <mde/service/token_refusal.hpp>
#include <mde/service/token_reply.hpp>
#include <mde/service/token_route.hpp>
#include <mde/wire/json.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// Refers to everything that it was made from. Distinct objects: safe, unless they share a state.
/// Shared objects: unsafe.
class SignInRequest {
  public:
    /// Takes `request` apart.
    SignInRequest(ServiceState& state, const SignerRef& signer, const IncomingRequest& request,
                  const TokenRoute& route, const Now& now);

    /// Everything that the hosts share.
    ServiceState& state() const noexcept { return *state_; }
    /// The switches.
    const Settings& settings() const noexcept { return state_->settings; }
    /// The switches of sign-in.
    const SignInRules& rules() const noexcept { return state_->settings.sign_in; }
    /// Which point of sign-in it came to.
    const TokenRoute& route() const noexcept { return route_; }
    /// When it came.
    const Now& now() const noexcept { return now_; }
    /// Its verb.
    std::string_view method() const noexcept { return request_->method; }
    /// Its form; empty if it has none that can be read.
    const detail::Form& form() const noexcept { return form_; }
    /// The value of a field of the form; empty if it is absent.
    std::string_view value(std::string_view name) const noexcept;

    /// The application, without a proof that it is the one. Null, and the refusal is filled in.
    const Application* named_application(detail::Refusal& refusal) const;

    /// The same, once it has proven with a secret or an assertion that it is the one.
    const Application* proven_application(detail::Refusal& refusal) const;

    /// The one that acts for a user: a public client has nothing to prove.
    const Application* user_application(detail::Refusal& refusal) const;

    /// Says no.
    HttpReply refuse(const TokenRefusal& refusal) const;
    /// Says yes, with a token.
    HttpReply grant(const TokenContent& content, std::string_view refresh_token = {}) const;

    /// What the ids follow from is known; what is signed is not.
    std::string unguessable(std::string_view purpose) const;

  private:
    /// What the caller takes this point to be.
    std::string endpoint() const;

    ServiceState* state_;
    SignerRef signer_;
    const IncomingRequest* request_;
    TokenRoute route_;
    Now now_;
    detail::Form form_;
    detail::ClientCredential credential_;
};

#if MDE_DEFINITIONS

MDE_DECL SignInRequest::SignInRequest(ServiceState& state, const SignerRef& signer,
                                      const IncomingRequest& request, const TokenRoute& route,
                                      const Now& now)
    : state_(&state),
      signer_(signer),
      request_(&request),
      route_(route),
      now_(now),
      form_(detail::read_form(request)),
      credential_(detail::read_credential(request, form_)) {}

MDE_DECL std::string_view SignInRequest::value(std::string_view name) const noexcept {
    return detail::form_value(form_, name);
}

MDE_DECL const Application* SignInRequest::named_application(detail::Refusal& refusal) const {
    const Application* found =
        detail::find_application(*state_, route_.tenant, credential_.id, refusal);
    const std::string_view claims = value("claims");
    if (found == nullptr || claims.empty() || wire::parse_json_object(claims)) return found;
    refusal = TokenRefusal{400, "invalid_request", 90023, "The 'claims' are no JSON object."};
    return nullptr;
}

MDE_DECL const Application* SignInRequest::proven_application(detail::Refusal& refusal) const {
    const Application* found = named_application(refusal);
    if (found == nullptr) return nullptr;
    refusal =
        detail::authenticate(*state_, *found, form_, credential_.secret, endpoint(), now_.utc);
    return refusal ? nullptr : found;
}

MDE_DECL const Application* SignInRequest::user_application(detail::Refusal& refusal) const {
    const Application* found = named_application(refusal);
    if (found == nullptr || found->public_client == Feature::on) return found;
    return proven_application(refusal);
}

MDE_DECL HttpReply SignInRequest::refuse(const TokenRefusal& refusal) const {
    return token_error_reply(*state_, refusal, now_.utc);
}

MDE_DECL HttpReply SignInRequest::grant(const TokenContent& content,
                                        std::string_view refresh_token) const {
    return token_reply(*state_, signer_, route_.endpoint, content, now_.utc, refresh_token);
}

MDE_DECL std::string SignInRequest::unguessable(std::string_view purpose) const {
    return detail::base64_of(signature_of(signer_, purpose, state_->guids.guid()),
                             Base64Alphabet::url);
}

MDE_DECL std::string SignInRequest::endpoint() const {
    return "https://" + std::string(request_->host) + std::string(path_of(request_->target));
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
