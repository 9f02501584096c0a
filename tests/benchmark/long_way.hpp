// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_BENCHMARK_LONG_WAY_HPP
#define MDE_TESTS_BENCHMARK_LONG_WAY_HPP

/// @file
/// A long way between client and server of one machine: every byte takes its time, and each
/// connection has only so many of them under way, as TCP with a window of that size.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace mde_test {

namespace net = boost::asio;
using tcp = net::ip::tcp;

/// One direction of one connection.
class DelayedPipe : public std::enable_shared_from_this<DelayedPipe> {
  public:
    using Clock = std::chrono::steady_clock;

    DelayedPipe(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to,
                Clock::duration one_way, std::size_t window)
        : from_(std::move(from)),
          to_(std::move(to)),
          timer_(to_->get_executor()),
          one_way_(one_way),
          window_(window) {}

    void read() {
        const std::size_t room = window_ - (std::min)(window_, under_way_);
        if (reading_ || ended_ || room == 0) return;
        reading_ = true;
        piece_.resize((std::min)(room, std::size_t(64) * 1024));
        from_->async_read_some(
            net::buffer(piece_),
            [self = shared_from_this()](boost::system::error_code ec, std::size_t size) {
                self->on_read(ec, size);
            });
    }

  private:
    /// Either bytes that arrive, or, without any, the word back that makes room for `size`.
    struct Event {
        Clock::time_point at;
        std::vector<char> bytes;
        std::size_t size;
    };

    void on_read(const boost::system::error_code& ec, std::size_t size) {
        reading_ = false;
        ended_ = bool(ec);
        under_way_ += size;
        piece_.resize(size);
        add({Clock::now() + one_way_, std::move(piece_), size});
        piece_ = {};
        read();
    }

    void add(Event event) {
        events_.push_back(std::move(event));
        if (!waiting_) wait();
    }

    void wait() {
        waiting_ = true;
        std::stable_sort(events_.begin(), events_.end(),
                         [](const Event& a, const Event& b) { return a.at < b.at; });
        timer_.expires_at(events_.front().at);
        timer_.async_wait([self = shared_from_this()](boost::system::error_code) { self->pass(); });
    }

    void pass() {
        waiting_ = false;
        while (!events_.empty() && events_.front().at <= Clock::now()) {
            Event event = std::move(events_.front());
            events_.pop_front();
            if (event.bytes.empty() && event.size != 0) {
                under_way_ -= event.size;
                continue;
            }
            boost::system::error_code ec;
            if (event.size == 0) {
                to_->shutdown(tcp::socket::shutdown_send, ec);
                continue;
            }
            net::write(*to_, net::buffer(event.bytes), ec);
            if (ec) ended_ = true;
            events_.push_back({Clock::now() + one_way_, {}, event.size});
        }
        read();
        if (!events_.empty() && !waiting_) wait();
    }

    std::shared_ptr<tcp::socket> from_;
    std::shared_ptr<tcp::socket> to_;
    net::steady_timer timer_;
    Clock::duration one_way_;
    std::size_t window_;
    std::size_t under_way_ = 0;
    std::vector<char> piece_;
    std::deque<Event> events_;
    bool reading_ = false;
    bool waiting_ = false;
    bool ended_ = false;
};

/// Listens on a port of its own, on a thread of its own.
class LongWay {
  public:
    LongWay(std::uint16_t target, std::chrono::milliseconds round_trip, std::size_t window)
        : target_(net::ip::address_v4::loopback(), target),
          one_way_(round_trip / 2),
          window_(window),
          acceptor_(context_, tcp::endpoint(net::ip::address_v4::loopback(), 0)),
          port_(acceptor_.local_endpoint().port()) {
        accept();
        thread_ = std::thread([this] { context_.run(); });
    }
    LongWay(const LongWay&) = delete;
    LongWay& operator=(const LongWay&) = delete;
    ~LongWay() {
        context_.stop();
        thread_.join();
    }

    std::uint16_t port() const noexcept { return port_; }

  private:
    void accept() {
        acceptor_.async_accept([this](boost::system::error_code ec, tcp::socket socket) {
            if (ec) return;
            auto client = std::make_shared<tcp::socket>(std::move(socket));
            auto server = std::make_shared<tcp::socket>(context_);
            server->connect(target_, ec);
            if (!ec) {
                std::make_shared<DelayedPipe>(client, server, one_way_, window_)->read();
                std::make_shared<DelayedPipe>(server, client, one_way_, window_)->read();
            }
            accept();
        });
    }

    net::io_context context_{1};
    tcp::endpoint target_;
    DelayedPipe::Clock::duration one_way_;
    std::size_t window_;
    tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::thread thread_;
};

} // namespace mde_test

#endif
