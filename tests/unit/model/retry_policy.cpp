// SPDX-License-Identifier: BSL-1.0
#include <mde/model/retry_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace mde;
using namespace std::chrono_literals;

TEST_CASE("the defaults are those that the documentation promises") {
    const RetryPolicy retry;
    CHECK(retry.tries == 4);
    CHECK(retry.least == 300ms);
    CHECK(retry.first == 800ms);
    CHECK(retry.most == 60s);
    CHECK(retry.least <= retry.first);
    CHECK(retry.first <= retry.most);
    const PollPolicy poll;
    // One look in 2.4 s is all that the service allows in the long run.
    CHECK(poll.first >= 2400ms);
    CHECK(poll.first <= poll.most);
    CHECK(poll.unknown_grace == 120s);
}
