// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_QUOTA_STORE_HPP
#define MDE_PORT_QUOTA_STORE_HPP

/// @file
/// The port through which calls are kept within the service's quotas.

#include <mde/base/result.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/quota.hpp>

#include <concepts>
#include <string_view>

namespace mde::inline MDE_ABI {

/// What a quota is counted for: the service counts per application and tenant.
struct QuotaKey {
    /// As the settings name it.
    std::string_view tenant;
    /// The client id.
    std::string_view application;
    /// All calls of one stage share a count.
    Stage call = Stage::none;
};

namespace needed {

template <class T>
concept quota_store_has_acquire_of_key_quota_and_now = requires(T& store, const QuotaKey& key,
                                                                const Quota& quota,
                                                                const Now& now) {
    { store.acquire(key, quota, now) } -> std::same_as<result<Duration>>;
};

template <class T>
concept quota_store_has_throttled_of_key_wait_and_now = requires(T& store, const QuotaKey& key,
                                                                 Duration wait, const Now& now) {
    store.throttled(key, wait, now);
};

} // namespace needed

/// Counts calls, so that the service's quotas are kept before it says 429.
///
/// | expression | semantics |
/// | --- | --- |
/// | `store.acquire(key, quota, now)` | `result<Duration>`: zero, or when to ask again |
/// | `store.throttled(key, wait, now)` | the service said 429: grant nothing for `wait` |
///
/// Zero means that one call was counted; anything else, that nothing was. Asked right before a
/// request leaves, so that waiting elsewhere spends nothing. An error means that the store cannot
/// tell; the call is not made then.
template <class T>
concept QuotaStore = needed::quota_store_has_acquire_of_key_quota_and_now<T> &&
    needed::quota_store_has_throttled_of_key_wait_and_now<T>;

namespace exemplar {

/// The smallest quota store: it never says no, and leaves it to the service's 429.
struct NoQuota {
    /// Always zero.
    result<Duration> acquire(const QuotaKey&, const Quota&, const Now&) { return Duration::zero(); }
    /// Does nothing.
    void throttled(const QuotaKey&, Duration, const Now&) noexcept {}
};
static_assert(QuotaStore<NoQuota>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
