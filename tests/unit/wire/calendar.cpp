// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/calendar.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

UtcTime at(int year, unsigned month, unsigned day, Ticks of_day = Ticks(0)) {
    using namespace std::chrono;
    return UtcTime(sys_days(std::chrono::year(year) / static_cast<int>(month) /
                            static_cast<int>(day))) +
           of_day;
}

const UtcTime recorded = at(2024, 1, 24, 1h + 36min + 28s) + Ticks(7283693);

} // namespace

static_assert(format_date(UtcTime(Ticks(0))) == "1970-01-01T00:00:00Z");
static_assert(format_http_date(UtcTime(Ticks(0))) == "Thu, 01 Jan 1970 00:00:00 GMT");

TEST_CASE("the dates of recorded answers are read to the tick") {
    CHECK(*parse_date("2024-01-24T01:36:28.7283693Z") == recorded);
    CHECK(*parse_date("2024-01-24T01:36:28.7283702Z") == recorded + Ticks(9));
    CHECK(*parse_date("2024-05-01T10:00:00.1234567Z") == at(2024, 5, 1, 10h) + Ticks(1234567));
}

TEST_CASE("trailing zeros of the fraction may be dropped down to no fraction at all") {
    const UtcTime second = at(2020, 3, 2, 8h + 30min + 41s);
    CHECK(*parse_date("2020-03-02T08:30:41.6103090Z") == second + Ticks(6103090));
    CHECK(*parse_date("2020-03-02T08:30:41.610309Z") == second + Ticks(6103090));
    CHECK(*parse_date("2020-03-02T08:30:41.93163Z") == second + Ticks(9316300));
    CHECK(*parse_date("2020-03-02T08:30:41.9316Z") == second + Ticks(9316000));
    CHECK(*parse_date("2020-03-02T08:30:41.931Z") == second + Ticks(9310000));
    CHECK(*parse_date("2020-03-02T08:30:41.93Z") == second + Ticks(9300000));
    CHECK(*parse_date("2020-03-02T08:30:41.9Z") == second + Ticks(9000000));
    CHECK(*parse_date("2020-03-02T08:30:41Z") == second);
    CHECK(*parse_date("2020-03-02T08:30:41.0Z") == second);
    // Finer than a tick: dropped and not rounded.
    CHECK(*parse_date("2020-03-02T08:30:41.12345678Z") == second + Ticks(1234567));
    CHECK(*parse_date("2020-03-02T08:30:41.99999999999999999999999Z") == second + Ticks(9999999));
}

TEST_CASE("the forms of the sibling calls are read as UTC") {
    CHECK(*parse_date("2020-12-30 14:17:26") == at(2020, 12, 30, 14h + 17min + 26s));
    CHECK(*parse_date("2021-01-11 09:47:58.854") == at(2021, 1, 11, 9h + 47min + 58s + 854ms));
    CHECK(*parse_date("2021-01-11T09:47:58") == at(2021, 1, 11, 9h + 47min + 58s));
    CHECK(*parse_date("2024-01-24T01:36:28.7283693+00:00") == recorded);
    CHECK(*parse_date("0001-01-01T00:00:00Z") == at(1, 1, 1));
}

TEST_CASE("a date that could not be written again is refused") {
    CHECK(*parse_date("9999-12-31T23:59:59.9999999Z") == at(9999, 12, 31, 24h) - Ticks(1));
    CHECK(*parse_date("0000-01-01T00:00:00Z") == at(0, 1, 1));
    // Its year is 10000 or -1: by its offset, or by its leap second.
    CHECK_FALSE(parse_date("9999-12-31T23:59:59-00:01"));
    CHECK_FALSE(parse_date("0000-01-01T00:00:00+00:01"));
    CHECK_FALSE(parse_date("9999-12-31T23:59:60Z"));
    CHECK_FALSE(parse_http_date("Fri, 31 Dec 9999 23:59:60 GMT"));
    CHECK(*parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT") == at(9999, 12, 31, 24h) - 1s);
}

TEST_CASE("an offset is taken off") {
    CHECK(*parse_date("2024-01-24T03:06:28.7283693+01:30") == recorded);
    CHECK(*parse_date("2024-01-23T20:36:28.7283693-05:00") == recorded);
    CHECK(*parse_date("2024-01-01T00:00:00+14:00") == at(2023, 12, 31, 10h));
    CHECK(*parse_date("2024-01-01T00:00:00-00:00") == at(2024, 1, 1));
}

TEST_CASE("leap days and leap seconds are known") {
    CHECK(*parse_date("2024-02-29T00:00:00Z") == at(2024, 2, 29));
    CHECK(*parse_date("2000-02-29T00:00:00Z") == at(2000, 2, 29));
    CHECK(*parse_date("2016-12-31T23:59:60Z") == at(2017, 1, 1));
    CHECK(parse_date("2023-02-29T00:00:00Z").error() == errc::malformed_date);
    CHECK(parse_date("1900-02-29T00:00:00Z").error() == errc::malformed_date);
}

TEST_CASE("what is no date is refused") {
    for (const std::string_view text : {
             "",
             "Z",
             "2024",
             "2024-01-24",
             "2024-01-24T",
             "2024-01-24T01:36",
             "2024-01-24T01:36Z",
             "2024-01-24T01:36:28.Z",
             "2024-01-24T01:36:28.",
             "2024-01-24T01:36:28,5Z",
             "2024-01-24T01:36:28ZZ",
             "2024-01-24T01:36:28Z ",
             " 2024-01-24T01:36:28Z",
             "2024-01-24T01:36:28z",
             "2024-01-24t01:36:28Z",
             "2024-01-24  01:36:28Z",
             "2024-01-24T1:36:28Z",
             "24-01-24T01:36:28Z",
             "02024-01-24T01:36:28Z",
             "-024-01-24T01:36:28Z",
             "+024-01-24T01:36:28Z",
             "2024-00-24T01:36:28Z",
             "2024-13-24T01:36:28Z",
             "2024-01-00T01:36:28Z",
             "2024-01-32T01:36:28Z",
             "2024-04-31T01:36:28Z",
             "2024-01-24T24:00:00Z",
             "2024-01-24T01:60:28Z",
             "2024-01-24T01:36:61Z",
             "2024-01-24T01:36:28+",
             "2024-01-24T01:36:28+01",
             "2024-01-24T01:36:28+0100",
             "2024-01-24T01:36:28+1:00",
             "2024-01-24T01:36:28+01:0",
             "2024-01-24T01:36:28 +01:00",
             "2024-01-24T01:36:28+24:00",
             "2024-01-24T01:36:28+99:99",
             "2024-01-24T01:36:28-00:60",
             "2024-01-24T01:36:28UTC",
             "2024/01/24T01:36:28Z",
             "20240124T013628Z",
             "Sun, 06 Nov 1994 08:49:37 GMT",
             "1717171717",
             "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa4-01-24T01:36:28Z",
         }) {
        CAPTURE(std::string(text));
        CHECK(parse_date(text).error() == errc::malformed_date);
    }
    CHECK(parse_date(std::string_view("2024-01-24T01:36:28Z\0", 21)).error() ==
          errc::malformed_date);
}

TEST_CASE("dates are written as the service writes them") {
    CHECK(format_date(recorded) == "2024-01-24T01:36:28.7283693Z");
    const UtcTime second = at(2020, 3, 2, 8h + 30min + 41s);
    CHECK(format_date(second) == "2020-03-02T08:30:41Z");
    CHECK(format_date(second + Ticks(6103090)) == "2020-03-02T08:30:41.610309Z");
    CHECK(format_date(second + Ticks(9000000)) == "2020-03-02T08:30:41.9Z");
    CHECK(format_date(second + Ticks(1)) == "2020-03-02T08:30:41.0000001Z");
    CHECK(format_date(at(1, 1, 1)) == "0001-01-01T00:00:00Z");
    CHECK(format_date(at(9999, 12, 31, 23h + 59min + 59s) + Ticks(9999999)) ==
          "9999-12-31T23:59:59.9999999Z");
}

TEST_CASE("what was written is read back to the tick") {
    std::int64_t seed = 88172645463325252;
    for (int i = 0; i < 20000; ++i) {
        seed ^= static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) << 13);
        seed ^= static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) >> 7);
        seed ^= static_cast<std::int64_t>(static_cast<std::uint64_t>(seed) << 17);
        const UtcTime utc(Ticks(seed % 2'000'000'000'000'000'00));
        REQUIRE(*parse_date(format_date(utc)) == utc);
        const UtcTime whole = std::chrono::floor<std::chrono::seconds>(utc);
        REQUIRE(*parse_http_date(format_http_date(whole)) == whole);
    }
}

TEST_CASE("the three forms of HTTP are read") {
    const UtcTime example = at(1994, 11, 6, 8h + 49min + 37s);
    CHECK(*parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == example);
    CHECK(*parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == example);
    CHECK(*parse_http_date("Sun Nov  6 08:49:37 1994") == example);
    CHECK(*parse_http_date("Sun Nov 06 08:49:37 1994") == example);
    CHECK(*parse_http_date("Wed Nov 16 08:49:37 1994") == at(1994, 11, 16, 8h + 49min + 37s));
    CHECK(format_http_date(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(format_http_date(at(2024, 2, 29)) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST_CASE("two digits of a year mean 1970 to 2069") {
    CHECK(*parse_http_date("Thursday, 01-Jan-70 00:00:00 GMT") == at(1970, 1, 1));
    CHECK(*parse_http_date("Friday, 31-Dec-99 00:00:00 GMT") == at(1999, 12, 31));
    CHECK(*parse_http_date("Saturday, 01-Jan-00 00:00:00 GMT") == at(2000, 1, 1));
    CHECK(*parse_http_date("Tuesday, 31-Dec-69 00:00:00 GMT") == at(2069, 12, 31));
}

TEST_CASE("what is no date of HTTP is refused") {
    for (const std::string_view text : {
             "",
             "now",
             "0",
             "120",
             "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994 08:49:37 UTC",
             "Sun, 06 Nov 1994 08:49:37 +0000",
             "Sun, 06 Nov 1994 08:49:37 GMT ",
             " Sun, 06 Nov 1994 08:49:37 GMT",
             "sun, 06 Nov 1994 08:49:37 GMT",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "Sun, 06 nov 1994 08:49:37 GMT",
             "Sun, 06 Foo 1994 08:49:37 GMT",
             "Sun, 31 Feb 1994 08:49:37 GMT",
             "Sun, 06 Nov 94 08:49:37 GMT",
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sunday, 06-Nov-1994 08:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT",
             "Sun Nov 6 08:49:37 1994",
             "Sun Nov  6 08:49:37 94",
             "1994-11-06T08:49:37Z",
         }) {
        CAPTURE(std::string(text));
        CHECK(parse_http_date(text).error() == errc::malformed_date);
    }
}

TEST_CASE("Retry-After in seconds is read up to a day") {
    const UtcTime now = at(2024, 5, 1, 12h);
    CHECK(*parse_retry_after("0", now) == 0s);
    CHECK(*parse_retry_after("1", now) == 1s);
    CHECK(*parse_retry_after("120", now) == 120s);
    CHECK(*parse_retry_after("0000000000000000000000120", now) == 120s);
    CHECK(*parse_retry_after("86399", now) == 86399s);
    CHECK(*parse_retry_after("86400", now) == 24h);
    CHECK(*parse_retry_after("86401", now) == 24h);
    CHECK(*parse_retry_after("4294967296", now) == 24h);
    CHECK(*parse_retry_after("9223372036854775808", now) == 24h);
    CHECK(*parse_retry_after(std::string(400, '9'), now) == 24h);
}

TEST_CASE("Retry-After as a date is read from now on") {
    const UtcTime now = at(2024, 5, 1, 12h);
    CHECK(*parse_retry_after("Wed, 01 May 2024 12:01:30 GMT", now) == 90s);
    CHECK(*parse_retry_after("Wed, 01 May 2024 12:01:30 GMT", now + Ticks(1)) == 90s - 100ns);
    CHECK(*parse_retry_after("Wed, 01 May 2024 12:00:00 GMT", now) == 0s);
    CHECK(*parse_retry_after("Wed, 01 May 2024 11:59:59 GMT", now) == 0s);
    CHECK(*parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", now) == 0s);
    CHECK(*parse_retry_after("Thu, 02 May 2024 12:00:00 GMT", now) == 24h);
    CHECK(*parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now) == 24h);
    CHECK(*parse_retry_after("Wednesday, 01-May-24 12:00:10 GMT", now) == 10s);
    CHECK(*parse_retry_after("Wed May  1 12:00:10 2024", now) == 10s);
}

TEST_CASE("what is neither seconds nor a date is no Retry-After") {
    for (const char* text : {"", " ", "-1", "+1", "1.5", " 1", "1 ", "1s", "soon", "1e3", "0x10",
                             "2024-05-01T12:00:00Z"}) {
        CAPTURE(text);
        CHECK(parse_retry_after(text, at(2024, 5, 1)).error() == errc::malformed_date);
    }
}
