// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DEVICE_SIGN_IN_HPP
#define MDE_FLOW_DEVICE_SIGN_IN_HPP

/// @file
/// Signing in as a user: with the refresh token of the last time, else by asking somebody.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/flow/token_call.hpp>
#include <mde/request/device_code.hpp>
#include <mde/wire/device_code_codec.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Asks for a code, shows it (`observed::DevicePrompt`) and polls until somebody has entered it.
/// A refresh token is tried first, and nobody is asked while it is good.
/// Source: "OAuth 2.0 device authorization grant flow"; RFC 8628.
/// @par Errors errc::sign_in_declined, errc::device_code_expired, errc::credential_unavailable, and
/// those of `SignIn`
class DeviceSignIn {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<wire::TokenSet>;

    /// `claims` outlives the flow.
    DeviceSignIn(const Context& context, DeviceCode how, std::string_view claims = {},
                 Secret refresh_token = {})
        : context_(context), how_(how), claims_(claims), refresh_(std::move(refresh_token)) {}
    DeviceSignIn(const DeviceSignIn&) = delete;
    DeviceSignIn& operator=(const DeviceSignIn&) = delete;

    Action start(const Now& now) { return refresh_.empty() ? ask_for_code(now) : renew(now); }

    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        renewing,
        asking_for_code,
        prompting,
        waiting,
        polling,
        finished,
    };

    Action begin(State state, TokenRequestMaker make, const RetryPolicy& policy, const Now& now);

    /// A call that ends before it sent anything ends the whole.
    Action or_end(Action action);

    Action renew(const Now& now);
    Action on_renewal(const Event& event, const Now& now);

    Action ask_for_code(const Now& now);

    Action on_code(const Event& event, const Now& now);

    Action wait(const Now& now) { return wait(now, interval_); }

    Action wait(const Now& now, Duration span);

    /// One try: what failed is asked again at the next poll.
    Action poll(const Now& now);

    Action on_poll(const Event& event, const Now& now);
    Action on_refusal(std::string_view word, const error_code& error, const Now& now);

    /// Without a word about the code. RFC 8628 section 3.5: a server that does not answer is asked
    /// less often.
    Action on_silence(const error_code& error, const Now& now);

    wire::Answer answer_in(const Event& event) const;

    /// An endpoint that gives no new refresh token means that the old one goes on.
    Action take_tokens(const Event& event);

    Action finish(const error_code& error);

    static constexpr std::chrono::seconds longest_wait{60};

    Context context_;
    DeviceCode how_;
    std::string_view claims_;
    Secret refresh_;
    State state_ = State::renewing;
    std::optional<TokenCall> call_;
    DeviceAuthorization code_;
    Duration interval_{};
    MonotonicTime code_ends_{};
    Result result_ = make_error_code(errc::sign_in_refused);
};

#if MDE_DEFINITIONS

MDE_DECL Action DeviceSignIn::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::renewing: return on_renewal(event, now);
    case State::asking_for_code: return on_code(event, now);
    case State::prompting: return wait(now);
    case State::waiting: return poll(now);
    case State::polling: return on_poll(event, now);
    case State::finished: break;
    }
    return action::Finish{};
}

MDE_DECL Action DeviceSignIn::begin(State state, TokenRequestMaker make, const RetryPolicy& policy,
                                    const Now& now) {
    state_ = state;
    call_.emplace(context_, std::move(make), claims_, policy);
    return or_end(call_->start(now));
}

MDE_DECL Action DeviceSignIn::or_end(Action action) {
    return is_finish(action) ? finish(call_->error()) : std::move(action);
}

MDE_DECL Action DeviceSignIn::renew(const Now& now) {
    const auto make = [this](const TokenAsk& ask) {
        return refresh_token_request(ask, how_, refresh_);
    };
    return begin(State::renewing, make, context_.settings->retry, now);
}

MDE_DECL Action DeviceSignIn::on_renewal(const Event& event, const Now& now) {
    const Action next = call_->on(event, now);
    if (!is_finish(next)) return next;
    if (!call_->error()) return take_tokens(event);
    const std::string& word = call_->refusal();
    if (word != "invalid_grant" && word != "interaction_required") return finish(call_->error());
    refresh_ = Secret();
    return ask_for_code(now);
}

MDE_DECL Action DeviceSignIn::ask_for_code(const Now& now) {
    const auto make = [this](const TokenAsk& ask) { return device_code_request(ask, how_); };
    return begin(State::asking_for_code, make, context_.settings->retry, now);
}

MDE_DECL Action DeviceSignIn::on_code(const Event& event, const Now& now) {
    const Action next = call_->on(event, now);
    if (!is_finish(next)) return next;
    if (call_->error()) return finish(call_->error());
    auto code = wire::Codec<DeviceAuthorization>::decode(answer_in(event));
    if (!code) return finish(code.error());
    code_ = std::move(*code);
    interval_ = code_.interval;
    const Duration life = (std::min)(how_.lifetime, Duration(code_.expires_in));
    code_ends_ = saturating_add(call_->sent().monotonic, life);
    state_ = State::prompting;
    return action::Notify{observed::DevicePrompt{code_.user_code, code_.verification_uri,
                                                 code_.message, code_ends_ - now.monotonic}};
}

MDE_DECL Action DeviceSignIn::wait(const Now& now, Duration span) {
    const MonotonicTime then = saturating_add(now.monotonic, span);
    if (then >= code_ends_) return finish(make_error_code(errc::device_code_expired));
    if (then >= context_.deadline) return finish(make_error_code(errc::deadline_exceeded));
    state_ = State::waiting;
    return action::Wait{span, WaitReason::poll};
}

MDE_DECL Action DeviceSignIn::poll(const Now& now) {
    RetryPolicy once = context_.settings->retry;
    once.tries = 1;
    const auto make = [this](const TokenAsk& ask) {
        return device_token_request(ask, code_.device_code);
    };
    return begin(State::polling, make, once, now);
}

MDE_DECL Action DeviceSignIn::on_poll(const Event& event, const Now& now) {
    const Action next = call_->on(event, now);
    if (!is_finish(next)) return next;
    if (!call_->error()) return take_tokens(event);
    return call_->refusal().empty() ? on_silence(call_->error(), now)
                                    : on_refusal(call_->refusal(), call_->error(), now);
}

MDE_DECL Action DeviceSignIn::on_refusal(std::string_view word, const error_code& error,
                                         const Now& now) {
    if (word == "authorization_pending") return wait(now);
    if (word == "slow_down") {
        interval_ += std::chrono::seconds(5);
        return wait(now);
    }
    if (word == "authorization_declined" || word == "access_denied")
        return finish(make_error_code(errc::sign_in_declined));
    if (word == "expired_token" || word == "bad_verification_code")
        return finish(make_error_code(errc::device_code_expired));
    return on_silence(error, now);
}

MDE_DECL Action DeviceSignIn::on_silence(const error_code& error, const Now& now) {
    if (error == errc::throttled || error == errc::service_unavailable) {
        const Duration asked = context_.diagnostics->retry_after.value_or(Duration());
        return wait(now, (std::max)(interval_, asked));
    }
    if (!is_passing_failure(error)) return finish(error);
    interval_ = (std::min)(interval_ * 2, (std::max)(interval_, Duration(longest_wait)));
    return wait(now);
}

MDE_DECL wire::Answer DeviceSignIn::answer_in(const Event& event) const {
    const auto& answer = std::get<event::AnswerReady>(event);
    return {answer.head, answer.body, call_->sent(), {}};
}

MDE_DECL Action DeviceSignIn::take_tokens(const Event& event) {
    result_ = wire::Codec<wire::TokenSet>::decode(answer_in(event));
    if (result_ && result_->refresh.empty()) result_->refresh = std::move(refresh_);
    state_ = State::finished;
    return action::Finish{};
}

MDE_DECL Action DeviceSignIn::finish(const error_code& error) {
    state_ = State::finished;
    result_ = error;
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
