// EXPECT: quota_store_has_throttled_of_key_wait_and_now
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/quota_store.hpp>

struct Whole {
    mde::result<mde::Duration> acquire(const mde::QuotaKey&, const mde::Quota&, const mde::Now&) {
        return mde::Duration::zero();
    }
    void throttled(const mde::QuotaKey&, mde::Duration, const mde::Now&) {}
};
static_assert(mde::QuotaStore<Whole>);

struct Partial {
    mde::result<mde::Duration> acquire(const mde::QuotaKey&, const mde::Quota&, const mde::Now&) {
        return mde::Duration::zero();
    }
};
#ifdef EXPECT_FAIL
static_assert(mde::QuotaStore<Partial>);
#endif
