// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace mde;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime begin{1h};

} // namespace

TEST_CASE("back-off stays between its floor and a ceiling that doubles") {
    RetryPolicy policy;
    policy.tries = 100;
    flow::Retry retry(policy, no_deadline, 42);
    Duration ceiling = policy.first;
    for (int i = 0; i < 40; ++i) {
        const auto wait = retry.next(std::nullopt, begin);
        REQUIRE(wait);
        CHECK(*wait >= policy.least);
        CHECK(*wait <= ceiling);
        ceiling = (std::min)(ceiling * 2, policy.most);
    }
}

TEST_CASE("waits are spread and equal seeds give equal waits") {
    const auto first_wait = [](std::uint64_t seed) {
        return *flow::Retry(RetryPolicy{}, no_deadline, seed).next(std::nullopt, begin);
    };
    CHECK(first_wait(1) == first_wait(1));
    CHECK(first_wait(1) != first_wait(2));
}

TEST_CASE("the number of tries includes the first one") {
    RetryPolicy policy;
    for (unsigned tries : {1u, 2u, 4u}) {
        policy.tries = tries;
        flow::Retry retry(policy, no_deadline, 1);
        for (unsigned i = 1; i < tries; ++i) CHECK(retry.next(std::nullopt, begin));
        CHECK_FALSE(retry.next(std::nullopt, begin));
    }
}

TEST_CASE("Retry-After is never undercut and stretched by at most two fifths") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        flow::Retry retry(RetryPolicy{}, no_deadline, seed);
        const auto wait = retry.next(Duration(10s), begin);
        REQUIRE(wait);
        CHECK(*wait >= 10s);
        CHECK(*wait <= 14s);
    }
    flow::Retry retry(RetryPolicy{}, no_deadline, 1);
    CHECK(*retry.next(Duration::zero(), begin) >= RetryPolicy{}.least);
}

TEST_CASE("no wait is begun that the deadline would cut off") {
    flow::Retry at_once(RetryPolicy{}, begin + 5s, 1);
    CHECK_FALSE(at_once.next(Duration(60s), begin));
    flow::Retry in_time(RetryPolicy{}, begin + 100s, 1);
    CHECK(in_time.next(Duration(60s), begin));
}

TEST_CASE("a try that brought something begins the count anew within a bound") {
    RetryPolicy policy;
    policy.tries = 3;
    policy.tries_in_all = 8;
    flow::Retry retry(policy, no_deadline, 1);
    for (unsigned i = 1; i < policy.tries_in_all; ++i) {
        retry.progressed();
        CHECK(retry.next(std::nullopt, begin));
    }
    retry.progressed();
    CHECK_FALSE(retry.next(std::nullopt, begin));

    flow::Retry stuck(policy, no_deadline, 1);
    CHECK(stuck.next(std::nullopt, begin));
    stuck.progressed();
    CHECK(stuck.next(std::nullopt, begin));
    CHECK(stuck.next(std::nullopt, begin));
    CHECK_FALSE(stuck.next(std::nullopt, begin));
}
