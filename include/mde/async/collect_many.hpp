// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_COLLECT_MANY_HPP
#define MDE_ASYNC_COLLECT_MANY_HPP

/// @file
/// Drives a fleet: the tasks of the planner beside each other, its state saved before each round.

#include <mde/async/detail/gate.hpp>
#include <mde/async/run_flow.hpp>
#include <mde/flow/fleet.hpp>
#include <mde/port/state_store.hpp>
#include <mde/wire/fleet_state_codec.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

namespace detail {

/// A fleet on its way. Everything but the gate is touched on the strand only.
template <class PackageHasher, class PortsT, class StateT>
class FleetRun : public std::enable_shared_from_this<FleetRun<PackageHasher, PortsT, StateT>> {
  public:
    using Executor = typename PortsT::Transport::executor_type;

    FleetRun(const PortsT& ports, const flow::Context& context, FleetState state,
             const FleetOptions& options, StateT& saved, Diagnostics* diagnostics_out)
        : ports_(ports),
          context_(context),
          saved_(&saved),
          diagnostics_out_(diagnostics_out),
          strand_(net::make_strand(ports.transport->get_executor())),
          gate_(ports.transport->get_executor()),
          wake_(strand_),
          fleet_(std::move(state), *context.settings, options, ports.clock->now()) {}

    Gate<Executor>& gate() noexcept { return gate_; }

    void begin() {
        net::post(strand_, [self = this->shared_from_this()] { self->pump(); });
    }
    void cancel() {
        net::post(strand_,
                  [self = this->shared_from_this()] { self->stop(net::error::operation_aborted); });
    }

    /// Nothing new is begun.
    void lose() noexcept { lost_ = true; }

    /// Once the gate is open.
    error_code error() const noexcept {
        return lost_ ? make_error_code(boost::system::errc::not_enough_memory) : fleet_.error();
    }
    FleetState take_value() {
        if (diagnostics_out_ != nullptr) *diagnostics_out_ = diagnostics_;
        return fleet_.state();
    }

  private:
    struct Lane {
        bool busy = false;
        net::cancellation_signal cancel;
        Diagnostics diagnostics;
    };

    /// What a task ends with. If nobody tells because memory ran out for the task, the fleet comes
    /// to its end: what became of the task is found out by whoever goes on from the saved state.
    class TaskEnd {
      public:
        TaskEnd(std::shared_ptr<FleetRun> run, Lane& lane, flow::TaskKind kind,
                std::size_t job) noexcept
            : run_(std::move(run)), lane_(&lane), kind_(kind), job_(job) {}
        TaskEnd(TaskEnd&&) noexcept = default;
        TaskEnd& operator=(TaskEnd&&) = delete;
        ~TaskEnd() {
            if (!run_) return;
            lane_->busy = false;
            run_->wind_down();
        }
        void operator()(error_code ec, flow::FleetOutcome outcome) {
            std::exchange(run_, nullptr)->on_end(*lane_, kind_, job_, ec, std::move(outcome));
        }

      private:
        std::shared_ptr<FleetRun> run_;
        Lane* lane_;
        flow::TaskKind kind_;
        std::size_t job_;
    };

    /// Winds down if a step is left by an exception.
    struct Step {
        FleetRun* run;
        ~Step() {
            if (run != nullptr) run->wind_down();
        }
    };

    void wind_down() noexcept {
        lost_ = true;
        const bool any =
            std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->busy; });
        if (!any) finish();
    }

    void pump() {
        if (lost_) return wind_down();
        Step step{this};
        plan_round();
        step.run = nullptr;
    }

    /// Plans a round, saves, and only then begins it.
    void plan_round() {
        const Now now = ports_.clock->now();
        if (now.monotonic >= context_.deadline) stop(make_error_code(errc::deadline_exceeded));
        std::vector<flow::FleetTask> round;
        while (auto task = fleet_.next(now)) round.push_back(std::move(*task));
        if (fleet_.take_changed()) {
            ports_.observer->notify(fleet_.counts());
            if (const error_code ec = save()) return give_up(round, ec);
        }
        for (flow::FleetTask& task : round) begin_task(std::move(task));
        if (fleet_.ended()) return finish();
        plan_wake(now);
    }

    error_code save() { return saved_->save(wire::encode_fleet_state(fleet_.state())); }

    /// What cannot be saved is not begun.
    void give_up(const std::vector<flow::FleetTask>& round, const error_code& ec) {
        diagnostics_ = Diagnostics{};
        diagnostics_.stage = Stage::store;
        stop(ec);
        const Now now = ports_.clock->now();
        for (const flow::FleetTask& task : round)
            fleet_.on_done(task.kind(), task.job, error_code(net::error::operation_aborted), {},
                           now);
        if (fleet_.ended()) finish();
    }

    void begin_task(flow::FleetTask task) {
        Lane& lane = idle_lane();
        lane.busy = true;
        flow::Context context = context_;
        context.seed += ++tasks_ * 0x9e3779b97f4a7c15ull;
        const flow::TaskKind kind = task.kind();
        const std::size_t job = task.job;
        TaskEnd end(this->shared_from_this(), lane, kind, job);
        async_run_flow<flow::DoFleetTask<PackageHasher>>(
            ports_, context, &lane.diagnostics,
            net::bind_cancellation_slot(lane.cancel.slot(),
                                        net::bind_executor(strand_, std::move(end))),
            std::move(task));
    }

    Lane& idle_lane() {
        for (const auto& lane : lanes_)
            if (!lane->busy) return *lane;
        lanes_.push_back(std::make_unique<Lane>());
        return *lanes_.back();
    }

    void on_end(Lane& lane, flow::TaskKind kind, std::size_t job, error_code ec,
                flow::FleetOutcome outcome) {
        lane.busy = false;
        Step step{this};
        const bool went_on = !fleet_.error();
        result<flow::FleetOutcome> result = std::move(outcome);
        if (ec) result = ec;
        fleet_.on_done(kind, job, std::move(result), lane.diagnostics, ports_.clock->now());
        if (went_on && fleet_.error()) diagnostics_ = lane.diagnostics;
        step.run = nullptr;
        pump();
    }

    void plan_wake(const Now& now) {
        MonotonicTime wake = fleet_.wakes_at(now).value_or(no_deadline);
        wake = (std::min)(wake, context_.deadline);
        if (wake == no_deadline || fleet_.error()) return;
        wake_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            (std::max)(wake - now.monotonic, Duration::zero())));
        wake_.async_wait([self = this->shared_from_this()](error_code ec) {
            if (!ec && !self->fleet_.ended()) self->pump();
        });
    }

    /// Nothing new is begun; what is under way is cancelled.
    void stop(const error_code& reason) {
        if (fleet_.error()) return;
        fleet_.stop(reason);
        wake_.cancel();
        for (const auto& lane : lanes_)
            if (lane->busy) lane->cancel.emit(net::cancellation_type::terminal);
        if (reason == net::error::operation_aborted && fleet_.ended()) finish();
    }

    void finish() {
        wake_.cancel();
        gate_.open();
    }

    PortsT ports_;
    flow::Context context_;
    StateT* saved_;
    Diagnostics* diagnostics_out_;
    Diagnostics diagnostics_;
    net::strand<Executor> strand_;
    Gate<Executor> gate_;
    typename Gate<net::strand<Executor>>::Timer wake_;
    flow::Fleet fleet_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::uint64_t tasks_ = 0;
    /// Memory ran out.
    std::atomic<bool> lost_{false};
};

} // namespace detail

/// Brings a fleet to its end. `saved` holds the state at every moment, so that another process can
/// go on from it; its `save` is called on the operation's strand and may block for a moment.
///
/// @par Completion Signature   void(error_code, FleetState)
/// @par Errors                 what stops all jobs: see `flow::stops_fleet`, and the errors of
///                             `saved`; a single job's failure is in its `FleetJob`
/// @par Cancellation           total, partial, terminal; the state is that of the moment
/// @par Executor               token's, else that of the transport; never inside this call
/// @par Lifetimes              ports, settings, `saved` and `diagnostics` outlive completion
/// @par Exception safety       throws only what the token or allocation throws
template <class PackageHasher, class PortsT, StateStore StateT, class CompletionToken>
auto async_run_fleet(const PortsT& ports, const flow::Context& context, FleetState state,
                     const FleetOptions& options, StateT& saved, Diagnostics* diagnostics,
                     CompletionToken&& token) {
    using Run = detail::FleetRun<PackageHasher, PortsT, StateT>;
    return detail::async_wait_for_run<FleetState>(
        std::make_shared<Run>(ports, context, std::move(state), options, saved, diagnostics),
        ports.transport->get_executor(), std::forward<CompletionToken>(token));
}

} // namespace mde::inline MDE_ABI

#endif
