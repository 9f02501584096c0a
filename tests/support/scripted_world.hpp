// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_SCRIPTED_WORLD_HPP
#define MDE_TESTS_SUPPORT_SCRIPTED_WORLD_HPP

/// @file
/// A sign-in whose answers are written down beforehand: what was sent, and what was shown
/// meanwhile.

#include <mde/async/run_blocking.hpp>
#include <mde/model/cloud.hpp>
#include <mde/service/in_process_transport.hpp>
#include <mde/wire/form_fields.hpp>

#include "support/virtual_clock.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mde_test {

inline constexpr std::string_view scripted_tenant = "11111111-2222-4333-8444-555555555555";

/// One request as it left.
struct SentRequest {
    mde::Method method = mde::Method::get;
    mde::Scheme scheme = mde::Scheme::https;
    std::string host;
    std::uint16_t port = 0;
    std::string target;
    std::map<std::string, std::string> fields;
    std::map<std::string, std::string, std::less<>> form;
    mde::Duration time_limit{};
    mde::MonotonicTime at{};
};

/// Gives the scripted answers one after the other; beyond them nothing is reachable.
class ScriptedTransport {
  public:
    using Exchange = mde::service::InProcessExchange;

    explicit ScriptedTransport(VirtualClock clock) : clock_(std::move(clock)) {}

    std::vector<SentRequest> sent;

    ScriptedTransport& answer(unsigned status, std::string body,
                              std::vector<std::pair<std::string, std::string>> fields = {}) {
        mde::HttpReply reply;
        reply.status = status;
        reply.body = std::move(body);
        for (auto& [name, value] : fields) reply.add_field(std::move(name), std::move(value));
        return answer(std::move(reply));
    }
    ScriptedTransport& answer(mde::HttpReply reply) {
        script_.push_back(std::move(reply));
        return *this;
    }
    /// The request fails after `delay`, or after its own limit if that is less.
    ScriptedTransport& fail(mde::errc error, mde::Duration delay = {}) {
        script_.push_back(Failure{error, delay});
        return *this;
    }
    bool is_used_up() const noexcept { return script_.empty(); }

    mde::result<Exchange> send(const mde::HttpRequest& request) {
        sent.push_back(copy_of(request));
        if (script_.empty()) return mde::make_error_code(mde::errc::unreachable);
        auto step = std::move(script_.front());
        script_.pop_front();
        if (auto* reply = std::get_if<mde::HttpReply>(&step)) return Exchange(std::move(*reply));
        const auto& failure = std::get<Failure>(step);
        clock_.advance((std::min)(failure.delay, request.time_limit));
        return mde::make_error_code(failure.error);
    }

  private:
    struct Failure {
        mde::errc error;
        mde::Duration delay;
    };

    SentRequest copy_of(const mde::HttpRequest& request) const {
        SentRequest copy{request.method,
                         request.scheme,
                         std::string(request.host),
                         request.port,
                         std::string(request.target),
                         {},
                         mde::wire::parse_form(request.body).value(),
                         request.time_limit,
                         clock_.now().monotonic};
        for (const mde::HeaderField& field : request.fields)
            copy.fields.emplace(field.name, field.value);
        return copy;
    }

    VirtualClock clock_;
    std::deque<std::variant<mde::HttpReply, Failure>> script_;
};

/// Keeps what a prompt showed: its views end with the call.
struct PromptRecorder {
    struct Prompt {
        std::string user_code;
        std::string verification_uri;
        std::string message;
        mde::Duration expires_in{};
    };
    std::vector<Prompt> prompts;
    std::vector<mde::Duration> waits;

    void notify(const mde::ObserverEvent& event) {
        if (const auto* prompt = std::get_if<mde::observed::DevicePrompt>(&event))
            prompts.push_back({std::string(prompt->user_code),
                               std::string(prompt->verification_uri), std::string(prompt->message),
                               prompt->expires_in});
        if (const auto* wait = std::get_if<mde::observed::Waiting>(&event))
            waits.push_back(wait->span);
    }
};

/// A token answer.
inline std::string token_body(const std::string& token, const std::string& refresh = {},
                              const std::string& life = "3599") {
    std::string body = R"({"token_type":"Bearer","expires_in":)" + life;
    if (!refresh.empty()) body += R"(,"refresh_token":")" + refresh + '"';
    return body + R"(,"access_token":")" + token + "\"}";
}

inline std::string refusal_body(const std::string& error, const std::string& description = {}) {
    return R"({"error":")" + error + R"(","error_description":")" + description + "\"}";
}

struct ScriptedWorld {
    using Ports = mde::Ports<ScriptedTransport, mde::NoTokens, mde::exemplar::NoQuota, VirtualClock,
                             PromptRecorder, mde::exemplar::NoStore>;

    VirtualClock clock;
    ScriptedTransport transport{clock};
    PromptRecorder recorder;
    mde::Settings settings = mde::Settings::for_cloud(
        mde::clouds().front(), *mde::TenantId::parse(scripted_tenant), "app-1");
    mde::Diagnostics diagnostics;
    mde::NoTokens tokens;
    mde::exemplar::NoQuota quotas;
    mde::exemplar::NoStore store;

    template <class Flow, class... Args>
    typename Flow::Result run(Args&&... args) {
        return run_until<Flow>(mde::no_deadline, std::forward<Args>(args)...);
    }

    template <class Flow, class... Args>
    typename Flow::Result run_until(mde::MonotonicTime deadline, Args&&... args) {
        mde::flow::Context context;
        context.settings = &settings;
        context.deadline = deadline;
        context.seed = 7;
        const Ports ports{&transport, &tokens, &quotas, &clock, &recorder, &store};
        return mde::run_blocking<Flow>(ports, context, diagnostics, std::forward<Args>(args)...);
    }
};

} // namespace mde_test

#endif
