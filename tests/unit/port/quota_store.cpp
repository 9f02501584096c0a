// SPDX-License-Identifier: BSL-1.0
#include <mde/port/quota_store.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

struct WithoutWait {
    Duration acquire(const QuotaKey&, const Quota&, const Now&) { return {}; }
    void throttled(const QuotaKey&, Duration, const Now&) {}
};
struct WithoutAcquire {
    void throttled(const QuotaKey&, Duration, const Now&) {}
};
static_assert(QuotaStore<exemplar::NoQuota>);
static_assert(!QuotaStore<WithoutWait> && !QuotaStore<WithoutAcquire>);

} // namespace

TEST_CASE("the smallest quota store never says no") {
    exemplar::NoQuota store;
    const QuotaKey key{"t", "a", Stage::get_link};
    store.throttled(key, Duration::max(), Now{});
    for (int i = 0; i < 5; ++i)
        CHECK(*store.acquire(key, Quota{2, 120}, Now{}) == Duration::zero());
}
