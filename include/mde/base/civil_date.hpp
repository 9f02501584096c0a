// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_CIVIL_DATE_HPP
#define MDE_BASE_CIVIL_DATE_HPP

/// @file
/// Days of the Gregorian calendar by their numbers. In integers, since the calendar types of the
/// standard library cost every request header more to compile than all else in it.

#include <mde/base/time.hpp>

#include <cstdint>

namespace mde::inline MDE_ABI {

/// A day, not checked.
struct CivilDate {
    /// Year 0 is the one before year 1.
    int year = 1970;
    /// From 1 to 12.
    int month = 1;
    /// From 1 to 31.
    int day = 1;

    friend constexpr bool operator==(const CivilDate&, const CivilDate&) noexcept = default;
};

/// A moment, cut into parts.
struct CivilTime {
    /// Its day.
    CivilDate date;
    /// Since 1970-01-01; the weekday is read from it.
    std::int64_t days = 0;
    /// From 0 to 23.
    int hour = 0;
    /// From 0 to 59.
    int minute = 0;
    /// From 0 to 59: there are no leap seconds.
    int second = 0;
    /// Ticks beyond the second.
    std::int64_t fraction = 0;

    /// 0 is Sunday; 1970 began with a Thursday.
    constexpr int weekday() const noexcept { return static_cast<int>((days % 7 + 11) % 7); }
};

namespace detail {

/// Rounded down, also below zero.
constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) noexcept {
    return number / by - (number % by < 0 ? 1 : 0);
}

constexpr bool is_leap_year(int year) noexcept {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_before_month(int year, int month) noexcept {
    constexpr int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && is_leap_year(year) ? 1 : 0);
}

/// From 1970-01-01 to the first of January of `year`.
constexpr std::int64_t days_before_year(int year) noexcept {
    const std::int64_t before = year - 1;
    return before * 365 + floor_divide(before, 4) - floor_divide(before, 100) +
           floor_divide(before, 400) - 719'162;
}

inline constexpr std::int64_t ticks_per_second = Ticks::period::den;
inline constexpr std::int64_t seconds_per_day = 86'400;

} // namespace detail

/// Whether there is such a day.
constexpr bool is_valid(const CivilDate& date) noexcept {
    if (date.month < 1 || date.month > 12 || date.day < 1) return false;
    const int february = detail::is_leap_year(date.year) ? 29 : 28;
    const int long_month =
        date.month == 4 || date.month == 6 || date.month == 9 || date.month == 11 ? 30 : 31;
    return date.day <= (date.month == 2 ? february : long_month);
}

/// The beginning of a day. @pre `is_valid(date)`
constexpr UtcTime utc_of(const CivilDate& date) noexcept {
    const std::int64_t days = detail::days_before_year(date.year) +
                              detail::days_before_month(date.year, date.month) + date.day - 1;
    return UtcTime(Ticks(days * detail::seconds_per_day * detail::ticks_per_second));
}

/// The parts of a moment, for every one that `UtcTime` can hold.
constexpr CivilTime civil_time(UtcTime utc) noexcept {
    const std::int64_t ticks = utc.time_since_epoch().count();
    const std::int64_t seconds = detail::floor_divide(ticks, detail::ticks_per_second);
    CivilTime time;
    time.days = detail::floor_divide(seconds, detail::seconds_per_day);
    const auto of_day = static_cast<int>(seconds - time.days * detail::seconds_per_day);
    time.hour = of_day / 3600;
    time.minute = of_day / 60 % 60;
    time.second = of_day % 60;
    // Of the first second there is, not all is on the time-line.
    const std::int64_t beyond = ticks % detail::ticks_per_second;
    time.fraction = beyond < 0 ? beyond + detail::ticks_per_second : beyond;
    // 400 years have 146,097 days: the guess is at most a year off.
    int year = static_cast<int>(detail::floor_divide(time.days * 400, 146'097)) + 1970;
    while (detail::days_before_year(year) > time.days) --year;
    while (detail::days_before_year(year + 1) <= time.days) ++year;
    const auto of_year = static_cast<int>(time.days - detail::days_before_year(year));
    int month = 12;
    while (detail::days_before_month(year, month) > of_year) --month;
    time.date = {year, month, of_year - detail::days_before_month(year, month) + 1};
    return time;
}

} // namespace mde::inline MDE_ABI

#endif
