// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_MEMORY_TOKEN_STORE_HPP
#define MDE_ADAPTER_MEMORY_TOKEN_STORE_HPP

/// @file
/// Tokens in memory, shared by several credentials of one process.

#include <mde/base/linkage.hpp>
#include <mde/port/token_store.hpp>

#include <map>
#include <mutex>
#include <string>
#include <tuple>

namespace mde::inline MDE_ABI {

/// Keeps tokens as long as it lives.
/// Distinct objects: safe. Shared objects: safe.
class MemoryTokenStore {
  public:
    /// A copy; empty if there is none. Never an error.
    result<StoredToken> load(const TokenKey& key);

    /// Keeps a copy. Never an error.
    error_code save(const TokenKey& key, const StoredToken& token);

    /// Wipes it. Never an error.
    error_code forget(const TokenKey& key);

  private:
    using Name = std::tuple<std::string, std::string, std::string, std::string, bool>;

    static Name name_of(const TokenKey& key);

    static StoredToken copy_of(const StoredToken& token);

    std::mutex mutex_;
    std::map<Name, StoredToken> tokens_;
};
static_assert(TokenStore<MemoryTokenStore>);

#if MDE_DEFINITIONS

MDE_DECL result<StoredToken> MemoryTokenStore::load(const TokenKey& key) {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(name_of(key));
    return found == tokens_.end() ? StoredToken() : copy_of(found->second);
}

MDE_DECL error_code MemoryTokenStore::save(const TokenKey& key, const StoredToken& token) {
    const std::lock_guard lock(mutex_);
    tokens_[name_of(key)] = copy_of(token);
    return {};
}

MDE_DECL error_code MemoryTokenStore::forget(const TokenKey& key) {
    const std::lock_guard lock(mutex_);
    tokens_.erase(name_of(key));
    return {};
}

MDE_DECL MemoryTokenStore::Name MemoryTokenStore::name_of(const TokenKey& key) {
    return {std::string(key.authority), std::string(key.tenant), std::string(key.client_id),
            std::string(key.audience), key.delegated};
}

MDE_DECL StoredToken MemoryTokenStore::copy_of(const StoredToken& token) {
    return {token.access_token.clone(), token.obtained_at, token.expires_at,
            token.refresh_token.clone()};
}

#endif

} // namespace mde::inline MDE_ABI

#endif
