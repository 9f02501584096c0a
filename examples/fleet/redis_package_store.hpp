// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_PACKAGE_STORE_HPP
#define MDE_EXAMPLES_FLEET_REDIS_PACKAGE_STORE_HPP

/// @file
/// Small packages in Redis, where every process of a fleet finds them.

#include "fleet/redis_connection.hpp"

#include <mde/base/bounds.hpp>
#include <mde/port/package_store.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

struct RedisPackageOptions {
    std::string prefix = "mde:package";
    /// A package larger than this is refused: the server holds all of them in memory.
    std::uint64_t most = 64 * mde::bounds::mib;
    /// A writer that has not been heard of for so long is dead: what it wrote goes, and another one
    /// may begin. Longer than a download pauses.
    mde::Duration patience = std::chrono::seconds(60);
};

/// What a `RedisPackageStore` holds for one key.
struct RedisPackage {
    std::string bytes;
    mde::Receipt receipt;
};

/// A key has one writer at a time, over all processes; package and receipt appear in one step, and
/// nothing is ever replaced. What is not finished goes by itself.
///
/// Meets `PackageStore`. The connection outlives store and writers. Distinct objects: safe, in
/// other processes too. Shared objects: safe.
class RedisPackageStore {
  public:
    explicit RedisPackageStore(RedisConnection& connection, RedisPackageOptions options = {})
        : connection_(&connection), options_(std::move(options)) {}

    /// Meets `PackageWriter`. Errors are those of `RedisConnection`, and errc::store_busy if it was
    /// taken for dead in the meantime.
    class Writer {
      public:
        Writer(Writer&& other) noexcept
            : store_(std::exchange(other.store_, nullptr)),
              keys_(std::move(other.keys_)),
              name_(std::move(other.name_)) {}
        Writer& operator=(Writer&& other) noexcept {
            abort();
            store_ = std::exchange(other.store_, nullptr);
            keys_ = std::move(other.keys_);
            name_ = std::move(other.name_);
            return *this;
        }
        ~Writer() { abort(); }

        /// @par Errors also errc::store_no_space
        mde::error_code begin(const mde::PackagePart& part) {
            static const RedisScript script(with_lock("redis.call('DEL', part)\n"));
            if (part.total.value_or(0) > store_->options_.most) return mde::errc::store_no_space;
            return run(script, {});
        }

        /// @par Errors also errc::store_no_space; errc::store_failed if `offset` leaves a gap
        mde::error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            static const RedisScript script(with_lock(R"lua(
if tonumber(ARGV[3]) > redis.call('STRLEN', part) then return -1 end
redis.call('SETRANGE', part, ARGV[3], ARGV[4])
redis.call('PEXPIRE', part, ARGV[2])
)lua"));
            const std::uint64_t most = store_->options_.most;
            if (offset > most || bytes.size() > most - offset) return mde::errc::store_no_space;
            if (bytes.empty()) return {};
            const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return run(script, {std::to_string(offset), std::string(text)});
        }

        /// @par Errors also errc::store_has_package
        mde::error_code commit(const mde::Receipt& receipt) {
            static const RedisScript script(R"lua(
local part, package, lock = KEYS[1], KEYS[2], KEYS[3]
if redis.call('HGET', package, 'writer') == ARGV[1] then return 1 end
if redis.call('GET', lock) ~= ARGV[1] then return 0 end
if redis.call('EXISTS', package) == 1 then return -2 end
redis.call('HSET', package, 'writer', ARGV[1], 'receipt', ARGV[3],
           'bytes', redis.call('GET', part) or '')
redis.call('DEL', part, lock)
return 1
)lua");
            return run(script, {mde::wire::encode_receipt(receipt)});
        }

        void abort() noexcept {
            if (store_ == nullptr) return;
            static const RedisScript script(with_lock("redis.call('DEL', part, lock)\n"));
            // If this does not get through, the server drops it after a while.
            static_cast<void>(run(script, {}));
            store_ = nullptr;
        }

      private:
        friend class RedisPackageStore;
        Writer(RedisPackageStore& store, std::vector<std::string> keys, std::string name)
            : store_(&store), keys_(std::move(keys)), name_(std::move(name)) {}

        /// Goes on only for the one whose lock it is, who is alive with this.
        static std::string with_lock(std::string_view rest) {
            return std::string(R"lua(
local part, package, lock = KEYS[1], KEYS[2], KEYS[3]
if redis.call('GET', lock) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', lock, ARGV[2])
)lua")
                .append(rest)
                .append("return 1\n");
        }

        mde::error_code run(const RedisScript& script, std::vector<std::string> words) {
            words.insert(words.begin(), {name_, in_milliseconds(store_->options_.patience)});
            const auto reply = store_->connection_->run(script, keys_, words);
            if (!reply) return reply.error();
            switch (reply->value().number()) {
            case 1: return {};
            case 0: return mde::errc::store_busy;
            case -2: return mde::errc::store_has_package;
            default: return mde::errc::store_failed;
            }
        }

        RedisPackageStore* store_;
        std::vector<std::string> keys_;
        /// Whose lock it is.
        std::string name_;
    };

    /// @par Errors errc::store_has_package, errc::store_busy, those of `RedisConnection`
    mde::result<Writer> open(const mde::PackageKey& key) {
        static const RedisScript script(R"lua(
if redis.call('EXISTS', KEYS[2]) == 1 then return -2 end
if redis.call('GET', KEYS[3]) == ARGV[1] then return 1 end
if not redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
return 1
)lua");
        // Only after the server has said yes is there something that a destructor gives back.
        Writer writer(*this, keys_of(key), random_name());
        const mde::error_code ec = writer.run(script, {});
        if (!ec) return writer;
        writer.store_ = nullptr;
        return ec;
    }

    /// What is stored; nothing if it is not there, or not yet.
    /// @par Errors errc::malformed_answer, those of `RedisConnection`
    mde::result<std::optional<RedisPackage>> find(const mde::PackageKey& key) {
        const std::string name = keys_of(key)[1];
        const auto reply = connection_->command({"HMGET", name, "receipt", "bytes"});
        if (!reply) return reply.error();
        if (reply->value().size() != 2 || reply->value()[0].is_nothing())
            return std::optional<RedisPackage>();
        auto receipt = mde::wire::decode_receipt(reply->value()[0].text());
        if (!receipt) return receipt.error();
        return std::optional(
            RedisPackage{std::string(reply->value()[1].text()), std::move(*receipt)});
    }

  private:
    /// The braces keep the keys of a package on one node of a cluster.
    std::vector<std::string> keys_of(const mde::PackageKey& key) const {
        const std::string name = '{' + redis_key(options_.prefix, {key.name().view()}) + '}';
        return {name + ":part", name, name + ":lock"};
    }

    RedisConnection* connection_;
    RedisPackageOptions options_;
};
static_assert(mde::PackageStore<RedisPackageStore>);

} // namespace fleet

#endif
