// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_AZURITE_RELAY_HPP
#define MDE_TESTS_AZURITE_RELAY_HPP

/// @file
/// A wire to the blob server that counts what passes and ends where a test wants it to.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace mde_test {

/// Passes bytes on to a port of this machine; TLS passes unseen. Runs where the client runs.
class Relay {
    using tcp = boost::asio::ip::tcp;

  public:
    static constexpr std::size_t everything = static_cast<std::size_t>(-1);
    static constexpr std::size_t nothing = 0;

    Relay(boost::asio::io_context& io, std::uint16_t target)
        : acceptor_(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
          target_(boost::asio::ip::address_v4::loopback(), target) {
        accept();
    }
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    /// How many of the server's bytes pass on the connection of that number, counted from 0.
    std::function<std::size_t(std::size_t)> limit = [](std::size_t) { return everything; };
    /// What happens when so many have passed.
    std::function<void()> at_limit = [this] { cut(); };

    /// Lets `bytes` pass on the next connection and nothing on later ones.
    void end_after(std::size_t bytes) {
        limit = [next = connections(), bytes](std::size_t number) {
            return number == next ? bytes : nothing;
        };
    }
    /// The same, but whoever comes later gets everything.
    void break_once_after(std::size_t bytes) {
        limit = [next = connections(), bytes](std::size_t number) {
            return number == next ? bytes : everything;
        };
    }
    void mend() {
        limit = [](std::size_t) { return everything; };
    }

    std::size_t connections() const noexcept { return lines_.size(); }
    /// Of the server's bytes.
    std::size_t passed(std::size_t connection) const { return lines_.at(connection)->passed; }

    /// Closes every connection.
    void cut() {
        for (const auto& line : lines_) close(*line);
    }

  private:
    struct Line {
        Line(tcp::socket from, std::size_t most)
            : client(std::move(from)), server(client.get_executor()), left(most) {}
        tcp::socket client;
        tcp::socket server;
        std::size_t left;
        std::size_t passed = 0;
        std::array<char, 16384> up{};
        std::array<char, 16384> down{};
    };

    void accept() {
        acceptor_.async_accept([this](boost::system::error_code ec, tcp::socket socket) {
            if (ec) return;
            lines_.push_back(std::make_shared<Line>(std::move(socket), limit(connections())));
            const auto line = lines_.back();
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
                if (ec) return close(*line);
                boost::asio::async_write(line->server, boost::asio::buffer(line->up, size),
                                         [this, line](boost::system::error_code failed, auto) {
                                             if (failed) return close(*line);
                                             pump_up(line);
                                         });
            });
    }

    void pump_down(const std::shared_ptr<Line>& line) {
        if (line->left == 0) return at_limit();
        const auto room = (std::min)(line->left, line->down.size());
        line->server.async_read_some(
            boost::asio::buffer(line->down, room),
            [this, line](boost::system::error_code ec, auto size) {
                if (ec) return close(*line);
                boost::asio::async_write(line->client, boost::asio::buffer(line->down, size),
                                         [this, line](boost::system::error_code failed, auto sent) {
                                             if (failed) return close(*line);
                                             line->passed += sent;
                                             line->left -= sent;
                                             pump_down(line);
                                         });
            });
    }

    /// What has been sent still arrives.
    static void close(Line& line) {
        boost::system::error_code ignored;
        line.client.shutdown(tcp::socket::shutdown_send, ignored);
        line.client.close(ignored);
        line.server.close(ignored);
    }

    tcp::acceptor acceptor_;
    tcp::endpoint target_;
    std::vector<std::shared_ptr<Line>> lines_;
};

} // namespace mde_test

#endif
