// SPDX-License-Identifier: BSL-1.0
#include "stop_signals.hpp"

#include <boost/asio/buffer.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");
std::atomic<int> stop_signal{0};
std::atomic<int> alarm_exit_code{70};
std::atomic<int> pipe_end{-1};

extern "C" void on_stop(int number) {
    const int saved = errno;
    if (stop_signal.exchange(number) != 0) ::_exit(128 + number);
    alarm_exit_code = 128 + number;
    ::alarm(4);
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(pipe_end.load(), &byte, 1);
    errno = saved;
}

extern "C" void on_alarm(int) { ::_exit(alarm_exit_code.load()); }

void handle(int number, void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

/// Whoever started us with a signal ignored, as `nohup` does, wants it ignored.
bool is_ignored(int number) noexcept {
    struct sigaction now {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

} // namespace

int stop_requested() noexcept { return stop_signal.load(); }

void end_soon(int exit_code) noexcept {
    if (stop_requested() != 0) return;
    alarm_exit_code = exit_code;
    handle(SIGALRM, &on_alarm);
    ::alarm(2);
}

StopSignals::StopSignals(boost::asio::io_context& context) : pipe_(context) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    pipe_.assign(ends[0]);
    pipe_end = ends[1];
    watch();
    handle(SIGALRM, &on_alarm);
    for (const int number : {SIGINT, SIGTERM})
        if (!is_ignored(number)) handle(number, &on_stop);
}

void StopSignals::watch() {
    pipe_.async_read_some(boost::asio::buffer(byte_),
                          [this](const boost::system::error_code& ec, std::size_t) {
                              if (ec) return;
                              cancel_.emit(boost::asio::cancellation_type::terminal);
                              watch();
                          });
}

} // namespace mde_package
