// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_TOKEN_CALL_HPP
#define MDE_FLOW_TOKEN_CALL_HPP

/// @file
/// One call of a sign-in up to a usable answer: make the request, send, classify, try again.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/step.hpp>
#include <mde/request/token_request.hpp>
#include <mde/wire/percent.hpp>
#include <mde/wire/token_codec.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// The part of signing in that is the same for every grant. Asking for a token changes nothing, so
/// passing failures are tried again although it is a POST; each try has a request of its own.
class TokenCall {
  public:
    /// Whether the issuer is known to be there. A metadata service that never answered is none; one
    /// that did may be ill.
    enum class Issuer {
        /// It has not answered yet.
        unknown,
        /// It has answered, now or the last time.
        known,
    };

    /// `claims` outlives the call.
    TokenCall(const Context& context, TokenRequestMaker make, std::string_view claims,
              const RetryPolicy& policy, Issuer issuer = Issuer::unknown);
    TokenCall(const TokenCall&) = delete;
    TokenCall& operator=(const TokenCall&) = delete;

    /// As that of a `Flow`.
    Action start(const Now& now) { return send(now); }

    /// `Finish` with `error()` clear: the event held a success, and is still there to be decoded.
    Action on(const Event& event, const Now& now);

    /// Clear after a success.
    const error_code& error() const noexcept { return error_; }
    /// The `error` of the last answer as the endpoint wrote it; empty if there was none.
    const std::string& refusal() const noexcept { return refusal_; }
    /// When the last try left.
    const Now& sent() const noexcept { return sent_; }

  private:
    Action send(const Now& now);
    Action fail_unsent(const error_code& error);
    Action on_failure(const error_code& error, const Now& now);
    Action on_answer(const event::AnswerReady& answer, const Now& now);

    bool is_metadata() const noexcept { return made_.issuer == TokenIssuer::metadata_service; }

    static error_code error_of_authority(unsigned status) noexcept;

    /// 404 and 410 come while the service is being updated. Source: "How to use managed identities
    /// for Azure resources on an Azure VM to acquire an access token", retry guidance.
    static error_code error_of_metadata(unsigned status, const wire::TokenError& said) noexcept;

    /// Nothing that was sent is shown, neither as it is nor as the form spelt it.
    void describe(const wire::TokenError& said,
                  std::initializer_list<std::string_view> secrets) const;

    Action try_again(const error_code& error, const Now& now);
    Action finish(const error_code& error);

    Context context_;
    TokenRequestMaker make_;
    std::string_view claims_;
    Retry retry_;
    Issuer issuer_;
    TokenRequest made_;
    std::vector<HeaderField> fields_;
    HttpRequest request_;
    Now sent_;
    error_code error_;
    std::string refusal_;
    bool waiting_ = false;
};

#if MDE_DEFINITIONS

MDE_DECL TokenCall::TokenCall(const Context& context, TokenRequestMaker make,
                              std::string_view claims, const RetryPolicy& policy, Issuer issuer)
    : context_(context),
      make_(std::move(make)),
      claims_(claims),
      retry_(policy, context.deadline, context.seed),
      issuer_(issuer) {}

MDE_DECL Action TokenCall::on(const Event& event, const Now& now) {
    if (std::exchange(waiting_, false)) return send(now);
    *context_.diagnostics = Diagnostics{};
    context_.diagnostics->stage = Stage::sign_in;
    refusal_.clear();
    if (const auto error = failure_of(event)) return on_failure(*error, now);
    const auto* answer = std::get_if<event::AnswerReady>(&event);
    if (answer == nullptr) return finish(make_error_code(errc::malformed_answer));
    return on_answer(*answer, now);
}

MDE_DECL Action TokenCall::send(const Now& now) {
    if (now.monotonic >= context_.deadline) return finish(make_error_code(errc::deadline_exceeded));
    result<TokenRequest> made = make_({context_.settings, now, claims_});
    if (!made) return fail_unsent(made.error());
    made_ = std::move(*made);
    fields_.assign({{"Accept", "application/json"}});
    if (made_.method == Method::post)
        fields_.push_back({"Content-Type", TokenRequest::content_type});
    fields_.insert(fields_.end(), made_.fields.begin(), made_.fields.end());
    request_.method = made_.method;
    request_.scheme = made_.scheme;
    request_.host = made_.host;
    request_.port = made_.port;
    request_.target = made_.target;
    request_.fields = fields_;
    request_.body = made_.form.expose();
    request_.answered = Answered::secretly;
    request_.time_limit = (std::min)(made_.time_limit, context_.try_limit(now.monotonic));
    sent_ = now;
    return action::Send{&request_, Stage::sign_in, action::Body::whole, bounds::json_text};
}

MDE_DECL Action TokenCall::fail_unsent(const error_code& error) {
    *context_.diagnostics = Diagnostics{};
    context_.diagnostics->stage = Stage::sign_in;
    return finish(error);
}

MDE_DECL Action TokenCall::on_failure(const error_code& error, const Now& now) {
    if (is_cut_short(error, now.monotonic, context_.deadline))
        return finish(make_error_code(errc::deadline_exceeded));
    if (!is_passing_failure(error)) return finish(error);
    if (is_metadata() && issuer_ == Issuer::unknown)
        return finish(make_error_code(errc::credential_unavailable));
    return try_again(error, now);
}

MDE_DECL Action TokenCall::on_answer(const event::AnswerReady& answer, const Now& now) {
    issuer_ = Issuer::known;
    const unsigned status = answer.head->status();
    context_.diagnostics->http_status = status;
    const std::string_view secret = made_.secret.expose();
    Secret spelt;
    wire::append_percent_encoded(spelt, secret);
    context_.diagnostics->request_id = request_id_of(*answer.head, {secret, spelt.expose()});
    if (status == 200) return finish({});
    const wire::TokenError said = wire::decode_token_error(answer.body);
    refusal_ = said.error;
    describe(said, {secret, spelt.expose()});
    context_.diagnostics->retry_after = retry_after_of(*answer.head, now.utc);
    const error_code error =
        is_metadata() ? error_of_metadata(status, said) : error_of_authority(status);
    if (error == errc::throttled || error == errc::service_unavailable)
        return try_again(error, now);
    return finish(error);
}

MDE_DECL error_code TokenCall::error_of_authority(unsigned status) noexcept {
    if (status == 400 || status == 401 || status == 403)
        return make_error_code(errc::sign_in_refused);
    const error_code error = error_of_status(status, {});
    return error ? error : make_error_code(errc::unexpected_status);
}

MDE_DECL error_code TokenCall::error_of_metadata(unsigned status,
                                                 const wire::TokenError& said) noexcept {
    if (status == 404 || status == 410) return make_error_code(errc::service_unavailable);
    if (status == 400 && said.description.find("Identity not found") != std::string::npos)
        return make_error_code(errc::credential_unavailable);
    return error_of_authority(status);
}

MDE_DECL void TokenCall::describe(const wire::TokenError& said,
                                  std::initializer_list<std::string_view> secrets) const {
    Diagnostics& shown = *context_.diagnostics;
    shown.code = safe_word(said.error, secrets);
    shown.message = safe_message(said.description, secrets);
    if (shown.message.empty() && said.number != 0)
        shown.message = "AADSTS" + std::to_string(said.number);
    shown.target = safe_word(said.trace_id, secrets);
}

MDE_DECL Action TokenCall::try_again(const error_code& error, const Now& now) {
    const auto wait = retry_.next(context_.diagnostics->retry_after, now.monotonic);
    if (!wait) return finish(error);
    waiting_ = true;
    return action::Wait{*wait,
                        error == errc::throttled ? WaitReason::throttled : WaitReason::retry};
}

MDE_DECL Action TokenCall::finish(const error_code& error) {
    error_ = error;
    made_ = TokenRequest();
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
