// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FUZZ_TARGETS_FLOW_OPS_HPP
#define MDE_TESTS_FUZZ_TARGETS_FLOW_OPS_HPP

/// @file
/// A flow whose events are decided by bytes. Each action is answered by its own event or by a
/// failure, as the ports promise; what is in the event is up to the bytes. Without more bytes all
/// goes well.

#include <mde/flow/step.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/settings.hpp>
#include <mde/wire/request_head.hpp>

#include "fuzz/target.hpp"
#include "support/world.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace mde_fuzz {

using namespace mde;
using namespace std::chrono_literals;

/// What ports fail with, the passing failures first.
inline error_code some_error(Input& input) {
    constexpr std::array errors{
        errc::connection_lost, errc::timed_out,        errc::unreachable,
        errc::body_truncated,  errc::malformed_head,   errc::host_not_found,
        errc::tls_failed,      errc::answer_too_large, errc::certificate_expired,
        errc::store_failed,    errc::store_no_space,   errc::sign_in_refused};
    return make_error_code(errors[input.byte() % errors.size()]);
}

inline constexpr std::string_view fuzz_token = "t0ken-of-the-fuzzer";

/// The clock, the settings and the ports that every flow needs. `Derived` answers what is its own.
template <class Derived>
class FlowRun {
  public:
    explicit FlowRun(Input& input) : input_(input) {
        settings_ = Settings::for_cloud(clouds().front(), *TenantId::parse(mde_test::world_tenant),
                                        "app-1");
    }

  protected:
    flow::Context context() {
        flow::Context context;
        context.settings = &settings_;
        context.diagnostics = &diagnostics_;
        context.seed = input_.byte();
        if (input_.flag()) context.deadline = now_.monotonic + 20min;
        deadline_ = context.deadline;
        return context;
    }

    template <class Flow>
    typename Flow::Result run(Flow& flow) {
        flow::Action action = flow.start(now_);
        for (unsigned steps = 0; !flow::is_finish(action); ++steps) {
            require(steps < 20'000, "a flow ends");
            const flow::Event event = std::visit(
                [&](const auto& what) { return static_cast<Derived&>(*this).perform(what); },
                action);
            action = flow.on(event, now_);
        }
        require(diagnostics_.message.find(fuzz_token) == std::string::npos &&
                    diagnostics_.code.find(fuzz_token) == std::string::npos &&
                    diagnostics_.target.find(fuzz_token) == std::string::npos,
                "a token is not told");
        return flow.take_result();
    }

    void advance(Duration span) {
        now_.monotonic = saturating_add(now_.monotonic, span);
        now_.utc += std::chrono::duration_cast<Ticks>(span);
    }

    /// A request is one that may be sent; and the flow keeps to its deadline.
    void check_request(const flow::action::Send& action) {
        require(wire::is_safe(*action.request), "a request is safe");
        require(now_.monotonic < deadline_, "nothing is sent after the deadline");
        advance(std::chrono::milliseconds(input_.byte()));
    }

    flow::Event perform(const flow::action::Finish&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::GetToken&) {
        if (input_.byte() % 32 == 1) return flow::event::Failed{some_error(input_)};
        token_ = AccessToken(Secret(fuzz_token), no_deadline, ++serial_);
        return flow::event::TokenReady{&token_};
    }
    flow::Event perform(const flow::action::AcquireQuota&) {
        const unsigned choice = input_.byte() % 32;
        if (choice == 1) return flow::event::Failed{some_error(input_)};
        return flow::event::QuotaAnswer{choice == 2 ? Duration(30s) : Duration::zero()};
    }
    flow::Event perform(const flow::action::ReportThrottled&) { return flow::event::Done{}; }
    flow::Event perform(const flow::action::Wait& action) {
        require(action.span >= Duration::zero() && action.span <= 34h, "a wait has an end");
        advance(action.span);
        return flow::event::Done{};
    }
    flow::Event perform(const flow::action::Notify&) { return flow::event::Done{}; }
    // Of transfers only.
    template <class Action>
    flow::Event perform(const Action&) {
        throw Broken("an action that this flow never has");
    }

    Input& input_;
    Now now_{MonotonicTime(1h), UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))};
    MonotonicTime deadline_ = no_deadline;
    Settings settings_;
    Diagnostics diagnostics_;

  private:
    AccessToken token_;
    std::uint64_t serial_ = 0;
};

} // namespace mde_fuzz

#endif
