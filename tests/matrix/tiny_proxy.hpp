// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_MATRIX_TINY_PROXY_HPP
#define MDE_TESTS_MATRIX_TINY_PROXY_HPP

/// @file
/// A real proxy, tinyproxy, as a process beside the test: on a free port, in a folder of its own.

#include "support/raw_tls_server.hpp"
#include "support/temporary_directory.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mde_test {

class TinyProxy {
  public:
    /// `rules` are lines of its configuration.
    explicit TinyProxy(const std::string& rules = {}) {
        // Another process may take the port before it does.
        for (int attempt = 0; attempt < 5; ++attempt) {
            port_ = Listener().port();
            directory_.write("conf", "Port " + std::to_string(port_) +
                                         "\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\n"
                                         "MaxClients 20\nLogLevel Info\n" +
                                         rules);
            start();
            if (read_until("Accepting connections")) return;
            stop();
        }
        throw std::runtime_error("tinyproxy does not start: " + said_);
    }
    TinyProxy(const TinyProxy&) = delete;
    ~TinyProxy() { stop(); }

    std::uint16_t port() const noexcept { return port_; }

    /// All that it has written down so far: it does so before it does anything else.
    const std::string& log() {
        read_until("nothing that it says", 0);
        return said_;
    }

  private:
    void start() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        ::posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        std::string conf = directory_.file("conf");
        std::array<char*, 5> words{const_cast<char*>("tinyproxy"), const_cast<char*>("-d"),
                                   const_cast<char*>("-c"), conf.data(), nullptr};
        const int failed =
            ::posix_spawnp(&process_, "tinyproxy", &actions, nullptr, words.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        output_ = ends[0];
        if (failed != 0) process_ = -1;
        if (failed != 0) throw std::runtime_error("tinyproxy is not installed: see .ci/setup");
    }

    /// False if it ended before, or said nothing for a long time.
    bool read_until(const std::string& words, int milliseconds = 20'000) {
        char piece[4096];
        while (said_.find(words) == std::string::npos) {
            ::pollfd ready{output_, POLLIN, 0};
            if (::poll(&ready, 1, milliseconds) <= 0) return false;
            const auto size = ::read(output_, piece, sizeof piece);
            if (size <= 0) return false;
            said_.append(piece, static_cast<std::size_t>(size));
        }
        return true;
    }

    void stop() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        if (output_ >= 0) ::close(output_);
        process_ = output_ = -1;
    }

    TemporaryDirectory directory_;
    std::uint16_t port_ = 0;
    ::pid_t process_ = -1;
    int output_ = -1;
    std::string said_;
};

} // namespace mde_test

#endif
