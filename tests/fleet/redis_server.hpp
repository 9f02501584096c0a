// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FLEET_REDIS_SERVER_HPP
#define MDE_TESTS_FLEET_REDIS_SERVER_HPP

/// @file
/// The real redis-server beside the test: on a port of the system's choice, in a directory of its
/// own, appending to a file.

#include "cli/program.hpp"
#include "fleet/redis_connection.hpp"
#include "support/temporary_directory.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mde_test {

/// One that nobody listens to at the moment.
inline std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    const bool ok = ::bind(socket, reinterpret_cast<::sockaddr*>(&address), size) == 0 &&
                    ::getsockname(socket, reinterpret_cast<::sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!ok) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

class RedisServer {
  public:
    explicit RedisServer(std::vector<std::string> options = {}, std::string password = {})
        : options_(std::move(options)), password_(std::move(password)) {
        std::signal(SIGPIPE, SIG_IGN);
        // Somebody else may get the port first: then the next one is tried.
        for (int tries_left = 20; tries_left > 0 && !program_; --tries_left) {
            port_ = free_port();
            try_to_start();
        }
        if (!program_) throw std::runtime_error("redis-server does not start");
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    /// As a crash would end it.
    void kill() { program_.reset(); }

    /// With what the file holds, on the same port.
    void start() {
        for (int tries_left = 20; tries_left > 0 && !program_; --tries_left) try_to_start();
        if (!program_) throw std::runtime_error("redis-server does not start again");
    }

    void restart() {
        kill();
        start();
    }

    /// It answers nobody, and nobody is told why.
    void hold() const { program_->signal(SIGSTOP); }
    void let_go() const { program_->signal(SIGCONT); }

    fleet::RedisAddress address() const { return {"127.0.0.1", port_, {}, mde::Secret(password_)}; }
    std::uint16_t port() const noexcept { return port_; }
    /// Everything that it wrote to its directory.
    std::string files() const {
        std::string all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path()))
            if (entry.is_regular_file()) all += contents_of(entry.path().string());
        return all;
    }

  private:
    void try_to_start() {
        std::vector<std::string> words{"--port",        std::to_string(port_),
                                       "--bind",        "127.0.0.1",
                                       "--dir",         directory_.path(),
                                       "--appendonly",  "yes",
                                       "--appendfsync", "always",
                                       "--save",        "",
                                       "--loglevel",    "warning",
                                       "--daemonize",   "no"};
        if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
        words.insert(words.end(), options_.begin(), options_.end());
        Setting setting;
        setting.program = MDE_REDIS_SERVER;
        program_.emplace(std::move(words), setting);
        fleet::RedisConnection connection(address());
        const bool answers = eventually(
            [&] { return program_->has_ended() || connection.command({"PING"}).has_value(); });
        if (!answers || program_->has_ended()) program_.reset();
    }

    TemporaryDirectory directory_;
    std::vector<std::string> options_;
    std::string password_;
    std::uint16_t port_ = 0;
    std::optional<Program> program_;
};

/// One for all cases of a process, which keep apart by the names that they give.
inline RedisServer& shared_redis() {
    static RedisServer server({"--appendfsync", "no"});
    return server;
}

/// A name that no other case has.
inline std::string fresh_name() {
    static int count = 0;
    return "case-" + std::to_string(++count);
}

} // namespace mde_test

#endif
