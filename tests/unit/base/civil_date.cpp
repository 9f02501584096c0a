// SPDX-License-Identifier: BSL-1.0
#include <mde/base/civil_date.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>

using namespace mde;
using namespace std::chrono_literals;

namespace {

CivilDate date_of(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

} // namespace

TEST_CASE("every day of eleven centuries has the number that the standard calendar gives it") {
    using namespace std::chrono;
    unsigned wrong = 0;
    for (sys_days day = 1500y / 1 / 1; day < 2600y / 1 / 1; day += days(1)) {
        const CivilTime time = civil_time(UtcTime(day));
        const bool is_right = time.date == date_of(day) && utc_of(time.date) == UtcTime(day) &&
                              time.days == day.time_since_epoch().count() &&
                              time.weekday() == static_cast<int>(weekday(day).c_encoding());
        if (!is_right) ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a day is there or not as in the standard calendar") {
    using namespace std::chrono;
    unsigned wrong = 0;
    for (const int year : {0, 1, 4, 100, 1900, 2000, 2023, 2024, 9999})
        for (int month = -1; month < 15; ++month)
            for (int day = -1; day < 34; ++day) {
                const bool documented =
                    month >= 0 && day >= 0 &&
                    year_month_day(std::chrono::year(year), std::chrono::month(unsigned(month)),
                                   std::chrono::day(unsigned(day)))
                        .ok();
                if (is_valid({year, month, day}) != documented) ++wrong;
            }
    CHECK(wrong == 0);
}

TEST_CASE("the time of day is counted from the beginning of the day also before 1970") {
    const CivilTime before = civil_time(UtcTime(Ticks(-1)));
    CHECK(before.date == CivilDate{1969, 12, 31});
    CHECK(before.hour == 23);
    CHECK(before.minute == 59);
    CHECK(before.second == 59);
    CHECK(before.fraction == 9'999'999);
    const CivilTime after = civil_time(UtcTime(25h + 2min + 3s) + Ticks(4));
    CHECK(after.date == CivilDate{1970, 1, 2});
    CHECK(after.hour == 1);
    CHECK(after.minute == 2);
    CHECK(after.second == 3);
    CHECK(after.fraction == 4);
}

TEST_CASE("the ends of the time-line have a date") {
    for (const UtcTime end : {(UtcTime::min)(), (UtcTime::max)()}) {
        const CivilTime time = civil_time(end);
        const auto day = std::chrono::floor<std::chrono::days>(end);
        CHECK(time.date == date_of(day));
        CHECK(time.weekday() == static_cast<int>(std::chrono::weekday(day).c_encoding()));
    }
}
