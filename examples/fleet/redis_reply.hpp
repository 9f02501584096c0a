// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_REPLY_HPP
#define MDE_EXAMPLES_FLEET_REDIS_REPLY_HPP

/// @file
/// What a Redis server answered, and what its refusals mean.

#include <mde/base/error.hpp>

#include <hiredis/hiredis.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace fleet {

struct FreeRedis {
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
    void operator()(redisContext* context) const noexcept { redisFree(context); }
};

/// A view of one answer, or of a part of it; ends with the `RedisReply` that it came from.
class RedisValue {
  public:
    explicit RedisValue(const redisReply* reply) noexcept : reply_(reply) {}

    bool is_nothing() const noexcept { return reply_->type == REDIS_REPLY_NIL; }
    bool is_error() const noexcept { return reply_->type == REDIS_REPLY_ERROR; }
    /// Zero if it is no number.
    std::int64_t number() const noexcept {
        return reply_->type == REDIS_REPLY_INTEGER ? reply_->integer : 0;
    }
    /// Empty if it is no text.
    std::string_view text() const noexcept {
        const bool has =
            reply_->type == REDIS_REPLY_STRING || reply_->type == REDIS_REPLY_STATUS || is_error();
        return has ? std::string_view(reply_->str, reply_->len) : std::string_view();
    }
    /// Zero if it is no list.
    std::size_t size() const noexcept {
        return reply_->type == REDIS_REPLY_ARRAY ? reply_->elements : 0;
    }
    RedisValue operator[](std::size_t i) const noexcept { return RedisValue(reply_->element[i]); }

  private:
    const redisReply* reply_;
};

/// Owns an answer. Move-only.
class RedisReply {
  public:
    explicit RedisReply(redisReply* reply) noexcept : reply_(reply) {}

    RedisValue value() const noexcept { return RedisValue(reply_.get()); }

  private:
    std::unique_ptr<redisReply, FreeRedis> reply_;
};

/// The error that a refusal stands for. One that passes, since the server is being started or has
/// no master, is errc::service_unavailable; everything else is an error of a store. Its words are
/// not shown: they may quote what was sent.
inline mde::error_code error_of(std::string_view refusal) noexcept {
    const std::string_view word = refusal.substr(0, refusal.find(' '));
    for (const std::string_view passing :
         {"LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS"})
        if (word == passing) return mde::errc::service_unavailable;
    for (const std::string_view denied : {"NOAUTH", "WRONGPASS", "NOPERM", "READONLY", "DENIED"})
        if (word == denied) return mde::errc::store_denied;
    if (word == "OOM" || word == "MISCONF") return mde::errc::store_no_space;
    return mde::errc::store_failed;
}

/// True for errors that say that the server cannot be asked now.
inline bool is_away(const mde::error_code& ec) noexcept {
    return ec == mde::errc::unreachable || ec == mde::errc::connection_lost ||
           ec == mde::errc::timed_out || ec == mde::errc::service_unavailable;
}

} // namespace fleet

#endif
