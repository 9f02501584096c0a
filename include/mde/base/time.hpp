// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_TIME_HPP
#define MDE_BASE_TIME_HPP

/// @file
/// Points in time as the core sees them: handed in as arguments, never read from a clock.

#include <mde/base/chrono.hpp>

#include <cstdint>
#include <ratio>
#include <type_traits>

namespace mde::inline MDE_ABI {

/// 100 ns, the resolution of the service's dates; a coarser type would make a fresh action's
/// creation and update times equal.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// A calendar time in UTC, as the service and certificates speak of it.
using UtcTime = std::chrono::sys_time<Ticks>;

/// The time-line of everything that lasts: lifetimes, deadlines, waits. It is a clock type without
/// `now()` on purpose: code below `async/` cannot ask what time it is, it must be told. An adapter
/// maps a steady clock onto it, one that also counts while the machine is suspended.
struct Timeline {
    /// @{
    /// What `<chrono>` asks of a clock.
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Timeline>;
    static constexpr bool is_steady = true;
    /// @}
};

/// A moment on the `Timeline`; what its zero means is the clock's business.
using MonotonicTime = Timeline::time_point;
/// A span of time, in nanoseconds.
using Duration = Timeline::duration;

/// A deadline that never comes.
inline constexpr MonotonicTime no_deadline = (MonotonicTime::max)();

/// One moment, on both time-lines.
struct Now {
    /// For lifetimes, deadlines and waits.
    MonotonicTime monotonic{};
    /// For dates that are compared with the service's, and for receipts.
    UtcTime utc{};

    friend constexpr bool operator==(const Now&, const Now&) noexcept = default;
};

/// `time + span`, stopping at the ends of the time-line instead of wrapping round.
template <class Clock, class Span>
constexpr std::chrono::time_point<Clock, Span>
saturating_add(std::chrono::time_point<Clock, Span> time,
               std::type_identity_t<Span> span) noexcept {
    constexpr auto first = (std::chrono::time_point<Clock, Span>::min)();
    constexpr auto last = (std::chrono::time_point<Clock, Span>::max)();
    if (span > Span::zero() && time > last - span) return last;
    if (span < Span::zero() && time < first - span) return first;
    return time + span;
}

/// `time - span`, likewise.
template <class Clock, class Span>
constexpr std::chrono::time_point<Clock, Span>
saturating_subtract(std::chrono::time_point<Clock, Span> time,
                    std::type_identity_t<Span> span) noexcept {
    constexpr auto first = (std::chrono::time_point<Clock, Span>::min)();
    constexpr auto last = (std::chrono::time_point<Clock, Span>::max)();
    if (span > Span::zero() && time < first + span) return first;
    if (span < Span::zero() && time > last + span) return last;
    return time - span;
}

/// `later - earlier`, stopping at the longest and at the shortest span.
template <class Clock, class Span>
constexpr Span
saturating_difference(std::chrono::time_point<Clock, Span> later,
                      std::type_identity_t<std::chrono::time_point<Clock, Span>> earlier) noexcept {
    return saturating_subtract(later, earlier.time_since_epoch()).time_since_epoch();
}

/// `later - earlier` of the calendar as a span of the time-line, likewise: that reaches over 292
/// years only, and a date that somebody else wrote may be any.
constexpr Duration saturating_span(UtcTime later, UtcTime earlier) noexcept {
    constexpr Ticks most = std::chrono::duration_cast<Ticks>((Duration::max)());
    const Ticks span = saturating_difference(later, earlier);
    return span > most ? most : span < -most ? -most : span;
}

} // namespace mde::inline MDE_ABI

#endif
