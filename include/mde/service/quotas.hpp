// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_QUOTAS_HPP
#define MDE_SERVICE_QUOTAS_HPP

/// @file
/// The service's own count of calls per application, tenant and call, in windows of a minute and an
/// hour.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/quota.hpp>
#include <mde/service/api_rules.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace mde::inline MDE_ABI::service {

/// Which limit is used up, and when the next call fits.
struct QuotaRefusal {
    /// Calls in the window.
    unsigned maximum = 0;
    /// A minute or an hour.
    std::chrono::seconds window{};
    /// At least 1; after so many whole seconds a call passes, if none came in between.
    std::chrono::seconds retry_after{};
};

/// Counts calls that passed; a refused one does not count. Distinct objects: safe. Shared objects:
/// unsafe.
class Quotas {
  public:
    /// Counts one call, or says why it is one too many. `minute` is how long a minute lasts, and a
    /// sixtieth of an hour.
    std::optional<QuotaRefusal> count(const std::string& tenant, const std::string& application,
                                      Stage call, const Quota& quota, MonotonicTime now,
                                      QuotaWindows windows = QuotaWindows::sliding,
                                      Duration minute = std::chrono::minutes(1));

    /// Forgets all calls.
    void clear() noexcept { calls_.clear(); }

  private:
    struct Windows {
        QuotaWindows kind;
        Duration minute;
    };

    /// `window` is what it is called, a minute or an hour.
    static std::optional<QuotaRefusal> exceeded(const std::deque<MonotonicTime>& calls,
                                                unsigned maximum, std::chrono::seconds window,
                                                const Windows& windows, MonotonicTime now);

    static MonotonicTime end_of_window(MonotonicTime time, Duration window) noexcept;

    std::map<std::tuple<std::string, std::string, Stage>, std::deque<MonotonicTime>> calls_;
};

#if MDE_DEFINITIONS

MDE_DECL std::optional<QuotaRefusal> Quotas::count(const std::string& tenant,
                                                   const std::string& application, Stage call,
                                                   const Quota& quota, MonotonicTime now,
                                                   QuotaWindows windows, Duration minute) {
    std::deque<MonotonicTime>& calls = calls_[{tenant, application, call}];
    while (!calls.empty() && now - calls.front() >= 60 * minute) calls.pop_front();
    const Windows both{windows, minute};
    const std::array<std::optional<QuotaRefusal>, 2> refusals{
        exceeded(calls, quota.per_minute, std::chrono::minutes(1), both, now),
        exceeded(calls, quota.per_hour, std::chrono::hours(1), both, now)};
    // The one that lasts longer decides.
    std::optional<QuotaRefusal> worst;
    for (const auto& refusal : refusals)
        if (refusal && (!worst || refusal->retry_after > worst->retry_after)) worst = refusal;
    if (!worst) calls.push_back(now);
    return worst;
}

MDE_DECL std::optional<QuotaRefusal> Quotas::exceeded(const std::deque<MonotonicTime>& calls,
                                                      unsigned maximum, std::chrono::seconds window,
                                                      const Windows& windows, MonotonicTime now) {
    if (maximum == 0 || calls.size() < maximum) return std::nullopt;
    // The call that is `maximum` places from the end has to leave the window.
    const MonotonicTime oldest = calls[calls.size() - maximum];
    const Duration span = window / std::chrono::minutes(1) * windows.minute;
    const MonotonicTime frees =
        windows.kind == QuotaWindows::sliding ? oldest + span : end_of_window(oldest, span);
    if (frees <= now) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(frees - now);
    return QuotaRefusal{maximum, window, (std::max)(wait, std::chrono::seconds(1))};
}

MDE_DECL MonotonicTime Quotas::end_of_window(MonotonicTime time, Duration window) noexcept {
    return time - time.time_since_epoch() % window + window;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
