// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_SIGN_IN_HPP
#define MDE_FLOW_SIGN_IN_HPP

/// @file
/// Gets an access token in the first way of a chain whose needs are there.

#include <mde/base/linkage.hpp>
#include <mde/flow/device_sign_in.hpp>
#include <mde/flow/token_call.hpp>
#include <mde/request/grant.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// What a sign-in gives. Move-only.
struct SignedIn {
    /// For the API.
    AccessToken token;
    /// Empty unless a user signed in and a refresh token was asked for.
    Secret refresh_token;
    /// The way that worked, by its place in the chain.
    std::size_t grant = 0;
};

/// How to sign in, and what is known from the last time.
struct SignInRequest {
    /// The ways, in their order.
    Chain chain;
    /// The way that worked the last time: the only one that is asked.
    std::optional<std::size_t> only{};
    /// See `TokenQuery::claims`.
    std::string claims{};
    /// Of the last time; empty if there is none.
    Secret refresh_token{};
};

/// Serves every grant, so that the operation around it is compiled once.
/// @par Errors errc::credential_unavailable (no way has what it needs), errc::sign_in_refused (the
/// endpoint's `error` and `error_description` are in the diagnostics), errc::malformed_credential,
/// errc::throttled, errc::service_unavailable, errc::malformed_answer, errc::redirect_refused,
/// errc::deadline_exceeded, those of the transport, and those of `DeviceSignIn`
class SignIn {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<SignedIn>;

    SignIn(const Context& context, SignInRequest request)
        : context_(context), request_(std::move(request)), at_(request_.only.value_or(0)) {}
    SignIn(const SignIn&) = delete;
    SignIn& operator=(const SignIn&) = delete;

    Action start(const Now& now);
    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    Action begin(const Now& now);

    /// Of a way that ended before it asked anybody.
    error_code failure();

    /// True if the next way is to be tried.
    bool pass_over(const error_code& error) noexcept;

    void take(const Event& event);

    result<wire::TokenSet> tokens_in(const Event& event) const;

    Result wrapped(result<wire::TokenSet> tokens) const;

    Context context_;
    SignInRequest request_;
    std::size_t at_;
    std::optional<TokenCall> call_;
    std::optional<DeviceSignIn> device_;
    Result result_ = make_error_code(errc::credential_unavailable);
};

#if MDE_DEFINITIONS

MDE_DECL Action SignIn::start(const Now& now) {
    result_ = make_error_code(errc::credential_unavailable);
    while (at_ < request_.chain.size()) {
        Action next = begin(now);
        if (!is_finish(next)) return next;
        if (!pass_over(failure())) break;
    }
    return action::Finish{};
}

MDE_DECL Action SignIn::on(const Event& event, const Now& now) {
    Action next = device_ ? device_->on(event, now) : call_->on(event, now);
    if (!is_finish(next)) return next;
    take(event);
    if (result_ || !pass_over(result_.error())) return next;
    return start(now);
}

MDE_DECL Action SignIn::begin(const Now& now) {
    device_.reset();
    call_.reset();
    const Grant& grant = request_.chain[at_];
    if (const auto* how = std::get_if<DeviceCode>(&grant)) {
        device_.emplace(context_, *how, request_.claims, request_.refresh_token.clone());
        return device_->start(now);
    }
    const auto issuer = request_.only ? TokenCall::Issuer::known : TokenCall::Issuer::unknown;
    call_.emplace(context_, std::get<TokenRequestMaker>(grant), request_.claims,
                  context_.settings->retry, issuer);
    return call_->start(now);
}

MDE_DECL error_code SignIn::failure() {
    const error_code error = device_ ? device_->take_result().error() : call_->error();
    result_ = error;
    return error;
}

MDE_DECL bool SignIn::pass_over(const error_code& error) noexcept {
    if (error != errc::credential_unavailable || request_.only) return false;
    return ++at_ < request_.chain.size();
}

MDE_DECL void SignIn::take(const Event& event) {
    Result taken = device_ ? wrapped(device_->take_result()) : wrapped(tokens_in(event));
    result_ = std::move(taken);
}

MDE_DECL result<wire::TokenSet> SignIn::tokens_in(const Event& event) const {
    if (call_->error()) return call_->error();
    const auto& answer = std::get<event::AnswerReady>(event);
    return wire::Codec<wire::TokenSet>::decode({answer.head, answer.body, call_->sent(), {}});
}

MDE_DECL SignIn::Result SignIn::wrapped(result<wire::TokenSet> tokens) const {
    if (!tokens) return tokens.error();
    return SignedIn{std::move(tokens->access), std::move(tokens->refresh), at_};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
