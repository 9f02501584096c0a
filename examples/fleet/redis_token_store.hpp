// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_REDIS_TOKEN_STORE_HPP
#define MDE_EXAMPLES_FLEET_REDIS_TOKEN_STORE_HPP

/// @file
/// Tokens that all processes of a fleet share: one sign-in serves them all.

#include "fleet/redis_connection.hpp"
#include "fleet/seal.hpp"

#include <mde/port/token_store.hpp>
#include <mde/wire/stored_token_codec.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace fleet {

/// The server, its file and whoever listens to it see sealed text only: see `Seal`. What is stored
/// goes by the server's clock when the token's life ends; a refresh token, whose end nobody knows,
/// after 90 days.
///
/// Meets `TokenStore`. The connection outlives it. Distinct objects: safe, in other processes too.
/// Shared objects: safe.
class RedisTokenStore {
  public:
    RedisTokenStore(RedisConnection& connection, Seal seal, std::string prefix = "mde:token")
        : connection_(&connection), seal_(std::move(seal)), prefix_(std::move(prefix)) {}

    /// @par Errors those of `RedisConnection`
    mde::result<mde::StoredToken> load(const mde::TokenKey& key) {
        const std::string name = name_of(key);
        const auto reply = connection_->command({"GET", name});
        if (!reply) return reply.error();
        const auto text = seal_.open(name, reply->value().text());
        if (!text) return mde::StoredToken();
        auto token = mde::wire::decode_stored_token(text->expose());
        return token ? std::move(*token) : mde::StoredToken();
    }

    /// @par Errors those of `RedisConnection`
    mde::error_code save(const mde::TokenKey& key, const mde::StoredToken& token) {
        constexpr mde::Ticks refresh_life = std::chrono::hours(24 * 90);
        const mde::Ticks life =
            token.refresh_token.empty() ? token.expires_at - token.obtained_at : refresh_life;
        const auto most = std::clamp(life, mde::Ticks::zero(), refresh_life);
        const std::string expiry =
            std::to_string(std::chrono::ceil<std::chrono::milliseconds>(most).count());
        // A life of nothing cannot be said to the server.
        if (expiry == "0") return forget(key);
        const std::string name = name_of(key);
        const std::string text = seal_.close(name, mde::wire::encode_stored_token(token));
        return error_in(connection_->command({"SET", name, text, "PX", expiry}));
    }

    /// @par Errors those of `RedisConnection`
    mde::error_code forget(const mde::TokenKey& key) {
        return error_in(connection_->command({"DEL", name_of(key)}));
    }

  private:
    static mde::error_code error_in(const mde::result<RedisReply>& reply) noexcept {
        return reply ? mde::error_code() : reply.error();
    }

    std::string name_of(const mde::TokenKey& key) const {
        return redis_key(prefix_, {key.authority, key.tenant, key.client_id, key.audience,
                                   key.delegated ? "delegated" : "application"});
    }

    RedisConnection* connection_;
    Seal seal_;
    std::string prefix_;
};
static_assert(mde::TokenStore<RedisTokenStore>);

} // namespace fleet

#endif
