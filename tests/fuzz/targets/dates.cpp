// SPDX-License-Identifier: BSL-1.0
// Dates of the API and of HTTP, and spans until then.
#include <mde/wire/calendar.hpp>

#include "fuzz/target.hpp"

#include <chrono>

namespace mde_fuzz {

namespace {

using namespace mde;

bool has_four_digits(UtcTime utc) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(utc));
    return int(date.year()) >= 0 && int(date.year()) <= 9999;
}

} // namespace

void dates(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    if (const auto utc = wire::parse_date(text)) {
        require(has_four_digits(*utc), "a year has four digits");
        const auto again = wire::parse_date(wire::format_date(*utc).view());
        require(again && *again == *utc, "a date reads the same when written");
    }
    if (const auto utc = wire::parse_http_date(text)) {
        require(has_four_digits(*utc), "a year of HTTP has four digits");
        const auto again = wire::parse_http_date(wire::format_http_date(*utc).view());
        require(again && *again == *utc, "a date of HTTP reads the same when written");
    }
    for (const int year : {0, 2024, 9999}) {
        const UtcTime now(std::chrono::sys_days(std::chrono::year(year) / 5 / 1));
        const auto wait = wire::parse_retry_after(text, now);
        require(!wait || (*wait >= Duration::zero() && *wait <= std::chrono::hours(24)),
                "a wait is at most a day");
    }
}

} // namespace mde_fuzz
