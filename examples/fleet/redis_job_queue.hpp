// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_JOB_QUEUE_HPP
#define MDE_EXAMPLES_FLEET_REDIS_JOB_QUEUE_HPP

/// @file
/// The jobs of a fleet in Redis: each step is one script, times are those of the server's clock.

#include "fleet/job_queue.hpp"
#include "fleet/redis_connection.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

/// | key | what it holds |
/// | --- | --- |
/// | `:open` | sorted set: each job that is not over, by the time from which it may be taken: a |
/// | | leased one when its lease ends, so that nobody has to look for leases that have run out; |
/// | | one that nobody has had yet by its number, which is smaller than any time |
/// | `:state`, `:phase`, `:fence`, `:worker` | hashes by job: `Job`, `Lease`, who has it |
/// | `:over` | hash: each job that is over, with the fence that ended it |
/// | `:receipt` | hash: the receipts of those |
/// | `:count` | hash: jobs by tenant and phase, jobs in all, takeovers |
///
/// Meets `JobQueue`. The connection outlives it. Distinct objects: safe, in other processes too.
/// Shared objects: safe.
class RedisJobQueue {
  public:
    /// Queues with different names know nothing of each other.
    explicit RedisJobQueue(RedisConnection& connection, const std::string& name = "fleet")
        : connection_(&connection) {
        // The braces keep all keys of a queue on one node of a cluster.
        for (const char* part :
             {"open", "state", "phase", "fence", "worker", "over", "receipt", "count"})
            keys_.push_back("{mde:jobs:" + name + "}:" + part);
    }

    /// @par Errors here and below those of `RedisConnection`
    mde::result<Added> add(const Job& job) {
        static const RedisScript script(std::string(beginning) + R"lua(
local id, phase = ARGV[1], ARGV[2]
if redis.call('HSETNX', state, id, ARGV[3]) == 0 then return 0 end
redis.call('ZADD', open, redis.call('HINCRBY', count, 'added', 1), id)
redis.call('HSET', phases, id, phase)
redis.call('HINCRBY', count, tenant_of(id) .. '/' .. phase, 1)
return 1
)lua");
        const auto reply = run(script, {job.id, word_of(job.phase), job.state});
        if (!reply) return reply.error();
        return reply->value().number() == 1 ? Added::now : Added::before;
    }

    /// If the answer got lost, nobody works at the job until its lease has run out.
    mde::result<std::optional<LeasedJob>> lease(std::string_view worker, mde::Duration span) {
        static const RedisScript script(std::string(beginning) + R"lua(
local id = redis.call('ZRANGEBYSCORE', open, first_time, now, 'LIMIT', 0, 1)[1]
    or redis.call('ZRANGEBYSCORE', open, '-inf', '(' .. first_time, 'LIMIT', 0, 1)[1]
if not id then return {} end
redis.call('ZADD', open, now + ARGV[2], id)
if redis.call('HSET', worker, id, ARGV[1]) == 0 then redis.call('HINCRBY', count, 'takeovers', 1) end
return {id, redis.call('HINCRBY', fence, id, 1), redis.call('HGET', state, id)}
)lua");
        const auto reply = run(script, {std::string(worker), in_microseconds(span)}, Repeat::never);
        if (!reply) return reply.error();
        const RedisValue found = reply->value();
        if (found.size() != 3) return std::optional<LeasedJob>();
        return std::optional(
            LeasedJob{{std::string(found[0].text()), static_cast<std::uint64_t>(found[1].number())},
                      std::string(found[2].text())});
    }

    mde::error_code renew(const Lease& lease, mde::Duration span) {
        static const RedisScript script(with_lease(R"lua(
redis.call('ZADD', open, now + ARGV[3], id)
)lua"));
        return change(script, lease, {in_microseconds(span)});
    }

    mde::error_code save(const Lease& lease, mde::JobPhase phase, std::string_view state) {
        static const RedisScript script(with_lease("enter(id, ARGV[3], ARGV[4])\n"));
        return change(script, lease, {word_of(phase), std::string(state)});
    }

    mde::error_code put_back(const Lease& lease, mde::Duration after) {
        static const RedisScript script(with_lease(R"lua(
redis.call('ZADD', open, now + ARGV[3], id)
redis.call('HDEL', worker, id)
)lua"));
        return change(script, lease, {in_microseconds(after)});
    }

    mde::error_code finish(const Lease& lease, mde::JobPhase phase, const EndedJob& ended) {
        static const RedisScript script(
            std::string(beginning)
                .append("if redis.call('HGET', over, ARGV[1]) == ARGV[2] then return 1 end\n")
                .append(leased)
                .append(R"lua(
enter(id, ARGV[3], ARGV[4])
redis.call('ZREM', open, id)
redis.call('HDEL', worker, id)
redis.call('HSET', over, id, ARGV[2])
redis.call('HSET', receipt, id, ARGV[5])
return 1
)lua"));
        return change(script, lease, {word_of(phase), ended.state, ended.receipt});
    }

    mde::result<JobCounts> counts() {
        static const RedisScript script(std::string(beginning) + R"lua(
return {redis.call('ZCARD', open), redis.call('HLEN', worker), redis.call('HGETALL', count)}
)lua");
        const auto reply = run(script, {});
        if (!reply) return reply.error();
        const RedisValue found = reply->value();
        if (found.size() != 3) return mde::make_error_code(mde::errc::store_failed);
        JobCounts counts;
        counts.open = static_cast<std::size_t>(found[0].number());
        counts.leased = static_cast<std::size_t>(found[1].number());
        for (std::size_t i = 0; i + 1 < found[2].size(); i += 2)
            enter_count(counts, found[2][i].text(), number_of(found[2][i + 1].text()));
        return counts;
    }

    /// Asked for in pieces, so that nobody else waits for long.
    mde::result<std::vector<EndedJob>> ended() {
        std::vector<EndedJob> ended;
        std::string cursor = "0";
        do {
            const auto page = connection_->command({"HSCAN", keys_[5], cursor, "COUNT", "500"});
            if (!page) return page.error();
            const RedisValue names = page->value()[1];
            cursor = page->value()[0].text();
            for (std::size_t i = 0; i + 1 < names.size(); i += 2)
                if (const mde::error_code ec = read_ended(names[i].text(), ended)) return ec;
        } while (cursor != "0");
        return ended;
    }

  private:
    /// Names for the keys; what the scripts have in common.
    static constexpr std::string_view beginning = R"lua(
local open, state, phases, fence = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local worker, over, receipt, count = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local first_time = '1000000000000000'
local function tenant_of(id) return string.match(id, '^[^/]*') end
local function enter(id, phase, text)
    local before = redis.call('HGET', phases, id)
    redis.call('HSET', state, id, text)
    redis.call('HSET', phases, id, phase)
    redis.call('HINCRBY', count, tenant_of(id) .. '/' .. before, -1)
    redis.call('HINCRBY', count, tenant_of(id) .. '/' .. phase, 1)
end
)lua";
    /// Goes on only with the newest lease, as long as it is not over.
    static constexpr std::string_view leased = R"lua(
local id = ARGV[1]
if redis.call('HGET', fence, id) ~= ARGV[2] then return 0 end
if redis.call('HEXISTS', worker, id) == 0 then return 0 end
)lua";

    static std::string with_lease(std::string_view rest) {
        return std::string(beginning).append(leased).append(rest).append("return 1\n");
    }

    mde::result<RedisReply> run(const RedisScript& script, const std::vector<std::string>& words,
                                Repeat repeat = Repeat::safe) {
        return connection_->run(script, keys_, words, repeat);
    }

    mde::error_code change(const RedisScript& script, const Lease& lease,
                           std::vector<std::string> words) {
        words.insert(words.begin(), {lease.id, std::to_string(lease.fence)});
        const auto reply = run(script, words);
        if (!reply) return reply.error();
        return reply->value().number() == 1 ? mde::error_code()
                                            : make_error_code(mde::errc::store_busy);
    }

    mde::error_code read_ended(std::string_view id, std::vector<EndedJob>& into) {
        const auto state = connection_->command({"HGET", keys_[1], id});
        if (!state) return state.error();
        const auto receipt = connection_->command({"HGET", keys_[6], id});
        if (!receipt) return receipt.error();
        into.push_back({std::string(state->value().text()), std::string(receipt->value().text())});
        return {};
    }

    static void enter_count(JobCounts& counts, std::string_view name, std::size_t number) {
        if (name == "takeovers") counts.takeovers = number;
        const std::size_t slash = name.rfind('/');
        if (slash == std::string_view::npos) return;
        const auto& phases = mde::job_phase_names;
        const auto phase = std::find(phases.begin(), phases.end(), name.substr(slash + 1));
        if (phase == phases.end()) return;
        counts.tenants[std::string(name.substr(0, slash))]
                      [static_cast<std::size_t>(phase - phases.begin())] = number;
    }

    static std::string word_of(mde::JobPhase phase) { return std::string(name_of(phase)); }
    static std::size_t number_of(std::string_view text) noexcept {
        std::size_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }

    RedisConnection* connection_;
    std::vector<std::string> keys_;
};
static_assert(JobQueue<RedisJobQueue>);

} // namespace fleet

#endif
