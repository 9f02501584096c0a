// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_DATE_TEXT_HPP
#define MDE_WIRE_DATE_TEXT_HPP

/// @file
/// A date as the service writes it; how dates are read is in calendar.hpp.

#include <mde/base/civil_date.hpp>
#include <mde/base/fixed_text.hpp>

#include <cstddef>

namespace mde::inline MDE_ABI::wire {

namespace detail {

template <std::size_t Capacity>
constexpr void append_padded(FixedText<Capacity>& text, long long number, int digits) noexcept {
    long long unit = 1;
    for (int i = 1; i < digits; ++i) unit *= 10;
    for (; unit != 0; unit /= 10) text.append(static_cast<char>('0' + number / unit % 10));
}

/// `08:49:37`
template <std::size_t Capacity>
constexpr void append_clock(FixedText<Capacity>& text, const CivilTime& time) noexcept {
    append_padded(text, time.hour, 2);
    text.append(':');
    append_padded(text, time.minute, 2);
    text.append(':');
    append_padded(text, time.second, 2);
}

} // namespace detail

/// The service's own spelling: seven fraction digits less trailing zeros, `Z`.
constexpr FixedText<40> format_date(UtcTime utc) noexcept {
    const CivilTime time = civil_time(utc);
    FixedText<40> text;
    detail::append_padded(text, time.date.year, 4);
    text.append('-');
    detail::append_padded(text, time.date.month, 2);
    text.append('-');
    detail::append_padded(text, time.date.day, 2);
    text.append('T');
    detail::append_clock(text, time);
    if (time.fraction != 0) {
        long long fraction = time.fraction;
        int digits = 7;
        for (; fraction % 10 == 0; fraction /= 10) --digits;
        text.append('.');
        detail::append_padded(text, fraction, digits);
    }
    text.append('Z');
    return text;
}

} // namespace mde::inline MDE_ABI::wire

#endif
