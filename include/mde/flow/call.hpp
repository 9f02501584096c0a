// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_CALL_HPP
#define MDE_FLOW_CALL_HPP

/// @file
/// One call of the API up to a usable answer: token, quota, send, classify, try again.

#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/step.hpp>
#include <mde/wire/challenge.hpp>
#include <mde/wire/odata.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// What is called; the views outlive the call.
struct CallSpec {
    /// For quotas, progress and diagnostics.
    Stage stage = Stage::none;
    /// A POST has a body.
    Method method = Method::get;
    /// Path and query.
    std::string_view target;
    /// JSON; empty for a GET.
    std::string_view body;
    /// Of which a slot is spent.
    Quota quota;
    /// Another host of the same API than that of the settings; empty mostly.
    std::string_view host{};
    /// Of that host.
    std::uint16_t port = 443;
    /// What its answer brings.
    Answered answered = Answered::openly;
};

/// The part of `Exchange` that is the same for every request, so that it is compiled once. A quota
/// slot is spent only right before the request leaves; a token that is refused is renewed once; a
/// POST whose outcome is unknown is not repeated.
class Call {
  public:
    /// @{
    /// As those of a `Flow`, which this is not: what it ends with is decoded by its owner.
    Call(const Context& context, const CallSpec& spec) noexcept;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    Action start(const Now&) { return get_token(TokenQuery::Freshness::any); }
    /// @}

    /// `Finish` with `error()` clear: the event held a success, and is still there to be decoded.
    Action on(const Event& event, const Now& now);

    /// Clear after a success.
    const error_code& error() const noexcept { return error_; }
    /// When the last try left.
    const Now& sent() const noexcept { return sent_; }
    /// Of the last answer; empty if it carried none.
    const std::string& request_id() const noexcept { return context_.diagnostics->request_id; }

  private:
    enum class State {
        getting_token,
        getting_quota,
        waiting_for_quota,
        sending,
        reporting,
        waiting_to_retry,
        finished,
    };

    Action get_token(TokenQuery::Freshness freshness);

    Action on_token(const Event& event, const Now&);

    QuotaKey quota_key() const noexcept;

    Action acquire_quota();

    Action on_quota(const Event& event, const Now& now);
    Action send(const Now& now);
    Action on_answer(const Event& event, const Now& now);
    Action on_failure(const error_code& error, const Now& now);
    Action try_again(const error_code& error, const Now& now);
    Action wait_to_retry(WaitReason reason);
    void describe(const event::AnswerReady& answer, const Now& now);
    Action finish(error_code error);

    Context context_;
    CallSpec spec_;
    Retry retry_;
    State state_ = State::getting_token;
    Secret authorization_;
    /// What the API demanded of the next token.
    std::string claims_;
    std::uint64_t token_serial_ = 0;
    std::array<HeaderField, 3> fields_{};
    HttpRequest request_;
    Now sent_;
    Duration wait_{};
    error_code error_;
    bool renewed_ = false;
};

#if MDE_DEFINITIONS

MDE_DECL Call::Call(const Context& context, const CallSpec& spec) noexcept
    : context_(context),
      spec_(spec),
      retry_(context.settings->retry, context.deadline, context.seed) {}

MDE_DECL Action Call::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::getting_token: return on_token(event, now);
    case State::getting_quota: return on_quota(event, now);
    case State::waiting_for_quota: return acquire_quota();
    case State::sending: return on_answer(event, now);
    case State::reporting: return error_ ? finish(error_) : wait_to_retry(WaitReason::throttled);
    case State::waiting_to_retry: return get_token(TokenQuery::Freshness::any);
    case State::finished: break;
    }
    return finish({});
}

MDE_DECL Action Call::get_token(TokenQuery::Freshness freshness) {
    state_ = State::getting_token;
    return action::GetToken{{freshness, token_serial_, context_.deadline, claims_}};
}

MDE_DECL Action Call::on_token(const Event& event, const Now&) {
    if (const auto error = failure_of(event)) return finish(*error);
    const auto* ready = std::get_if<event::TokenReady>(&event);
    if (ready == nullptr) return finish(make_error_code(errc::unauthorized));
    token_serial_ = ready->token->serial();
    authorization_.clear();
    authorization_.append("Bearer ");
    authorization_.append(ready->token->secret().expose());
    return acquire_quota();
}

MDE_DECL QuotaKey Call::quota_key() const noexcept {
    return {context_.settings->tenant.text(), context_.settings->client_id, spec_.stage};
}

MDE_DECL Action Call::acquire_quota() {
    state_ = State::getting_quota;
    return action::AcquireQuota{quota_key(), spec_.quota};
}

MDE_DECL Action Call::on_quota(const Event& event, const Now& now) {
    if (const auto error = failure_of(event)) return finish(*error);
    const auto* answer = std::get_if<event::QuotaAnswer>(&event);
    if (answer == nullptr || answer->wait <= Duration::zero()) return send(now);
    if (saturating_add(now.monotonic, answer->wait) >= context_.deadline) {
        context_.diagnostics->stage = spec_.stage;
        context_.diagnostics->retry_after = answer->wait;
        return finish(make_error_code(errc::throttled));
    }
    state_ = State::waiting_for_quota;
    return action::Wait{answer->wait, WaitReason::quota};
}

MDE_DECL Action Call::send(const Now& now) {
    if (now.monotonic >= context_.deadline) return finish(make_error_code(errc::deadline_exceeded));
    fields_ = {HeaderField{"Authorization", authorization_.expose()},
               HeaderField{"Accept", "application/json"},
               HeaderField{"Content-Type", "application/json"}};
    const bool has_body = spec_.method == Method::post;
    request_.method = spec_.method;
    const Endpoint& api = context_.settings->api;
    request_.host = spec_.host.empty() ? api.host() : spec_.host;
    request_.port = spec_.host.empty() ? api.port() : spec_.port;
    request_.target = spec_.target;
    request_.fields = std::span(fields_).first(has_body ? 3 : 2);
    request_.body = spec_.body;
    request_.answered = spec_.answered;
    request_.time_limit = context_.try_limit(now.monotonic);
    sent_ = now;
    state_ = State::sending;
    return action::Send{&request_, spec_.stage, action::Body::whole, bounds::json_text};
}

MDE_DECL Action Call::on_answer(const Event& event, const Now& now) {
    *context_.diagnostics = Diagnostics{};
    context_.diagnostics->stage = spec_.stage;
    if (const auto error = failure_of(event)) return on_failure(*error, now);
    const auto* answer = std::get_if<event::AnswerReady>(&event);
    if (answer == nullptr) return finish(make_error_code(errc::malformed_answer));
    describe(*answer, now);
    const unsigned status = answer->head->status();
    const error_code error = error_of_status(status, context_.diagnostics->code);
    if (!error) return finish({});
    if (error == errc::unauthorized && !renewed_) {
        renewed_ = true;
        claims_ = wire::claims_of_challenge(answer->head->field_or_empty("WWW-Authenticate"))
                      .value_or("");
        return get_token(TokenQuery::Freshness::renewed);
    }
    if (!is_passing_refusal(error)) return finish(error);
    if (!may_repeat(spec_.method, status)) return finish(make_error_code(errc::outcome_unknown));
    return try_again(error, now);
}

MDE_DECL Action Call::on_failure(const error_code& error, const Now& now) {
    if (spec_.method == Method::post && may_have_taken_effect(error))
        return finish(make_error_code(errc::outcome_unknown));
    if (is_cut_short(error, now.monotonic, context_.deadline))
        return finish(make_error_code(errc::deadline_exceeded));
    if (!is_passing_failure(error)) return finish(error);
    return try_again(error, now);
}

MDE_DECL Action Call::try_again(const error_code& error, const Now& now) {
    const std::optional<Duration> asked = context_.diagnostics->retry_after;
    const auto wait = retry_.next(asked, now.monotonic);
    if (!wait && !(error == errc::throttled && asked)) return finish(error);
    wait_ = wait ? *wait : *asked;
    if (error != errc::throttled) return wait_to_retry(WaitReason::retry);
    // Whoever gives up here tells the others all the same.
    if (!wait) error_ = error;
    state_ = State::reporting;
    return action::ReportThrottled{quota_key(), wait_};
}

MDE_DECL Action Call::wait_to_retry(WaitReason reason) {
    state_ = State::waiting_to_retry;
    // It is asked for again.
    authorization_ = Secret();
    return action::Wait{wait_, reason};
}

MDE_DECL void Call::describe(const event::AnswerReady& answer, const Now& now) {
    Diagnostics& shown = *context_.diagnostics;
    shown.http_status = answer.head->status();
    const std::string_view token =
        authorization_.expose().substr(std::string_view("Bearer ").size());
    shown.request_id = request_id_of(*answer.head, {token});
    if (shown.http_status < 400) return;
    const wire::ServiceError error = wire::decode_service_error(answer.body);
    shown.code = safe_word(error.code, {token});
    shown.message = safe_message(error.message, {token});
    shown.target = safe_word(error.target, {token});
    shown.retry_after = retry_after_of(*answer.head, now.utc);
}

MDE_DECL Action Call::finish(error_code error) {
    state_ = State::finished;
    error_ = error;
    // With its memory: an action is watched for hours between two looks.
    authorization_ = Secret();
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
