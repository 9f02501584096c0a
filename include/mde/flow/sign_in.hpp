// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_SIGN_IN_HPP
#define MDE_FLOW_SIGN_IN_HPP

/// @file
/// Trades a credential for an access token at the token endpoint.

#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/step.hpp>
#include <mde/request/client_secret_token.hpp>
#include <mde/wire/token_codec.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Asking for a token changes nothing, so passing failures are tried again although it is a POST.
/// @par Errors errc::sign_in_refused (the endpoint's `error` and `error_description` are in the
/// diagnostics), errc::throttled, errc::service_unavailable, errc::malformed_answer,
/// errc::redirect_refused, errc::deadline_exceeded, and those of the transport
class SignIn {
  public:
    using Result = result<AccessToken>;

    SignIn(const Context& context, ClientSecretToken credential)
        : context_(context),
          credential_(std::move(credential)),
          target_(credential_.target()),
          retry_(context.settings->retry, context.deadline, context.seed) {}
    SignIn(const SignIn&) = delete;
    SignIn& operator=(const SignIn&) = delete;

    Action start(const Now& now) { return send(now); }

    Action on(const Event& event, const Now& now) {
        if (std::exchange(waiting_, false)) return send(now);
        *context_.diagnostics = Diagnostics{};
        context_.diagnostics->stage = Stage::sign_in;
        if (const auto error = failure_of(event))
            return is_passing_failure(*error) ? try_again(*error, now) : finish(*error);
        const auto* answer = std::get_if<event::AnswerReady>(&event);
        if (answer == nullptr) return finish(make_error_code(errc::malformed_answer));
        return on_answer(*answer, now);
    }

    Result take_result() { return std::move(result_); }

  private:
    Action send(const Now& now) {
        if (now.monotonic >= context_.deadline)
            return finish(make_error_code(errc::deadline_exceeded));
        form_ = credential_.form();
        fields_ = {HeaderField{"Accept", "application/json"},
                   HeaderField{"Content-Type", ClientSecretToken::content_type}};
        request_.method = ClientSecretToken::method;
        request_.host = context_.settings->authority.host();
        request_.port = context_.settings->authority.port();
        request_.target = target_.view();
        request_.fields = fields_;
        request_.body = form_.expose();
        request_.time_limit = context_.settings->call_limit;
        if (context_.deadline != no_deadline)
            request_.time_limit =
                (std::min)(request_.time_limit, context_.deadline - now.monotonic);
        sent_ = now;
        return action::Send{&request_, Stage::sign_in, action::Body::whole, bounds::json_text};
    }

    Action on_answer(const event::AnswerReady& answer, const Now& now) {
        const unsigned status = answer.head->status();
        context_.diagnostics->http_status = status;
        context_.diagnostics->request_id = request_id_of(*answer.head);
        if (status == 200) {
            result_ = wire::Codec<AccessToken>::decode({answer.head, answer.body, sent_, {}});
            return action::Finish{};
        }
        describe(answer, now);
        const error_code error = error_of_status(status, {});
        if (error == errc::throttled || error == errc::service_unavailable)
            return try_again(error, now);
        if (status == 400 || status == 401 || status == 403)
            return finish(make_error_code(errc::sign_in_refused));
        return finish(error ? error : make_error_code(errc::unexpected_status));
    }

    void describe(const event::AnswerReady& answer, const Now& now) {
        const wire::TokenError error = wire::decode_token_error(answer.body);
        const std::string_view secret = credential_.client_secret.expose();
        Diagnostics& shown = *context_.diagnostics;
        shown.code = safe_word(error.error, {secret});
        shown.message = safe_message(error.description, {secret});
        shown.target = safe_word(error.trace_id, {secret});
        shown.retry_after = retry_after_of(*answer.head, now.utc);
    }

    Action try_again(const error_code& error, const Now& now) {
        const auto wait = retry_.next(context_.diagnostics->retry_after, now.monotonic);
        if (!wait) return finish(error);
        waiting_ = true;
        return action::Wait{*wait,
                            error == errc::throttled ? WaitReason::throttled : WaitReason::retry};
    }

    Action finish(const error_code& error) {
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    ClientSecretToken credential_;
    wire::TargetText target_;
    Retry retry_;
    Secret form_;
    std::array<HeaderField, 2> fields_{};
    HttpRequest request_;
    Now sent_;
    bool waiting_ = false;
    Result result_ = make_error_code(errc::sign_in_refused);
};

} // namespace mde::inline MDE_ABI::flow

#endif
