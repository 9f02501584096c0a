// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_LOOP_EXECUTOR_HPP
#define MDE_EXAMPLES_2_PLUG_LOOP_EXECUTOR_HPP

/// @file
/// An event loop that an application has already, say the one of its windows, and the executor by
/// which Asio gets to it.

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace example {

namespace net = boost::asio;

//[loop_executor
/// The application's loop: it takes functions and calls them one after the other.
class Loop : public net::execution_context {
  public:
    class executor_type;
    executor_type get_executor() noexcept;

    /// What is left in the queue may need what Asio keeps in the context, and may submit more.
    ~Loop() {
        shutdown();
        while (!queue_.empty()) std::exchange(queue_, {}).clear();
        destroy();
    }

    void submit(std::function<void()> work) {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
        more_.notify_one();
    }

    /// Until `stop`.
    void run() {
        for (std::unique_lock lock(mutex_);;) {
            more_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
            if (stopped_) return;
            const auto work = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            work();
            lock.lock();
        }
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        more_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::deque<std::function<void()>> queue_;
    bool stopped_ = false;
};

/// The whole of what Asio asks of an executor. It never calls inside `execute`, and says so.
class Loop::executor_type {
  public:
    explicit executor_type(Loop& loop) noexcept : loop_(&loop) {}

    template <class Function>
    void execute(Function function) const {
        // std::function wants copies, which handlers do not allow.
        auto shared = std::make_shared<Function>(std::move(function));
        loop_->submit([shared] { std::move (*shared)(); });
    }

    net::execution_context& query(net::execution::context_t) const noexcept { return *loop_; }
    static constexpr auto query(net::execution::blocking_t) noexcept {
        return net::execution::blocking_t(net::execution::blocking.never);
    }
    executor_type require(net::execution::blocking_t::never_t) const noexcept { return *this; }

    bool operator==(const executor_type&) const noexcept = default;

  private:
    Loop* loop_;
};

inline Loop::executor_type Loop::get_executor() noexcept { return executor_type(*this); }
//]

} // namespace example

#endif
