// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_DETAIL_GATE_HPP
#define MDE_ASYNC_DETAIL_GATE_HPP

/// @file
/// One operation that waits for a run of many: until the last of them has ended, whatever happens.

#include <mde/base/error.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace mde::inline MDE_ABI {

namespace net = boost::asio;

namespace detail {

/// Opens once, on any thread. Who waits is let through then; who comes later does not wait.
template <class Executor>
class Gate {
  public:
    using Timer = typename net::steady_timer::template rebind_executor<Executor>::other;

    explicit Gate(const Executor& executor) : timer_(executor, (Timer::time_point::max)()) {}

    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        timer_.expires_at((Timer::time_point::min)());
    }
    bool is_open() {
        const std::lock_guard lock(mutex_);
        return open_;
    }
    template <class Handler>
    void async_wait(Handler handler) {
        const std::lock_guard lock(mutex_);
        timer_.async_wait(std::move(handler));
    }

  private:
    std::mutex mutex_;
    bool open_ = false;
    /// Runs out when the gate opens.
    Timer timer_;
};

/// Begins a run, waits at its gate, and passes a cancellation on to it.
///
/// | expression | semantics |
/// | --- | --- |
/// | `run.begin()`, `run.cancel()` | from any thread; the gate opens when all has ended |
/// | `run.lose()` | from any thread; memory ran out for whoever waited; never throws |
/// | `run.gate()` | `Gate&` |
/// | `run.error()`, `run.take_value()` | once the gate is open |
template <class Run>
class WaitForRunOp {
  public:
    explicit WaitForRunOp(std::shared_ptr<Run> run) noexcept : run_(std::move(run)) {}

    template <class Self>
    void operator()(Self& self, error_code = {}) {
        Holder holder{run_};
        if (!begun_) {
            begun_ = true;
            self.reset_cancellation_state(net::enable_total_cancellation());
            run_->begin();
        } else if (run_->gate().is_open()) {
            const error_code ec = run_->error();
            auto value = run_->take_value();
            run_.reset();
            holder.waits = true;
            return self.complete(ec, std::move(value));
        } else if (!std::exchange(cancelled_, true)) {
            run_->cancel();
        }
        // Another thread may be through the gate before this one has left it.
        holder.run->gate().async_wait(std::move(self));
        holder.waits = true;
    }

  private:
    /// Keeps the run, which goes on without anybody if waiting for it throws.
    struct Holder {
        std::shared_ptr<Run> run;
        bool waits = false;
        ~Holder() {
            if (!waits) run->lose();
        }
    };

    std::shared_ptr<Run> run_;
    bool begun_ = false;
    bool cancelled_ = false;
};

/// Completes with `void(error_code, Value)`, `Value` being what the run brings.
template <class Value, class Run, class Executor, class CompletionToken>
auto async_wait_for_run(std::shared_ptr<Run> run, const Executor& executor,
                        CompletionToken&& token) {
    return net::async_compose<CompletionToken, void(error_code, Value)>(
        WaitForRunOp<Run>(std::move(run)), token, executor);
}

} // namespace detail

} // namespace mde::inline MDE_ABI

#endif
