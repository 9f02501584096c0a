// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_TOKEN_STORE_HPP
#define MDE_PORT_TOKEN_STORE_HPP

/// @file
/// The port through which tokens outlive a process, or are shared by several.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/model/stored_token.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

namespace mde::inline MDE_ABI {

/// Whom a token is for. A store holds one token for each key: those who share a store sign in the
/// same way.
struct TokenKey {
    /// Host of the sign-in service.
    std::string_view authority;
    /// As the settings name it.
    std::string_view tenant;
    /// Of the application.
    std::string_view client_id;
    /// The resource that the token is for.
    std::string_view audience;
    /// True where somebody signs in with a device code: such a token is not the application's own.
    bool delegated = false;
};

namespace needed {

template <class T>
concept token_store_has_load_of_key = requires(T& store, const TokenKey& key) {
    { store.load(key) } -> std::same_as<result<StoredToken>>;
};

template <class T>
concept token_store_has_save_of_key_and_token = requires(T& store, const TokenKey& key,
                                                         const StoredToken& token) {
    { store.save(key, token) } -> std::same_as<error_code>;
};

template <class T>
concept token_store_has_forget_of_key = requires(T& store, const TokenKey& key) {
    { store.forget(key) } -> std::same_as<error_code>;
};

} // namespace needed

/// Keeps the tokens of sign-ins for other processes.
///
/// | expression | semantics |
/// | --- | --- |
/// | `store.load(key)` | `result<StoredToken>`; empty if there is none, or none that is whole |
/// | `store.save(key, token)` | `error_code`; replaces what is there, as one step |
/// | `store.forget(key)` | `error_code`; afterwards there is none |
///
/// What is stored is as good as a password while it lasts: a store keeps it from others. Called
/// rarely (about once a token's life), from whichever thread drives a sign-in, without a lock held.
/// A failure never fails a sign-in.
template <class T>
concept TokenStore = needed::token_store_has_load_of_key<T> &&
    needed::token_store_has_save_of_key_and_token<T> && needed::token_store_has_forget_of_key<T>;

namespace exemplar {

/// The smallest token store: it keeps nothing.
struct NoTokenStore {
    /// Always empty.
    result<StoredToken> load(const TokenKey&) { return StoredToken(); }
    /// Does nothing, well.
    error_code save(const TokenKey&, const StoredToken&) { return {}; }
    /// Does nothing, well.
    error_code forget(const TokenKey&) { return {}; }
};
static_assert(TokenStore<NoTokenStore>);

} // namespace exemplar

/// Any token store behind one type; it refers to the store, which outlives it. Default-constructed
/// it keeps nothing. Distinct objects: safe. Shared objects: as safe as the store.
class TokenStoreRef {
  public:
    TokenStoreRef() noexcept = default;

    /// Copies of a reference refer to the same store, not to each other.
    template <TokenStore Store, std::enable_if_t<!std::is_same_v<Store, TokenStoreRef>, int> = 0>
    TokenStoreRef(Store& store) noexcept : store_(&store), calls_(&calls_of<Store>) {}

    /// The store's answer; an empty token without a store.
    result<StoredToken> load(const TokenKey& key);
    /// The store's answer; success without a store.
    error_code save(const TokenKey& key, const StoredToken& token);
    /// Likewise.
    error_code forget(const TokenKey& key);

  private:
    struct Calls {
        result<StoredToken> (*load)(void*, const TokenKey&);
        error_code (*save)(void*, const TokenKey&, const StoredToken&);
        error_code (*forget)(void*, const TokenKey&);
    };

    template <class Store>
    static constexpr Calls calls_of{
        [](void* store, const TokenKey& key) { return static_cast<Store*>(store)->load(key); },
        [](void* store, const TokenKey& key, const StoredToken& token) {
            return static_cast<Store*>(store)->save(key, token);
        },
        [](void* store, const TokenKey& key) { return static_cast<Store*>(store)->forget(key); }};

    void* store_ = nullptr;
    const Calls* calls_ = nullptr;
};

#if MDE_DEFINITIONS

MDE_DECL result<StoredToken> TokenStoreRef::load(const TokenKey& key) {
    if (store_ == nullptr) return StoredToken();
    return calls_->load(store_, key);
}

MDE_DECL error_code TokenStoreRef::save(const TokenKey& key, const StoredToken& token) {
    return store_ == nullptr ? error_code() : calls_->save(store_, key, token);
}

MDE_DECL error_code TokenStoreRef::forget(const TokenKey& key) {
    return store_ == nullptr ? error_code() : calls_->forget(store_, key);
}

#endif

} // namespace mde::inline MDE_ABI

#endif
