// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_AZURITE_OWNER_HPP
#define MDE_TESTS_AZURITE_OWNER_HPP

/// @file
/// The owner of the blobs, whom run.sh started: stores them, signs links, and reads the log.

#include "support/told.hpp"

#include <mde/adapter/beast_transport.hpp>

#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_test {

using namespace std::chrono_literals;

inline std::uint16_t told_port(const char* name) {
    return static_cast<std::uint16_t>(std::stoul(told(name)));
}

/// What is in a file that run.sh made.
inline std::string key_file(const std::string& name) {
    return text_of(told("MDE_AZURITE_KEYS") + '/' + name);
}

using Transport = mde::BeastTransport<boost::asio::io_context::executor_type>;

inline mde::TlsContext trust() { return *mde::TlsContext::trusting(key_file("ca.pem")); }

struct Answer {
    unsigned status = 0;
    mde::ResponseHead head;
    std::string body;
};

/// One request, of which nothing is retried, and all of its answer.
inline Answer ask(std::uint16_t port, mde::Method method, std::string_view target,
                  std::string_view body = {}) {
    boost::asio::io_context io;
    Transport transport(io, trust());
    Transport::Exchange exchange;
    mde::HttpRequest request;
    request.method = method;
    request.host = "127.0.0.1";
    request.port = port;
    request.target = target;
    request.body = body;
    request.time_limit = 20s;
    bool done = false;
    const auto end_step = [&](mde::error_code ec) {
        if (ec) throw std::runtime_error("no whole answer: " + ec.message());
        done = true;
    };
    // The timer of the limit goes on, so it is not waited until nothing is left to do.
    const auto run_step = [&] {
        io.restart();
        while (!done && io.run_one() != 0) {
        }
        if (!std::exchange(done, false)) throw std::runtime_error("no end of an answer");
    };
    transport.async_send(request, [&](mde::error_code ec, Transport::Exchange sent) {
        exchange = std::move(sent);
        end_step(ec);
    });
    run_step();
    Answer answer{exchange.head().status(), exchange.head(), {}};
    std::array<std::byte, 65536> bytes;
    for (std::size_t got = 1; got != 0;) {
        exchange.async_read_some(bytes, [&](mde::error_code ec, std::size_t size) {
            got = size;
            end_step(ec);
        });
        run_step();
        answer.body.append(reinterpret_cast<const char*>(bytes.data()), got);
    }
    return answer;
}

/// A link as a person would have it: text.
struct Link {
    std::string url;
    mde::UtcTime expires_at{};

    /// Path and query.
    std::string target() const { return url.substr(url.find('/', std::string("https://").size())); }
};

/// A request for a blob as the server wrote it into its log.
struct Seen {
    unsigned status = 0;
    std::string range;
    std::string if_range;
    std::uint64_t length = 0;
    std::string content_range;
    std::string etag;
};

/// Each call waits for its answer.
class Owner {
  public:
    /// Puts a blob there, in the place of what was there; its tag.
    static std::string store(const std::string& blob, const std::string& bytes,
                             const std::string& type = "application/zip") {
        return call("/store?blob=" + blob + "&type=" + type, bytes).body;
    }

    /// A link that began a minute ago and lives for so many seconds, less a part of one. It leads
    /// to `port`.
    static Link link(const std::string& blob, std::uint16_t port, int life) {
        return signed_link(blob, port, "&from=-60&life=" + std::to_string(life));
    }
    /// One whose life begins and ends at so many seconds from now.
    static Link link_between(const std::string& blob, std::uint16_t port, int from, int to) {
        return signed_link(blob, port,
                           "&from=" + std::to_string(from) + "&life=" + std::to_string(to));
    }
    /// One that is good for as long as the owner permits it.
    static Link permitted_link(const std::string& blob, std::uint16_t port) {
        call("/permit?permitted=yes");
        return signed_link(blob, port, "&life=600&by=policy");
    }
    /// Ends what was permitted.
    static void forbid() { call("/permit?permitted=no"); }

    /// All requests for a blob that have an end; waits a while for `count` of them.
    static std::vector<Seen> seen(const std::string& blob, std::size_t count) {
        std::istringstream lines(
            call("/seen?blob=" + blob + "&count=" + std::to_string(count)).body);
        std::vector<Seen> found;
        for (std::string line; std::getline(lines, line);) found.push_back(read(line));
        return found;
    }

  private:
    static Answer call(const std::string& target, std::string_view body = {}) {
        Answer answer = ask(told_port("MDE_AZURITE_OWNER_PORT"), mde::Method::post, target, body);
        if (answer.status != 200) throw std::runtime_error("the owner refuses: see owner.log");
        return answer;
    }

    static Link signed_link(const std::string& blob, std::uint16_t port, const std::string& how) {
        const Answer answer = call("/link?blob=" + blob + "&port=" + std::to_string(port) + how);
        const std::string end(answer.head.field_or_empty("Expires-At"));
        return {answer.body, mde::UtcTime(std::chrono::seconds(std::stoll(end)))};
    }

    static Seen read(const std::string& line) {
        std::istringstream words(line);
        const auto next = [&] {
            std::string word;
            std::getline(words, word, '\t');
            return word;
        };
        Seen seen;
        seen.status = static_cast<unsigned>(std::stoul(next()));
        seen.range = next();
        seen.if_range = next();
        const std::string length = next();
        if (!length.empty()) seen.length = std::stoull(length);
        seen.content_range = next();
        seen.etag = next();
        return seen;
    }
};

} // namespace mde_test

#endif
