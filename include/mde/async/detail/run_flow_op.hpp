// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_RUN_FLOW_OP_HPP
#define MDE_ASYNC_DETAIL_RUN_FLOW_OP_HPP

/// @file
/// The body of the one composed operation; see async/run_flow.hpp.

#include <mde/async/detail/drive.hpp>
#include <mde/async/detail/running.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI {

namespace net = boost::asio;

namespace detail {

/// See async/detail/fetch_segments.hpp.
template <class PortsT, class WriterT, class Handler>
void async_fetch_segments(const PortsT& ports, const flow::action::FetchSegments& plan,
                          const std::shared_ptr<WriterT>& writer, Handler handler);

template <class Flow, class PortsT, class... Args>
class RunFlowOp {
  public:
    using State = Running<Flow, PortsT>;
    using Exchange = typename State::Exchange;
    using Store = typename PortsT::Store;
    using StoreWriter = typename Store::Writer;

    RunFlowOp(const PortsT& ports, const flow::Context& context, Diagnostics* out, Args... args)
        : initial_(ports, context, out, std::move(args)...) {}

    /// The beginning.
    template <class Self>
    void operator()(Self& self) {
        self.reset_cancellation_state(net::enable_total_cancellation());
        state_ = std::apply(
            [&](auto&&... args) {
                return std::allocate_shared<State>(net::get_associated_allocator(self),
                                                   std::move(args)...);
            },
            std::move(initial_));
        step(self, state_->flow.start(state_->bench.now()));
    }

    /// A timer ran out, or the result is ready to be delivered.
    template <class Self>
    void operator()(Self& self, error_code ec) {
        if (finished_) return deliver(self);
        if (is_abort(ec)) return abort(self);
        State& state = *state_;
        if (state.storing) return resume_store(self, ec);
        if (ec) return abort(self);
        resume(self, flow::event::Done{});
    }

    /// A piece of the part was read back, or an asynchronous store is open.
    template <class Self>
    void operator()(Self& self, flow::Event event) {
        resume(self, event);
    }
    template <class Self>
    void operator()(Self& self, error_code ec, StoreWriter writer) {
        if (is_abort(ec)) return abort(self);
        if (ec) return resume(self, state_->bench.failed(Stage::store, ec));
        resume(self, state_->bench.opened(std::move(writer)));
    }

    /// All connections that fetched segments have come to their end.
    template <class Self>
    void operator()(Self& self, error_code ec, flow::event::SegmentsDone done) {
        if (is_abort(ec)) return abort(self);
        resume(self, done);
    }

    /// A token came.
    template <class Self>
    void operator()(Self& self, error_code ec, AccessToken token) {
        if (is_abort(ec)) return abort(self);
        if (ec) return resume(self, state_->bench.failed(Stage::sign_in, ec));
        resume(self, flow::event::TokenReady{&token});
    }

    /// The head of an answer came.
    template <class Self>
    void operator()(Self& self, error_code ec, Exchange exchange) {
        if (is_abort(ec)) return abort(self);
        if (ec) return resume(self, state_->bench.failed(state_->sending.stage, ec));
        state_->exchange = std::move(exchange);
        if (state_->sending.body == flow::action::Body::streamed)
            return resume(self, flow::event::HeadReady{&state_->exchange.head()});
        state_->body.begin(state_->sending.limit);
        read_piece(self);
    }

    /// Bytes of a body came.
    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t size) {
        if (is_abort(ec)) return abort(self);
        State& state = *state_;
        if (ec) {
            state.exchange = Exchange();
            return resume(self, state.bench.failed(state.sending.stage, ec));
        }
        if (state.sending.body == flow::action::Body::streamed)
            return resume(self, flow::event::BodyReady{state.bench.stream_buffer().first(size)});
        add_piece(self, size);
    }

  private:
    static bool is_abort(const error_code& ec) noexcept {
        return ec == net::error::operation_aborted;
    }

    template <class Self>
    void resume(Self& self, const flow::Event& event) {
        step(self, tell(event));
    }

    /// What an event points to is kept no longer than the flow looks at it: thousands of flows wait
    /// at once.
    flow::Action tell(const flow::Event& event) {
        State& state = *state_;
        const flow::Action next = state.flow.on(event, state.bench.now());
        if (std::holds_alternative<flow::event::AnswerReady>(event)) {
            state.exchange = Exchange();
            state.body.release();
        }
        if (std::holds_alternative<flow::event::TokenReady>(event)) state.token = AccessToken();
        return next;
    }

    /// Performs actions until one has to be waited for. After `self` is moved into an operation,
    /// nothing of this object may be touched: another thread may be done with it already.
    template <class Self>
    void step(Self& self, flow::Action action) {
        for (;;) {
            if (std::holds_alternative<flow::action::Finish>(action)) return leave(self);
            if (self.cancelled() != net::cancellation_type::none) return abort(self);
            const std::optional<flow::Event> event =
                std::visit([&](const auto& what) { return perform(self, what); }, action);
            if (!event) return;
            action = tell(*event);
        }
    }

    template <class Self, class ActionT>
    std::optional<flow::Event> perform(Self&, const ActionT& action) {
        return state_->bench.perform(action);
    }

    template <class Self>
    std::optional<flow::Event> perform(Self&, const flow::action::Finish&) {
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event> perform(Self& self, const flow::action::GetToken& action) {
        State& state = *state_;
        const bool renewed = action.query.freshness == TokenQuery::Freshness::renewed;
        state.bench.notify(observed::Token{renewed});
        auto& tokens = *state.bench.ports().tokens;
        if constexpr (ImmediateTokenSource<typename PortsT::Tokens>) {
            result<AccessToken> token = tokens.get_token(action.query, state.diagnostics);
            if (!token) return state.bench.failed(Stage::sign_in, token.error());
            state.token = std::move(*token);
            return flow::event::TokenReady{&state.token};
        } else {
            suspended_ = true;
            Diagnostics& diagnostics = state.diagnostics;
            tokens.async_get_token(action.query, diagnostics, std::move(self));
            return std::nullopt;
        }
    }

    template <class Self>
    std::optional<flow::Event> perform(Self& self, const flow::action::Send& action) {
        State& state = *state_;
        suspended_ = true;
        state.exchange = Exchange();
        state.sending = action;
        state.bench.notify(observed::Request{action.stage, action.request->host});
        auto& transport = *state.bench.ports().transport;
        const HttpRequest& request = *action.request;
        transport.async_send(request, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event> perform(Self& self, const flow::action::ReadBody&) {
        State& state = *state_;
        suspended_ = true;
        Exchange& exchange = state.exchange;
        const std::span<std::byte> buffer = state.bench.stream_buffer();
        exchange.async_read_some(buffer, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event> perform(Self& self, const flow::action::Wait& action) {
        State& state = *state_;
        suspended_ = true;
        state.exchange = Exchange();
        state.bench.release_buffer();
        state.bench.notify(observed::Waiting{action.reason, action.span});
        auto& timer = state.timer;
        timer.expires_after(
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(action.span));
        timer.async_wait(std::move(self));
        return std::nullopt;
    }

    /// Reading much at once must not keep others from the executor, nor a cancellation from being
    /// seen.
    template <class Self>
    std::optional<flow::Event> perform(Self& self, const flow::action::ReadStore& action) {
        suspended_ = true;
        const flow::Event event = state_->bench.perform(action);
        const auto executor = self.get_io_executor();
        net::post(executor, net::append(std::move(self), event));
        return std::nullopt;
    }

    /// A part may be brought over many connections here.
    template <class Self>
    std::optional<flow::Event>
    perform(Self&, const flow::action::OpenStore& action) requires PartWriter<StoreWriter> {
        flow::Event event = state_->bench.perform(action);
        if (auto* opened = std::get_if<flow::event::StoreOpened>(&event))
            opened->takes_segments = true;
        return event;
    }

    template <class Self>
    std::optional<flow::Event>
    perform(Self& self,
            const flow::action::FetchSegments& action) requires PartWriter<StoreWriter> {
        State& state = *state_;
        suspended_ = true;
        state.exchange = Exchange();
        const std::shared_ptr<StoreWriter> writer(state_, &state.bench.writer());
        async_fetch_segments(state.bench.ports(), action, writer, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event>
    perform(Self& self, const flow::action::OpenStore& action) requires AsyncPackageStore<Store> {
        suspended_ = true;
        Store& store = *state_->bench.ports().store;
        store.async_open(*action.key, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event>
    perform(Self& self, const flow::action::BeginPart& action) requires AsyncPackageStore<Store> {
        StoreWriter& writer = begin_storing(action);
        writer.async_begin(*action.part, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event>
    perform(Self& self, const flow::action::WriteStore& action) requires AsyncPackageStore<Store> {
        StoreWriter& writer = begin_storing(action);
        writer.async_write(action.offset, action.bytes, std::move(self));
        return std::nullopt;
    }

    template <class Self>
    std::optional<flow::Event>
    perform(Self& self, const flow::action::CommitStore& action) requires AsyncPackageStore<Store> {
        StoreWriter& writer = begin_storing(action);
        writer.async_commit(*action.receipt, std::move(self));
        return std::nullopt;
    }

    template <class ActionT>
    StoreWriter& begin_storing(const ActionT& action) {
        suspended_ = true;
        state_->storing = action;
        return state_->bench.writer();
    }

    template <class Self>
    void resume_store(Self& self, const error_code& ec) {
        const auto action = *std::exchange(state_->storing, std::nullopt);
        const flow::Event event =
            std::visit([&](const auto& what) { return state_->bench.stored(what, ec); }, action);
        resume(self, event);
    }

    /// Takes `size` bytes of a whole answer, and what came along with them.
    template <class Self>
    void add_piece(Self& self, std::size_t size) {
        State& state = *state_;
        if (!state.body.add(size)) {
            state.exchange = Exchange();
            const error_code ec = make_error_code(errc::answer_too_large);
            return resume(self, state.bench.failed(state.sending.stage, ec));
        }
        if (size != 0) return read_piece(self);
        resume(self, flow::event::AnswerReady{&state.exchange.head(), state.body.text()});
    }

    template <class Self>
    void read_piece(Self& self) {
        Exchange& exchange = state_->exchange;
        const std::span<std::byte> piece = state_->body.next_piece();
        if constexpr (requires { exchange.read_arrived(piece); }) {
            if (const auto size = exchange.read_arrived(piece)) return add_piece(self, *size);
        }
        exchange.async_read_some(piece, std::move(self));
    }

    /// Cancelled: what can be gone on with stays in the store, the flow is not asked any more.
    template <class Self>
    void abort(Self& self) {
        state_->bench.leave_store();
        error_ = net::error::operation_aborted;
        leave(self);
    }

    template <class Self>
    void leave(Self& self) {
        finished_ = true;
        if (suspended_) return deliver(self);
        // In a statement of its own: the move below may be evaluated first.
        const auto executor = self.get_io_executor();
        net::post(executor, net::append(std::move(self), error_code()));
    }

    /// All memory of the operation is given back before the handler runs.
    template <class Self>
    void deliver(Self& self) {
        if (state_->diagnostics_out) *state_->diagnostics_out = std::move(state_->diagnostics);
        using Value = typename Flow::Result::value_type;
        using Result = typename Flow::Result;
        Result result = error_ ? Result(error_) : state_->flow.take_result();
        state_.reset();
        if (!result) return self.complete(result.error(), Value());
        self.complete(error_code(), std::move(*result));
    }

    /// Shared with what fetches segments only: that goes on for a moment where memory runs out for
    /// this operation, and writes into the store.
    std::shared_ptr<State> state_;
    std::tuple<PortsT, flow::Context, Diagnostics*, Args...> initial_;
    error_code error_;
    bool suspended_ = false;
    bool finished_ = false;
};

} // namespace detail

} // namespace mde::inline MDE_ABI

#endif
