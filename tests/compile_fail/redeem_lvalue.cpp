// EXPECT: (use of deleted function|call to deleted member function)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

bool uses(mde::PackageUri& uri, mde::MonotonicTime now) {
#ifdef EXPECT_FAIL
    if (uri.redeem(now)) return true;
#endif
    return std::move(uri).redeem(now).has_value();
}
