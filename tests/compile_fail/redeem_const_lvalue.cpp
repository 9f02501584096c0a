// EXPECT: (use of deleted function|call to deleted member function)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

bool uses(const mde::PackageUri& uri, mde::MonotonicTime now) {
#ifdef EXPECT_FAIL
    if (uri.redeem(now)) return true;
#endif
    return uri.remaining(now) != mde::Duration::zero();
}
