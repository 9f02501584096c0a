// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_RUN_BLOCKING_HPP
#define MDE_ASYNC_RUN_BLOCKING_HPP

/// @file
/// Drives any flow in the calling thread, with a transport that blocks and a clock that sleeps.

#include <mde/async/detail/drive.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI {

/// A clock that can also let time pass; a virtual one just moves on.
template <class T>
concept SleepingClock = Clock<T> && requires(T& clock, Duration span) {
    clock.sleep(span);
};

namespace detail {

template <class Flow, class PortsT>
class BlockingRun {
  public:
    using Exchange = typename PortsT::Transport::Exchange;

    template <class... Args>
    BlockingRun(const PortsT& ports, flow::Context context, Diagnostics& diagnostics,
                Args&&... args)
        : bench_(ports),
          diagnostics_(&diagnostics),
          flow_((context.diagnostics = &diagnostics, context), std::forward<Args>(args)...) {}

    typename Flow::Result run() {
        flow::Action action = flow_.start(bench_.now());
        while (!flow::is_finish(action)) {
            const flow::Event event =
                std::visit([&](const auto& what) { return perform(what); }, action);
            action = flow_.on(event, bench_.now());
        }
        return flow_.take_result();
    }

  private:
    template <class ActionT>
    flow::Event perform(const ActionT& action) {
        return bench_.perform(action);
    }

    flow::Event perform(const flow::action::Finish&) { return flow::event::Done{}; }

    flow::Event perform(const flow::action::GetToken& action) {
        bench_.notify(observed::Token{action.query.freshness == TokenQuery::Freshness::renewed});
        result<AccessToken> token = bench_.ports().tokens->get_token(action.query, *diagnostics_);
        if (!token) return bench_.failed(Stage::sign_in, token.error());
        token_ = std::move(*token);
        return flow::event::TokenReady{&token_};
    }

    flow::Event perform(const flow::action::Send& action) {
        exchange_.reset();
        stage_ = action.stage;
        bench_.notify(observed::Request{action.stage, action.request->host});
        result<Exchange> sent = bench_.ports().transport->send(*action.request);
        if (!sent) return bench_.failed(stage_, sent.error());
        exchange_.emplace(std::move(*sent));
        if (action.body == flow::action::Body::streamed)
            return flow::event::HeadReady{&exchange_->head()};
        return read_whole(action.limit);
    }

    flow::Event read_whole(std::size_t limit) {
        body_.begin(limit);
        for (;;) {
            const result<std::size_t> size = exchange_->read_some(body_.next_piece());
            if (!size) return bench_.failed(stage_, size.error());
            if (!body_.add(*size))
                return bench_.failed(stage_, make_error_code(errc::answer_too_large));
            if (*size == 0) return flow::event::AnswerReady{&exchange_->head(), body_.text()};
        }
    }

    flow::Event perform(const flow::action::ReadBody&) {
        const auto buffer = bench_.stream_buffer();
        const result<std::size_t> size = exchange_->read_some(buffer);
        if (!size) return bench_.failed(stage_, size.error());
        return flow::event::BodyReady{buffer.first(*size)};
    }

    flow::Event perform(const flow::action::Wait& action) {
        exchange_.reset();
        bench_.release_buffer();
        bench_.notify(observed::Waiting{action.reason, action.span});
        bench_.ports().clock->sleep(action.span);
        return flow::event::Done{};
    }

    Bench<PortsT> bench_;
    Diagnostics* diagnostics_;
    std::optional<Exchange> exchange_;
    WholeBody body_;
    AccessToken token_;
    Stage stage_ = Stage::none;
    Flow flow_;
};

} // namespace detail

/// Drives `Flow(context, args...)` to its end and returns its result. Blocks.
/// @par Errors           those of the flow
/// @par Cancellation     none but the context's deadline
/// @par Lifetimes        ports, settings and diagnostics outlive the call
/// @par Exception safety throws only what allocation and the ports throw; the flow is gone then,
///                       its store has kept what can be gone on with and has nothing under its
///                       final name that is not whole, and everything that was passed may be used
///                       again. What the service was asked for it may have done.
template <class Flow, class PortsT, class... Args>
    requires BlockingTransport<typename PortsT::Transport> &&
        ImmediateTokenSource<typename PortsT::Tokens> && SleepingClock<typename PortsT::Clock> &&
        PackageStore<typename PortsT::Store>
typename Flow::Result run_blocking(const PortsT& ports, const flow::Context& context,
                                   Diagnostics& diagnostics, Args&&... args) {
    return detail::BlockingRun<Flow, PortsT>(ports, context, diagnostics,
                                             std::forward<Args>(args)...)
        .run();
}

} // namespace mde::inline MDE_ABI

#endif
