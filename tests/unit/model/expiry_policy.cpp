// SPDX-License-Identifier: BSL-1.0
#include <mde/model/expiry_policy.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace mde;
using namespace std::chrono_literals;

namespace {

const MonotonicTime sent{1000s};
const UtcTime noon{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + 12h};

LinkTimes times() {
    LinkTimes value;
    value.requested = Now{sent, noon};
    return value;
}

} // namespace

TEST_CASE("without a declared end the life is assumed from the moment of asking") {
    ExpiryPolicy policy;
    CHECK(policy.expires_at(times()) == sent + 60s);
    CHECK(policy.starts_at(times()) == sent);
    policy.assumed_life = 5s;
    CHECK(policy.expires_at(times()) == sent + 5s);
    policy.assumed_life = Duration::max();
    CHECK(policy.expires_at(times()) == MonotonicTime::max());
}

TEST_CASE("the earlier of the declared and the assumed end wins") {
    const ExpiryPolicy policy;
    LinkTimes link = times();
    link.declared_expiry = noon + 30s;
    CHECK(policy.expires_at(link) == sent + 30s);
    link.declared_expiry = noon + 60s;
    CHECK(policy.expires_at(link) == sent + 60s);
    link.declared_expiry = noon + 1h;
    CHECK(policy.expires_at(link) == sent + 60s);
}

TEST_CASE("declared times are read with the clock of the server") {
    ExpiryPolicy policy;
    policy.assumed_life = 24h;
    LinkTimes link = times();
    link.declared_expiry = noon + 1h;
    // Our clock is ten minutes behind: the link has fifty minutes, less the second that a date of
    // whole seconds may hide.
    link.server_date = noon + 10min;
    CHECK(policy.expires_at(link) == sent + 50min - 1s);
    // Ten minutes ahead.
    link.server_date = noon - 10min;
    CHECK(policy.expires_at(link) == sent + 70min - 1s);
}

TEST_CASE("a link that is declared dead was dead when it was asked for") {
    const ExpiryPolicy policy;
    LinkTimes link = times();
    link.declared_expiry = noon - 1h;
    CHECK(policy.expires_at(link) == sent - 1h);
}

TEST_CASE("a declared start in the future counts and one in the past does not") {
    const ExpiryPolicy policy;
    LinkTimes link = times();
    link.declared_start = noon - 15min;
    CHECK(policy.starts_at(link) == sent);
    link.declared_start = noon + 20s;
    CHECK(policy.starts_at(link) == sent + 21s);
    link.server_date = noon;
    CHECK(policy.starts_at(link) == sent + 20s);
}

TEST_CASE("absurd dates end at the ends of the time-line and do not wrap") {
    ExpiryPolicy policy;
    policy.assumed_life = Duration::max();
    LinkTimes link = times();
    link.declared_expiry = UtcTime(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));
    CHECK(policy.expires_at(link) == MonotonicTime::max());
    link.declared_expiry = UtcTime(std::chrono::sys_days(std::chrono::year(1) / 1 / 1));
    CHECK(policy.expires_at(link) < sent - 24h * 365 * 200);
    link.declared_start = UtcTime(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));
    CHECK(policy.starts_at(link) > sent + 24h * 365 * 200);
}

TEST_CASE("the ends of our own time-line do not wrap either") {
    ExpiryPolicy policy;
    policy.assumed_life = Duration::max();
    for (const UtcTime ours : {UtcTime::min(), UtcTime::max()}) {
        for (const MonotonicTime asked : {MonotonicTime::min(), MonotonicTime::max()}) {
            LinkTimes link;
            link.requested = Now{asked, ours};
            link.declared_start = noon;
            link.declared_expiry = noon;
            const bool dead = ours > noon;
            CHECK((policy.expires_at(link) < asked) == (dead && asked > MonotonicTime::min()));
            CHECK(policy.starts_at(link) >= asked);
            link.server_date = ours;
            CHECK((policy.expires_at(link) < asked) == (dead && asked > MonotonicTime::min()));
        }
    }
}

TEST_CASE("the word of a link whose call documents its end counts alone") {
    const ExpiryPolicy policy;
    LinkTimes link = times();
    link.life = LinkLife::declared;
    link.declared_expiry = noon + 1h;
    CHECK(policy.expires_at(link) == sent + 1h);
    link.declared_expiry = noon + 30s;
    CHECK(policy.expires_at(link) == sent + 30s);
    link.declared_expiry.reset();
    CHECK(policy.expires_at(link) == sent + 60s);
}

TEST_CASE("a tick counts") {
    const ExpiryPolicy policy;
    LinkTimes link = times();
    link.declared_expiry = noon + 30s + Ticks(1);
    CHECK(policy.expires_at(link) == sent + 30s + 100ns);
}
