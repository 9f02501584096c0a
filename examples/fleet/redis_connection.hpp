// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_CONNECTION_HPP
#define MDE_EXAMPLES_FLEET_REDIS_CONNECTION_HPP

/// @file
/// One connection to a Redis server: bounded in time, made again when it broke, with typed errors.

#include "fleet/redis_reply.hpp"

#include <mde/base/result.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/percent.hpp>

#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

struct RedisAddress {
    /// A host with a port, or the path of a local socket.
    std::string host = "127.0.0.1";
    std::uint16_t port = 6379;
    std::string path{};
    /// Empty: none is asked for.
    mde::Secret password{};
};

/// How long one step may take. Nothing blocks for longer than `longest()`.
struct RedisLimits {
    mde::Duration connect = std::chrono::milliseconds(250);
    mde::Duration answer = std::chrono::milliseconds(500);
    /// After a connection could not be made, or gave no answer in time, everything fails at once
    /// for so long: a caller with much to ask is not held up by each of its questions.
    mde::Duration pause = std::chrono::milliseconds(250);

    /// Connecting, the password and the command, both times.
    mde::Duration longest() const noexcept { return 2 * (connect + 2 * answer); }
};

/// A script, and the name under which the server remembers it.
class RedisScript {
  public:
    explicit RedisScript(std::string text) : text_(std::move(text)) {
        std::array<unsigned char, 20> digest{};
        EVP_Digest(text_.data(), text_.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
        for (const unsigned byte : digest) {
            name_.push_back("0123456789abcdef"[byte >> 4]);
            name_.push_back("0123456789abcdef"[byte & 15]);
        }
    }

    const std::string& text() const noexcept { return text_; }
    const std::string& name() const noexcept { return name_; }

  private:
    std::string text_;
    std::string name_;
};

/// What to do if the connection broke after a command had left: the server may have done it.
enum class Repeat {
    never,
    /// Doing it twice is as good as doing it once.
    safe,
};

using Words = std::vector<std::string_view>;

/// Blocking, each step within `RedisLimits`. The ports that are built on it, quotas, tokens and the
/// state of a job, are synchronous: their callers hold a request back until they have the answer.
/// One command to a server in the same network is answered in a fraction of a millisecond, which is
/// less than an executor's own round; and a worker that cannot reach the server has nothing better
/// to do on its thread than to find that out within the limit. What must not be held up, a download
/// that is under way, waits in the kernel's buffers for so long. A program with thousands of
/// transfers on one thread would rather plug an asynchronous one.
///
/// The process ignores SIGPIPE, as one with connections does. Distinct objects: safe. Shared
/// objects: safe, one command after the other.
class RedisConnection {
  public:
    explicit RedisConnection(RedisAddress address, const RedisLimits& limits = {})
        : address_(std::move(address)), limits_(limits) {}

    const RedisLimits& limits() const noexcept { return limits_; }

    /// @par Errors errc::unreachable, errc::connection_lost, errc::timed_out,
    /// errc::service_unavailable: it is away (`is_away`); errc::store_denied, errc::store_no_space,
    /// errc::store_failed: it refuses
    mde::result<RedisReply> command(const Words& words, Repeat repeat = Repeat::safe) {
        const std::lock_guard lock(mutex_);
        mde::result<RedisReply> reply = try_command(words);
        if (!reply && repeat == Repeat::safe && reply.error() == mde::errc::connection_lost)
            reply = try_command(words);
        if (reply && reply->value().is_error()) return error_of(reply->value().text());
        return reply;
    }

    /// Runs a script by its name, and by its text where the server does not know it, as after a
    /// restart.
    /// @par Errors as `command`
    mde::result<RedisReply> run(const RedisScript& script, const std::vector<std::string>& keys,
                                const std::vector<std::string>& arguments,
                                Repeat repeat = Repeat::safe) {
        const std::string count = std::to_string(keys.size());
        Words words{"EVALSHA", script.name(), count};
        words.insert(words.end(), keys.begin(), keys.end());
        words.insert(words.end(), arguments.begin(), arguments.end());
        const std::lock_guard lock(mutex_);
        for (int tries_left = repeat == Repeat::safe ? 2 : 1;;) {
            mde::result<RedisReply> reply = try_command(words);
            if (!reply && --tries_left > 0 && reply.error() == mde::errc::connection_lost) continue;
            if (!reply) return reply;
            if (!reply->value().is_error()) return reply;
            // Nothing has been done yet: by its text it is done, and remembered.
            const bool is_unknown = reply->value().text().starts_with("NOSCRIPT");
            if (!is_unknown || words[0] == "EVAL") return error_of(reply->value().text());
            words[0] = "EVAL";
            words[1] = script.text();
        }
    }

  private:
    using Clock = std::chrono::steady_clock;

    mde::result<RedisReply> try_command(const Words& words) {
        if (context_ && has_been_closed()) context_.reset();
        if (!context_)
            if (const mde::error_code ec = connect()) return ec;
        return send(words);
    }

    /// The server ended the connection while nothing was asked, as a restarted one has: that is
    /// seen without sending anything.
    bool has_been_closed() const noexcept {
        char byte = 0;
        const ::ssize_t size = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    }

    mde::error_code connect() {
        if (Clock::now() < not_before_) return mde::errc::unreachable;
        const ::timeval limit = timeval_of(limits_.connect);
        context_.reset(address_.path.empty()
                           ? redisConnectWithTimeout(address_.host.c_str(), address_.port, limit)
                           : redisConnectUnixWithTimeout(address_.path.c_str(), limit));
        const bool works = context_ && context_->err == 0 &&
                           redisSetTimeout(context_.get(), timeval_of(limits_.answer)) == REDIS_OK;
        if (!works) {
            context_.reset();
            not_before_ = Clock::now() + limits_.pause;
            return mde::errc::unreachable;
        }
        if (address_.password.empty()) return {};
        const mde::result<RedisReply> reply = send({"AUTH", address_.password.expose()});
        if (!reply) return reply.error();
        if (!reply->value().is_error()) return {};
        context_.reset();
        return error_of(reply->value().text());
    }

    /// After an error the connection is gone: an answer that comes late would be taken for that of
    /// the next command.
    mde::result<RedisReply> send(const Words& words) {
        std::vector<const char*> texts;
        std::vector<std::size_t> sizes;
        for (const std::string_view word : words) {
            texts.push_back(word.data());
            sizes.push_back(word.size());
        }
        errno = 0;
        auto* const reply = static_cast<redisReply*>(redisCommandArgv(
            context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()));
        if (reply != nullptr) return RedisReply(reply);
        const int number = errno;
        const bool is_late = context_->err == REDIS_ERR_IO &&
                             (number == EAGAIN || number == EWOULDBLOCK || number == ETIMEDOUT);
        context_.reset();
        if (is_late) not_before_ = Clock::now() + limits_.pause;
        return make_error_code(is_late ? mde::errc::timed_out : mde::errc::connection_lost);
    }

    static ::timeval timeval_of(mde::Duration span) noexcept {
        const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(span).count();
        return {static_cast<::time_t>(whole / 1'000'000),
                static_cast<::suseconds_t>(whole % 1'000'000)};
    }

    RedisAddress address_;
    RedisLimits limits_;
    std::mutex mutex_;
    std::unique_ptr<redisContext, FreeRedis> context_;
    Clock::time_point not_before_{};
};

/// `PREFIX:PART:PART`; what is special in a key is escaped, so that no two lists give one key.
inline std::string redis_key(std::string_view prefix,
                             std::initializer_list<std::string_view> parts) {
    std::string key(prefix);
    for (const std::string_view part : parts) {
        key.push_back(':');
        mde::wire::append_percent_encoded(key, part);
    }
    return key;
}

/// Times as arguments of scripts; no shorter than they are.
inline std::string in_microseconds(mde::Duration span) {
    return std::to_string(std::chrono::ceil<std::chrono::microseconds>(span).count());
}
inline std::string in_milliseconds(mde::Duration span) {
    return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

/// One that no other process has.
inline std::string random_name() {
    std::random_device random;
    std::string name;
    for (int i = 0; i < 4; ++i) name += std::to_string(random()) + '-';
    return name;
}

} // namespace fleet

#endif
