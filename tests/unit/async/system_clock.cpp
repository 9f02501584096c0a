// SPDX-License-Identifier: BSL-1.0
#include <mde/async/system_clock.hpp>

#include <doctest/doctest.h>

#if defined(__linux__)
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <chrono>
#include <ctime>
#include <optional>
#include <string_view>

using namespace mde;
using namespace std::chrono_literals;

TEST_CASE("neither of the system's times is made up") {
    const SystemClock clock;
    const auto steady = std::chrono::steady_clock::now();
    const auto wall = std::chrono::system_clock::now();
    const Now first = clock.now();
    const Now second = clock.now();
    CHECK(second.monotonic >= first.monotonic);
    CHECK(first.utc >= std::chrono::time_point_cast<Ticks>(wall) - 1s);
    CHECK(first.utc < wall + 60s);
    // It never stands still while the other one runs.
    const auto passed = std::chrono::steady_clock::now() - steady;
    CHECK(clock.now().monotonic - first.monotonic <= passed + 60s);
}

#if defined(__linux__)

namespace {

/// In a time namespace where the machine seems to have slept for so long since it was started;
/// empty where we may not make one. True if the clock counts that time.
std::optional<bool> counts_sleep(std::string_view seconds) {
    const ::pid_t outer = ::fork();
    if (outer == 0) {
        if (::unshare(CLONE_NEWTIME) != 0) ::_exit(2);
        const int offsets = ::open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
        if (::write(offsets, seconds.data(), seconds.size()) < 0) ::_exit(2);
        const ::pid_t inner = ::fork();
        if (inner == 0) {
            const Duration slept = SystemClock().now().monotonic.time_since_epoch() -
                                   std::chrono::steady_clock::now().time_since_epoch();
            ::_exit(slept > 3000s ? 0 : 1);
        }
        int status = 0;
        ::waitpid(inner, &status, 0);
        ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    int status = 0;
    ::waitpid(outer, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    return code == 2 ? std::nullopt : std::optional<bool>(code == 0);
}

} // namespace

TEST_CASE("the time that the machine sleeps counts") {
    // A link that was asked for before the lid was closed is dead afterwards.
    if (const auto counted = counts_sleep("boottime 3600 0\n")) CHECK(*counted);
    // And nobody has to sleep for it: it is the clock that the system calls by this name.
    std::timespec before{};
    std::timespec after{};
    REQUIRE(::clock_gettime(CLOCK_BOOTTIME, &before) == 0);
    const MonotonicTime now = SystemClock().now().monotonic;
    REQUIRE(::clock_gettime(CLOCK_BOOTTIME, &after) == 0);
    const auto time_of = [](const std::timespec& time) {
        return MonotonicTime(std::chrono::seconds(time.tv_sec) +
                             std::chrono::nanoseconds(time.tv_nsec));
    };
    CHECK(now >= time_of(before));
    CHECK(now <= time_of(after));
}

#endif
