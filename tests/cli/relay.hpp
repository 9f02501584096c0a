// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_RELAY_HPP
#define MDE_TESTS_CLI_RELAY_HPP

/// @file
/// A wire that stands between client and server and can be cut or held: TLS passes unseen.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace mde_test {

/// Passes bytes on to a port of this machine, on a thread of its own.
class Relay {
    using tcp = boost::asio::ip::tcp;

  public:
    enum class After {
        /// Nothing comes any more, but the connection stays.
        stall,
        /// The connection is reset.
        cut,
    };

    /// The first `bytes` bytes that come back on each connection pass, then `after` happens.
    Relay(std::size_t bytes, After after)
        : bytes_(bytes),
          after_(after),
          acceptor_(context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          port_(acceptor_.local_endpoint().port()) {}
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

    std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

    void begin(int target_port) {
        target_ = tcp::endpoint(boost::asio::ip::address_v4::loopback(),
                                static_cast<std::uint16_t>(target_port));
        accept();
        thread_ = std::thread([this] { context_.run(); });
    }

    /// The limit of a connection was reached.
    bool reached() const noexcept { return reached_.load(); }

    /// Before `begin`: after each piece that comes back the wire rests for so long.
    void slow_down(std::chrono::microseconds rest) noexcept { rest_ = rest; }

    /// What has come back so far, over all connections.
    std::uint64_t passed() const noexcept { return passed_.load(); }

    /// Waits until so much has come back, or the time is over.
    bool wait_until_passed(std::uint64_t bytes, std::chrono::milliseconds most) {
        std::unique_lock lock(mutex_);
        return progress_.wait_for(lock, most, [&] { return passed_.load() >= bytes; });
    }

  private:
    struct Line {
        Line(tcp::socket from, boost::asio::io_context& context)
            : client(std::move(from)), server(context), pause(context) {}
        tcp::socket client;
        tcp::socket server;
        boost::asio::steady_timer pause;
        std::array<char, 16384> up{};
        std::array<char, 16384> down{};
        std::size_t passed = 0;
    };

    void accept() {
        acceptor_.async_accept([this](boost::system::error_code ec, tcp::socket socket) {
            if (ec) return;
            auto line = std::make_shared<Line>(std::move(socket), context_);
            line->server.connect(target_, ec);
            if (!ec) {
                pump_up(line);
                pump_down(line);
            }
            accept();
        });
    }

    void pump_up(const std::shared_ptr<Line>& line) {
        line->client.async_read_some(
            boost::asio::buffer(line->up), [this, line](boost::system::error_code ec, auto size) {
                if (!ec) boost::asio::write(line->server, boost::asio::buffer(line->up, size), ec);
                if (ec) return close(*line);
                pump_up(line);
            });
    }

    void pump_down(const std::shared_ptr<Line>& line) {
        if (line->passed >= bytes_) {
            reached_ = true;
            if (after_ == After::cut) close(*line);
            return;
        }
        line->server.async_read_some(
            boost::asio::buffer(line->down), [this, line](boost::system::error_code ec, auto size) {
                if (!ec)
                    boost::asio::write(line->client, boost::asio::buffer(line->down, size), ec);
                if (ec) return close(*line);
                count(*line, size);
                rest(line);
            });
    }

    void count(Line& line, std::size_t size) {
        line.passed += size;
        const std::lock_guard lock(mutex_);
        passed_ += size;
        progress_.notify_all();
    }

    void rest(const std::shared_ptr<Line>& line) {
        if (rest_.count() == 0) return pump_down(line);
        line->pause.expires_after(rest_);
        line->pause.async_wait([this, line](boost::system::error_code ec) {
            if (!ec) pump_down(line);
        });
    }

    static void close(Line& line) {
        boost::system::error_code ignored;
        line.pause.cancel();
        line.client.close(ignored);
        line.server.close(ignored);
    }

    std::size_t bytes_;
    After after_;
    boost::asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    tcp::endpoint target_;
    std::atomic<bool> reached_{false};
    std::chrono::microseconds rest_{0};
    std::atomic<std::uint64_t> passed_{0};
    std::mutex mutex_;
    std::condition_variable progress_;
    std::thread thread_;
};

} // namespace mde_test

#endif
