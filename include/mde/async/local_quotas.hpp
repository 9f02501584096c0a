// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_LOCAL_QUOTAS_HPP
#define MDE_ASYNC_LOCAL_QUOTAS_HPP

/// @file
/// The quota store of one process: counts what this process does.

#include <mde/base/linkage.hpp>
#include <mde/flow/quota_window.hpp>
#include <mde/port/quota_store.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

namespace mde::inline MDE_ABI {

/// Share one between all clients of a process; several processes that use one application need a
/// shared store of their own. Movable while nothing uses it. Distinct objects: safe. Shared
/// objects: safe.
class LocalQuotas {
  public:
    LocalQuotas() : counts_(std::make_unique<Counts>()) {}

    /// Zero, and one call counted; or the time until the next slot, and none. Never an error.
    result<Duration> acquire(const QuotaKey& key, const Quota& quota, const Now& now);

    /// Grants nothing for `wait`.
    void throttled(const QuotaKey& key, Duration wait, const Now& now);

  private:
    flow::QuotaWindow& window(const QuotaKey& key);

    struct Counts {
        std::mutex mutex;
        std::map<std::tuple<std::string, std::string, Stage>, flow::QuotaWindow> windows;
    };

    std::unique_ptr<Counts> counts_;
};
static_assert(QuotaStore<LocalQuotas>);

#if MDE_DEFINITIONS

MDE_DECL result<Duration> LocalQuotas::acquire(const QuotaKey& key, const Quota& quota,
                                               const Now& now) {
    const std::lock_guard lock(counts_->mutex);
    return window(key).acquire(quota, now.monotonic);
}

MDE_DECL void LocalQuotas::throttled(const QuotaKey& key, Duration wait, const Now& now) {
    const std::lock_guard lock(counts_->mutex);
    window(key).block_until(saturating_add(now.monotonic, wait));
}

MDE_DECL flow::QuotaWindow& LocalQuotas::window(const QuotaKey& key) {
    return counts_->windows[{std::string(key.tenant), std::string(key.application), key.call}];
}

#endif

} // namespace mde::inline MDE_ABI

#endif
