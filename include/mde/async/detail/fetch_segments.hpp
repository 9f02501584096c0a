// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_FETCH_SEGMENTS_HPP
#define MDE_ASYNC_DETAIL_FETCH_SEGMENTS_HPP

/// @file
/// Brings one package over several connections at once: a lane for each, all on one strand.

#include <mde/async/detail/gate.hpp>
#include <mde/async/detail/run_flow_op.hpp>
#include <mde/base/bounds.hpp>
#include <mde/flow/segment_lane.hpp>
#include <mde/flow/segment_queue.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// What lanes write into: the one writer of the package, its progress counted together.
template <class WriterT, class ObserverT>
class LaneStore {
  public:
    LaneStore(WriterT& writer, ObserverT& observer, const flow::action::FetchSegments& plan)
        : writer_(&writer), observer_(&observer), taken_(plan.from), total_(*plan.part->total) {}

    class Writer {
      public:
        explicit Writer(LaneStore& store) noexcept : store_(&store) {}
        error_code begin(const PackagePart&) { return {}; }
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            return store_->write(offset, bytes);
        }
        error_code commit(const Receipt&) { return {}; }
        void abort() noexcept {}

      private:
        LaneStore* store_;
    };
    result<Writer> open(const PackageKey&) { return Writer(*this); }

  private:
    error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
        if (const error_code ec = writer_->write(offset, bytes)) return ec;
        taken_ += bytes.size();
        observer_->notify(observed::Progress{taken_, total_});
        return {};
    }

    WriterT* writer_;
    ObserverT* observer_;
    std::uint64_t taken_;
    std::uint64_t total_;
};

/// Passes on everything but the progress of a single lane.
template <class ObserverT>
struct LaneObserver {
    ObserverT* observer = nullptr;

    void notify(const ObserverEvent& event) {
        if (!std::holds_alternative<observed::Progress>(event)) observer->notify(event);
    }
};

/// Everything but the gate is touched on the strand only; the operation that waits at the gate
/// touches nothing meanwhile, and keeps alive what the plan points to.
template <class PortsT, class WriterT>
class SegmentRun : public std::enable_shared_from_this<SegmentRun<PortsT, WriterT>> {
  public:
    using Executor = typename PortsT::Transport::executor_type;

    SegmentRun(const PortsT& ports, const flow::action::FetchSegments& plan,
               std::shared_ptr<WriterT> writer)
        : ports_(ports),
          plan_(plan),
          writer_(std::move(writer)),
          strand_(net::make_strand(ports.transport->get_executor())),
          gate_(ports.transport->get_executor()),
          lanes_((std::min)(plan.context->settings->connections_per_package,
                            bounds::connections_per_package)),
          queue_(plan.from, *plan.part->total, static_cast<unsigned>(lanes_.size())),
          store_(*writer_, *ports.observer, plan),
          observer_{ports.observer} {}

    Gate<Executor>& gate() noexcept { return gate_; }

    /// All lanes are marked before the first one may end.
    void begin() {
        std::vector<LaneEnd> ends;
        ends.reserve(lanes_.size());
        busy_ = lanes_.size();
        for (Lane& lane : lanes_) {
            lane.busy = true;
            ends.emplace_back(this->shared_from_this(), lane);
        }
        net::post(strand_, [self = this->shared_from_this(), ends = std::move(ends)]() mutable {
            for (std::size_t i = 0; i < ends.size(); ++i)
                self->begin_lane(self->lanes_[i], std::move(ends[i]));
        });
    }
    void cancel() {
        net::post(strand_, [self = this->shared_from_this()] { self->cancel_lanes(); });
    }

    /// Nobody waits any more: the lanes come to their ends.
    void lose() noexcept {}

    /// Once the gate is open.
    error_code error() const noexcept {
        return cancelled_ ? error_code(net::error::operation_aborted) : error_code();
    }
    flow::event::SegmentsDone take_value() {
        if (done_.end == flow::event::SegmentsEnd::failed)
            *plan_.context->diagnostics = std::move(diagnostics_);
        done_.stored = writer_->part().stored;
        return done_;
    }

  private:
    struct Lane {
        bool busy = false;
        net::cancellation_signal cancel;
        Diagnostics diagnostics;
    };
    using Store = LaneStore<WriterT, typename PortsT::Observer>;
    using Observer = LaneObserver<typename PortsT::Observer>;
    using LanePorts = Ports<typename PortsT::Transport, NoTokens, exemplar::NoQuota,
                            typename PortsT::Clock, Observer, Store>;

    /// What a lane ends with. If nobody tells because memory ran out for the lane, it is lost.
    class LaneEnd {
      public:
        LaneEnd(std::shared_ptr<SegmentRun> run, Lane& lane) noexcept
            : run_(std::move(run)), lane_(&lane) {}
        LaneEnd(LaneEnd&&) noexcept = default;
        LaneEnd& operator=(LaneEnd&&) = delete;
        ~LaneEnd() {
            if (run_) run_->on_lost(*lane_);
        }
        void operator()(error_code ec, flow::event::SegmentsEnd how) {
            std::exchange(run_, nullptr)->on_end(*lane_, ec, how);
        }

      private:
        std::shared_ptr<SegmentRun> run_;
        Lane* lane_;
    };

    void begin_lane(Lane& lane, LaneEnd end) {
        flow::Context context = *plan_.context;
        context.seed +=
            static_cast<std::uint64_t>(&lane - lanes_.data() + 1) * 0x9e3779b97f4a7c15ull;
        const LanePorts ports{ports_.transport, &tokens_,   &quotas_,
                              ports_.clock,     &observer_, &store_};
        using Op = RunFlowOp<flow::SegmentLane, LanePorts, flow::action::FetchSegments,
                             std::reference_wrapper<flow::SegmentQueue>>;
        auto token = net::bind_cancellation_slot(lane.cancel.slot(),
                                                 net::bind_executor(strand_, std::move(end)));
        net::async_compose<decltype(token), void(error_code, flow::event::SegmentsEnd)>(
            Op(ports, context, &lane.diagnostics, plan_, std::ref(queue_)), token,
            ports_.transport->get_executor());
    }

    void cancel_lanes() {
        cancelled_ = true;
        for (Lane& lane : lanes_)
            if (lane.busy) lane.cancel.emit(net::cancellation_type::terminal);
    }

    void on_lost(Lane& lane) noexcept {
        on_end(lane, make_error_code(boost::system::errc::not_enough_memory),
               flow::event::SegmentsEnd::failed);
    }

    /// The first lane that did not come to a good end says why.
    void on_end(Lane& lane, const error_code& ec, flow::event::SegmentsEnd how) noexcept {
        lane.busy = false;
        if (ec) how = flow::event::SegmentsEnd::failed;
        if (done_.end == flow::event::SegmentsEnd::complete &&
            how != flow::event::SegmentsEnd::complete) {
            done_.end = how;
            done_.error = ec;
            diagnostics_ = std::move(lane.diagnostics);
        }
        if (--busy_ == 0) gate_.open();
    }

    PortsT ports_;
    flow::action::FetchSegments plan_;
    /// Keeps alive what the plan points to.
    std::shared_ptr<WriterT> writer_;
    net::strand<Executor> strand_;
    Gate<Executor> gate_;
    /// Of a fixed number: running operations point at them.
    std::vector<Lane> lanes_;
    std::size_t busy_ = 0;
    flow::SegmentQueue queue_;
    Store store_;
    Observer observer_;
    NoTokens tokens_;
    exemplar::NoQuota quotas_;
    flow::event::SegmentsDone done_;
    Diagnostics diagnostics_;
    bool cancelled_ = false;
};

/// Performs `plan`; `handler` gets `void(error_code, flow::event::SegmentsDone)`. The error is
/// operation_aborted or none: what else went wrong is in the event.
template <class PortsT, class WriterT, class Handler>
void async_fetch_segments(const PortsT& ports, const flow::action::FetchSegments& plan,
                          const std::shared_ptr<WriterT>& writer, Handler handler) {
    async_wait_for_run<flow::event::SegmentsDone>(
        std::make_shared<SegmentRun<PortsT, WriterT>>(ports, plan, writer),
        ports.transport->get_executor(), std::move(handler));
}

} // namespace mde::inline MDE_ABI::detail

#endif
