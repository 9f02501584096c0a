// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_RETRY_HPP
#define MDE_FLOW_RETRY_HPP

/// @file
/// Whether to try once more, and after how long: tries, back-off with jitter, one deadline.

#include <mde/base/time.hpp>
#include <mde/model/retry_policy.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace mde::inline MDE_ABI::flow {

/// Spreads waits; not for cryptography. Equal seeds give equal sequences (SplitMix64).
class Jitter {
  public:
    /// Any value will do.
    constexpr explicit Jitter(std::uint64_t seed) noexcept : state_(seed) {}

    /// Uniform in [0, 1).
    constexpr double fraction() noexcept {
        state_ += 0x9e3779b97f4a7c15ull;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        z ^= z >> 31;
        return static_cast<double>(z >> 11) * 0x1.0p-53;
    }

  private:
    std::uint64_t state_;
};

/// The tries of one stage.
class Retry {
  public:
    /// No try has failed yet.
    constexpr Retry(const RetryPolicy& policy, MonotonicTime deadline, std::uint64_t seed) noexcept
        : policy_(policy), deadline_(deadline), jitter_(seed) {}

    /// To be called after a failed try: how long to wait before the next one. Nothing if the tries
    /// are used up, or if the deadline comes before the wait is over: then waiting is of no use,
    /// and the caller gives up at once. `asked` is the service's Retry-After.
    constexpr std::optional<Duration> next(std::optional<Duration> asked,
                                           MonotonicTime now) noexcept {
        ++failed_;
        ++failed_in_all_;
        const unsigned in_all = (std::max)(policy_.tries, policy_.tries_in_all);
        if (failed_ >= policy_.tries || failed_in_all_ >= in_all) return std::nullopt;
        const Duration wait = asked ? stretched(*asked) : backed_off();
        if (saturating_add(now, wait) >= deadline_) return std::nullopt;
        return wait;
    }

    /// To be called before `next` if the failed try brought the stage further.
    constexpr void progressed() noexcept { failed_ = 0; }

    /// Failed tries since the last one that brought the stage further.
    constexpr unsigned failed() const noexcept { return failed_; }

  private:
    constexpr Duration stretched(Duration asked) noexcept {
        const Duration more = scaled(asked, 0.4 * jitter_.fraction());
        return (std::max)(policy_.least, asked + more);
    }

    constexpr Duration backed_off() noexcept {
        Duration ceiling = policy_.first;
        for (unsigned i = 1; i < failed_ && ceiling < policy_.most; ++i) ceiling *= 2;
        ceiling = (std::min)(ceiling, policy_.most);
        if (ceiling <= policy_.least) return policy_.least;
        return policy_.least + scaled(ceiling - policy_.least, jitter_.fraction());
    }

    static constexpr Duration scaled(Duration span, double factor) noexcept {
        return Duration(static_cast<Duration::rep>(static_cast<double>(span.count()) * factor));
    }

    RetryPolicy policy_;
    MonotonicTime deadline_;
    Jitter jitter_;
    /// Since something was gained, and ever.
    unsigned failed_ = 0;
    unsigned failed_in_all_ = 0;
};

} // namespace mde::inline MDE_ABI::flow

#endif
