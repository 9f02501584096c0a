// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_WORKERS_HPP
#define MDE_EXAMPLES_FLEET_WORKERS_HPP

/// @file
/// The worker processes as the one that started them sees them.

#include "fleet/summary.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace fleet {

/// The processes that were started. Those that still run when it goes are asked to stop, and waited
/// for. What they say on standard error is read, so that it does not run through what is drawn.
class Workers {
  public:
    Workers() {
        if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
            throw std::runtime_error("no pipe for the workers");
    }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers() {
        stop();
        for (const ::pid_t worker : alive_) ::waitpid(worker, nullptr, 0);
        for (const int end : ends_) ::close(end);
    }

    ::pid_t start(std::vector<std::string> words) {
        words.insert(words.begin(), "mde-fleet");
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_adddup2(&files, ends_[1], STDERR_FILENO);
        ::pid_t worker = 0;
        // The program itself, wherever it lies by now.
        const int failure =
            ::posix_spawn(&worker, "/proc/self/exe", &files, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&files);
        if (failure != 0) throw std::runtime_error("a worker cannot be started");
        alive_.push_back(worker);
        ++started_;
        return worker;
    }

    void stop() const {
        for (const ::pid_t worker : alive_) ::kill(worker, SIGTERM);
    }

    /// Those that have ended since the last time.
    std::vector<::pid_t> reap() {
        std::vector<::pid_t> ended;
        std::erase_if(alive_, [&](::pid_t worker) {
            if (::waitpid(worker, nullptr, WNOHANG) == 0) return false;
            ended.push_back(worker);
            return true;
        });
        return ended;
    }

    WorkerCounts counts() const noexcept { return {alive_.size(), started_}; }

    /// Waits for so long, or until they say something. Whole lines of that, without their ends.
    std::vector<std::string> listen(int milliseconds) {
        ::pollfd end{ends_[0], POLLIN, 0};
        ::poll(&end, 1, milliseconds);
        std::array<char, 4096> piece;
        for (::ssize_t size; (size = ::read(ends_[0], piece.data(), piece.size())) > 0;)
            heard_.append(piece.data(), static_cast<std::size_t>(size));
        std::vector<std::string> lines;
        for (std::size_t end_of_line; (end_of_line = heard_.find('\n')) != heard_.npos;) {
            lines.push_back(heard_.substr(0, end_of_line));
            heard_.erase(0, end_of_line + 1);
        }
        return lines;
    }

  private:
    std::array<int, 2> ends_{};
    std::string heard_;
    std::vector<::pid_t> alive_;
    std::size_t started_ = 0;
};

} // namespace fleet

#endif
