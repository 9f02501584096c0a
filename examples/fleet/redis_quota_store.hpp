// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_QUOTA_STORE_HPP
#define MDE_EXAMPLES_FLEET_REDIS_QUOTA_STORE_HPP

/// @file
/// Quotas that all processes of a fleet share: the calls of the last minute and hour in Redis.

#include "fleet/redis_connection.hpp"

#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/port/quota_store.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace fleet {

/// What to say while the server is away. A slot is not given in either case.
enum class WhenAway {
    /// The error: the call ends with it.
    refuse,
    /// Ask again soon: the call waits, within its deadline.
    wait,
};

struct RedisQuotaOptions {
    std::string prefix = "mde:quota";
    WhenAway when_away = WhenAway::refuse;
    /// How long a minute of the service lasts, and a sixtieth of its hour.
    mde::Duration minute = std::chrono::minutes(1);
    /// Requests take different times to get to the service, and the answer of the server to get
    /// here: each window is counted so much longer.
    mde::Duration on_the_way = std::chrono::milliseconds(1500);
};

/// Sliding windows by the server's clock, so that the clocks of the machines do not matter; one
/// script looks and counts, so that two processes never get the same slot. A slot whose answer got
/// lost is given back by the next question for its kind, and not counted twice. A clock that is set
/// back lets all wait for longer; one that is set forward gives slots too early, so the server's is
/// one that is slewed.
///
/// The server keeps what it knows over a restart if it appends to a file (`appendonly yes`). One
/// that has lost its memory has lost the last minute: then the service itself has to say 429, which
/// is told to all.
///
/// Meets `QuotaStore`. The connection outlives it. Distinct objects: safe, in other processes too.
/// Shared objects: safe.
class RedisQuotaStore {
  public:
    explicit RedisQuotaStore(RedisConnection& connection, RedisQuotaOptions options = {})
        : connection_(&connection), options_(std::move(options)), name_(random_name()) {}

    /// @par Errors those of `RedisConnection`; with `WhenAway::wait` only those of a server that
    /// refuses
    mde::result<mde::Duration> acquire(const mde::QuotaKey& key, const mde::Quota& quota,
                                       const mde::Now& now) {
        const std::lock_guard lock(mutex_);
        return ask(name_of(key), quota, now.monotonic);
    }

    /// Told to all processes with the next question, if the server is away now.
    void throttled(const mde::QuotaKey& key, mde::Duration wait, const mde::Now& now) {
        const std::lock_guard lock(mutex_);
        const std::string name = name_of(key);
        mde::MonotonicTime& until = own_[name].blocked_until;
        until = std::max(until, mde::saturating_add(now.monotonic, wait));
        // Without limits nothing is counted: only the block is told.
        static_cast<void>(ask(name, mde::Quota{}, now.monotonic));
    }

  private:
    /// What this process knows and the server may not; gone once there was an answer.
    struct Own {
        /// Of a slot that may have been counted though no answer came; else empty.
        std::string unanswered{};
        mde::MonotonicTime blocked_until{};
    };

    /// The mutex is held until the answer is there: a slot has one owner.
    mde::result<mde::Duration> ask(const std::string& name, const mde::Quota& quota,
                                   mde::MonotonicTime now) {
        Own& own = own_[name];
        if (own.unanswered.empty()) own.unanswered = name_ + std::to_string(++slots_);
        const auto reply =
            connection_->run(acquiring(), {name + ":calls", name + ":blocked"},
                             {std::to_string(quota.per_minute), std::to_string(quota.per_hour),
                              in_microseconds(options_.minute + options_.on_the_way),
                              in_microseconds(60 * options_.minute + options_.on_the_way),
                              own.unanswered, in_microseconds(block_left(own, now))});
        if (reply) {
            own_.erase(name);
            return std::chrono::microseconds(reply->value().number());
        }
        if (options_.when_away == WhenAway::wait && is_away(reply.error())) return look_again;
        return reply.error();
    }

    /// Longer than a day is as good as a day, and fits into any number.
    static mde::Duration block_left(const Own& own, mde::MonotonicTime now) noexcept {
        return std::clamp<mde::Duration>(mde::saturating_difference(own.blocked_until, now),
                                         mde::Duration::zero(), std::chrono::hours(24));
    }

    static constexpr mde::Duration look_again = std::chrono::milliseconds(250);

    /// The limits are looked at in the order of the calls; a call at exactly the window's length
    /// after another one would still share a closed window with it, so a tick is added.
    static const RedisScript& acquiring() {
        static const RedisScript script(R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local minute, hour, slot, block = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local blocked = tonumber(redis.call('GET', KEYS[2]) or 0)
if now + block > blocked and block > 0 then
    blocked = now + block
    redis.call('SET', KEYS[2], blocked, 'PX', math.ceil(block / 1000))
end
redis.call('ZREM', KEYS[1], slot)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - hour - 1)
local wait = blocked - now
local limits = {{tonumber(ARGV[1]), minute}, {tonumber(ARGV[2]), hour}}
for _, limit in ipairs(limits) do
    if limit[1] > 0 then
        local call = redis.call('ZRANGE', KEYS[1], -limit[1], -limit[1], 'WITHSCORES')[2]
        if call then wait = math.max(wait, tonumber(call) + limit[2] + 1 - now) end
    end
end
if wait > 0 then return wait end
if limits[1][1] + limits[2][1] > 0 then
    redis.call('ZADD', KEYS[1], now, slot)
    redis.call('PEXPIRE', KEYS[1], math.ceil(hour / 1000))
end
return 0
)lua");
        return script;
    }

    std::string name_of(const mde::QuotaKey& key) const {
        return redis_key(options_.prefix, {key.tenant, key.application, mde::name_of(key.call)});
    }

    RedisConnection* connection_;
    RedisQuotaOptions options_;
    std::string name_;
    std::mutex mutex_;
    std::map<std::string, Own> own_;
    std::uint64_t slots_ = 0;
};
static_assert(mde::QuotaStore<RedisQuotaStore>);

} // namespace fleet

#endif
