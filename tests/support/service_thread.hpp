// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_SERVICE_THREAD_HPP
#define MDE_TESTS_SUPPORT_SERVICE_THREAD_HPP

/// @file
/// The service on a thread of its own, for clients that block or have threads too.

#include "support/https_world.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/packaged_task.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>
#include <type_traits>
#include <utility>

namespace mde_test {

/// The emulator is touched by that thread only while it runs.
class ServiceThread {
  public:
    explicit ServiceThread(HttpsWorld& world)
        : io_(&world.io), work_(world.io.get_executor()), thread_([this] { io_->run(); }) {}
    ServiceThread(const ServiceThread&) = delete;
    ~ServiceThread() { stop(); }

    /// From now on the emulator may be looked at.
    void stop() {
        if (!thread_.joinable()) return;
        io_->stop();
        thread_.join();
    }

    /// What `question` answers on that thread.
    template <class Question>
    auto ask(Question question) {
        using Task = std::packaged_task<std::invoke_result_t<Question>()>;
        return boost::asio::post(*io_, Task(std::move(question))).get();
    }

  private:
    boost::asio::io_context* io_;
    boost::asio::executor_work_guard<Executor> work_;
    std::thread thread_;
};

} // namespace mde_test

#endif
