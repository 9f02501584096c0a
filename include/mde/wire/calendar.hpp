// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_CALENDAR_HPP
#define MDE_WIRE_CALENDAR_HPP

/// @file
/// Dates as the service (RFC 3339 with up to 7 fraction digits) and HTTP (RFC 9110) write them.

#include <mde/base/ascii.hpp>
#include <mde/base/chrono.hpp>
#include <mde/base/civil_date.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/date_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

namespace detail {

/// Reads a text from left to right; the first mismatch makes `ok()` false for good.
class Scanner {
  public:
    constexpr explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    constexpr bool ok() const noexcept { return ok_; }
    constexpr bool at_end() const noexcept { return ok_ && rest_.empty(); }
    constexpr std::string_view rest() const noexcept { return rest_; }
    constexpr void refuse() noexcept { ok_ = false; }

    constexpr bool accept(char c) noexcept {
        if (!ok_ || !rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    constexpr void expect(std::string_view text) noexcept {
        ok_ = ok_ && rest_.starts_with(text);
        if (ok_) rest_.remove_prefix(text.size());
    }
    /// Exactly `count` digits.
    constexpr int number(std::size_t count) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            ok_ = ok_ && !rest_.empty() && ascii::is_digit(rest_.front());
            if (!ok_) return 0;
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    /// One of `words`, as its index.
    template <std::size_t Count>
    constexpr std::size_t word(const std::array<std::string_view, Count>& words) noexcept {
        for (std::size_t i = 0; ok_ && i < Count; ++i) {
            if (!rest_.starts_with(words[i])) continue;
            rest_.remove_prefix(words[i].size());
            return i;
        }
        ok_ = false;
        return 0;
    }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

/// `utc` itself if its year has four digits, as all spellings of a date have room for.
constexpr std::optional<UtcTime> within_four_digits(UtcTime utc) noexcept {
    const bool fits = utc >= utc_of(CivilDate{0, 1, 1}) && utc < utc_of(CivilDate{10'000, 1, 1});
    return fits ? std::optional<UtcTime>(utc) : std::nullopt;
}

struct ScannedTime {
    CivilDate date;
    int hour = 0;
    int minute = 0;
    int second = 0;

    constexpr std::optional<UtcTime> utc() const noexcept {
        // 60 is a leap second, which counts as the next one.
        if (!is_valid(date) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
        return within_four_digits(utc_of(date) +
                                  std::chrono::seconds((hour * 60 + minute) * 60 + second));
    }
};

inline constexpr std::array<std::string_view, 7> short_days{"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 7> long_days{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
inline constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr void scan_clock(Scanner& in, ScannedTime& time) noexcept {
    time.hour = in.number(2);
    in.expect(":");
    time.minute = in.number(2);
    in.expect(":");
    time.second = in.number(2);
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
constexpr std::optional<UtcTime> parse_imf_fixdate(std::string_view text) noexcept {
    Scanner in(text);
    ScannedTime time;
    in.word(short_days);
    in.expect(", ");
    time.date.day = in.number(2);
    in.expect(" ");
    time.date.month = static_cast<int>(in.word(months)) + 1;
    in.expect(" ");
    time.date.year = in.number(4);
    in.expect(" ");
    scan_clock(in, time);
    in.expect(" GMT");
    return in.at_end() ? time.utc() : std::nullopt;
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`; two digits of a year mean 1970 to 2069.
constexpr std::optional<UtcTime> parse_rfc850_date(std::string_view text) noexcept {
    Scanner in(text);
    ScannedTime time;
    in.word(long_days);
    in.expect(", ");
    time.date.day = in.number(2);
    in.expect("-");
    time.date.month = static_cast<int>(in.word(months)) + 1;
    in.expect("-");
    time.date.year = in.number(2);
    time.date.year += time.date.year < 70 ? 2000 : 1900;
    in.expect(" ");
    scan_clock(in, time);
    in.expect(" GMT");
    return in.at_end() ? time.utc() : std::nullopt;
}

/// `Sun Nov  6 08:49:37 1994`
constexpr std::optional<UtcTime> parse_asctime_date(std::string_view text) noexcept {
    Scanner in(text);
    ScannedTime time;
    in.word(short_days);
    in.expect(" ");
    time.date.month = static_cast<int>(in.word(months)) + 1;
    in.expect(" ");
    time.date.day = in.accept(' ') ? in.number(1) : in.number(2);
    in.expect(" ");
    scan_clock(in, time);
    in.expect(" ");
    time.date.year = in.number(4);
    return in.at_end() ? time.utc() : std::nullopt;
}

/// `Z`, `+hh:mm`, `-hh:mm` or nothing, which the service's siblings mean as UTC.
constexpr std::chrono::minutes scan_offset(Scanner& in) noexcept {
    if (in.accept('Z') || in.at_end()) return std::chrono::minutes(0);
    const bool minus = in.accept('-');
    if (!minus) in.expect("+");
    const int hours = in.number(2);
    in.expect(":");
    const int minutes = in.number(2);
    if (hours > 23 || minutes > 59) in.refuse();
    const std::chrono::minutes offset(hours * 60 + minutes);
    return minus ? -offset : offset;
}

constexpr Ticks scan_fraction(Scanner& in) noexcept {
    Ticks fraction(0);
    if (!in.accept('.')) return fraction;
    std::int64_t unit = Ticks::period::den / 10;
    bool any = false;
    while (!in.rest().empty() && ascii::is_digit(in.rest().front())) {
        // A digit beyond the seventh has the unit zero: finer than a tick, dropped.
        fraction += Ticks(in.number(1) * unit);
        unit /= 10;
        any = true;
    }
    if (!any) in.number(1);
    return fraction;
}

constexpr std::optional<UtcTime> scan_date(std::string_view text) noexcept {
    Scanner in(text);
    ScannedTime time;
    time.date.year = in.number(4);
    in.expect("-");
    time.date.month = in.number(2);
    in.expect("-");
    time.date.day = in.number(2);
    if (!in.accept('T')) in.expect(" ");
    scan_clock(in, time);
    const Ticks fraction = scan_fraction(in);
    const std::chrono::minutes offset = scan_offset(in);
    const std::optional<UtcTime> utc = time.utc();
    if (!in.at_end() || !utc) return std::nullopt;
    return within_four_digits(*utc + fraction - offset);
}

} // namespace detail

/// A date of the API: `2024-01-24T01:36:28.7283693Z`. Also the forms of its siblings: a space for
/// `T`, fewer or no fraction digits, an offset, no zone.
/// @par Errors errc::malformed_date
MDE_DECL result<UtcTime> parse_date(std::string_view text) noexcept;

/// A date of HTTP, in the three forms of RFC 9110 section 5.6.7.
/// @par Errors errc::malformed_date
MDE_DECL result<UtcTime> parse_http_date(std::string_view text) noexcept;

/// `Sun, 06 Nov 1994 08:49:37 GMT`
constexpr FixedText<32> format_http_date(UtcTime utc) noexcept {
    const CivilTime time = civil_time(utc);
    FixedText<32> text;
    text.append(detail::short_days[static_cast<std::size_t>(time.weekday())]);
    text.append(", ");
    detail::append_padded(text, time.date.day, 2);
    text.append(' ');
    text.append(detail::months[static_cast<std::size_t>(time.date.month) - 1]);
    text.append(' ');
    detail::append_padded(text, time.date.year, 4);
    text.append(' ');
    detail::append_clock(text, time);
    text.append(" GMT");
    return text;
}

/// `Retry-After` as a span from `utc`: seconds, or an HTTP date. One that lies in the past means
/// now; one beyond a day is cut to a day, since nothing waits that long in one sleep.
/// @par Errors errc::malformed_date
MDE_DECL result<Duration> parse_retry_after(std::string_view text, UtcTime utc) noexcept;

#if MDE_DEFINITIONS

MDE_DECL result<UtcTime> parse_date(std::string_view text) noexcept {
    if (const auto utc = detail::scan_date(text)) return *utc;
    return make_error_code(errc::malformed_date);
}

MDE_DECL result<UtcTime> parse_http_date(std::string_view text) noexcept {
    if (const auto utc = detail::parse_imf_fixdate(text)) return *utc;
    if (const auto utc = detail::parse_rfc850_date(text)) return *utc;
    if (const auto utc = detail::parse_asctime_date(text)) return *utc;
    return make_error_code(errc::malformed_date);
}

MDE_DECL result<Duration> parse_retry_after(std::string_view text, UtcTime utc) noexcept {
    constexpr std::chrono::seconds most = std::chrono::hours(24);
    if (!text.empty() && ascii::all(text, ascii::is_digit)) {
        std::int64_t seconds = 0;
        for (const char c : text)
            if (seconds <= most.count()) seconds = seconds * 10 + (c - '0');
        return Duration((std::min)(std::chrono::seconds(seconds), most));
    }
    const result<UtcTime> date = parse_http_date(text);
    if (!date) return date.error();
    if (*date <= utc) return Duration::zero();
    return std::chrono::duration_cast<Duration>(
        (std::min)(*date - utc, std::chrono::duration_cast<Ticks>(most)));
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
