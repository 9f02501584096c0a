// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/quota_window.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace mde;
using namespace std::chrono_literals;

TEST_CASE("a window grants its quota and then says when to ask again") {
    flow::QuotaWindow window;
    const Quota quota{.per_minute = 2, .per_hour = 120};
    const MonotonicTime now{1h};
    CHECK(window.acquire(quota, now) == Duration::zero());
    CHECK(window.acquire(quota, now + 10s) == Duration::zero());
    const Duration wait = window.acquire(quota, now + 20s);
    CHECK(wait > 41s);
    CHECK(wait < 42s);
    CHECK(window.acquire(quota, now + 20s) == wait);
    CHECK(window.acquire(quota, now + 20s + wait) == Duration::zero());
}

TEST_CASE("no sixty seconds and no hour hold more calls than the quota") {
    flow::QuotaWindow window;
    const Quota quota{.per_minute = 2, .per_hour = 100};
    std::vector<MonotonicTime> calls;
    MonotonicTime now{1h};
    while (calls.size() < 500) {
        const Duration wait = window.acquire(quota, now);
        if (wait == Duration::zero()) calls.push_back(now);
        now += wait == Duration::zero() ? Duration(3s) : wait;
    }
    // One call may have been a second on its way, the other one no time at all.
    for (std::size_t i = 2; i < calls.size(); ++i) CHECK(calls[i] - calls[i - 2] > 61s);
    for (std::size_t i = 100; i < calls.size(); ++i) CHECK(calls[i] - calls[i - 100] > 3601s);
    // And the rate is that of the hour, to the second.
    CHECK(calls[499] - calls[0] < 5 * 3600s + 60s);
}

TEST_CASE("a block from outside is kept and never shortened") {
    flow::QuotaWindow window;
    const MonotonicTime now{1h};
    window.block_until(now + 30s);
    window.block_until(now + 10s);
    CHECK(window.acquire({}, now) == 30s);
    CHECK(window.acquire({}, now + 30s) == Duration::zero());
}

TEST_CASE("a quota of zero does not limit") {
    flow::QuotaWindow window;
    for (int i = 0; i < 1000; ++i) CHECK(window.acquire({}, MonotonicTime(1h)) == Duration::zero());
}
