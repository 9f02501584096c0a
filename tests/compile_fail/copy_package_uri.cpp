// EXPECT: deleted (function|constructor)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

void uses(mde::PackageUri& uri) {
    mde::PackageUri moved(std::move(uri));
#ifdef EXPECT_FAIL
    mde::PackageUri copied(moved);
#endif
}
