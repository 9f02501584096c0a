// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_CONNECT_PROXY_HPP
#define MDE_TESTS_SUPPORT_CONNECT_PROXY_HPP

/// @file
/// A proxy that answers CONNECT with what it is told, and tunnels to a port of this machine.

#include "support/raw_tls_server.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mde_test {

/// Each connection has a thread of its own. Success in `reply` makes a tunnel to `target`.
class ConnectProxy {
  public:
    ConnectProxy(std::string reply, std::uint16_t target)
        : reply_(std::move(reply)), target_(target), thread_([this] { serve(); }) {}
    ConnectProxy(const ConnectProxy&) = delete;
    ~ConnectProxy() {
        stop_ = true;
        thread_.join();
        for (std::thread& tunnel : tunnels_) tunnel.join();
    }

    std::uint16_t port() const noexcept { return listener_.port(); }

    /// The heads of all requests so far.
    std::string requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void serve() {
        for (int client = listener_.accept(stop_); client >= 0; client = listener_.accept(stop_))
            tunnels_.emplace_back([this, client] { run(client); });
    }

    void run(int client) {
        std::string head;
        char byte = 0;
        while (!head.ends_with("\r\n\r\n") && ::recv(client, &byte, 1, 0) == 1) head += byte;
        {
            const std::lock_guard lock(mutex_);
            requests_ += head;
        }
        ::send(client, reply_.data(), reply_.size(), MSG_NOSIGNAL);
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ::sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(target_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (reply_.find(" 200 ") != std::string::npos &&
            ::connect(server, reinterpret_cast<::sockaddr*>(&address), sizeof address) == 0)
            pump(client, server);
        ::close(server);
        ::close(client);
    }

    void pump(int client, int server) const {
        std::array<char, 16384> piece;
        while (!stop_) {
            std::array<::pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
            ::poll(ends.data(), ends.size(), 20);
            for (std::size_t i = 0; i < ends.size(); ++i) {
                if (ends[i].revents == 0) continue;
                const auto size = ::recv(ends[i].fd, piece.data(), piece.size(), 0);
                if (size <= 0) return;
                ::send(ends[1 - i].fd, piece.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
            }
        }
    }

    std::string reply_;
    std::uint16_t target_;
    Listener listener_;
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;
    std::string requests_;
    std::vector<std::thread> tunnels_;
    std::thread thread_;
};

} // namespace mde_test

#endif
