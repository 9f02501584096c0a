// EXPECT: ignoring return.* value|ignoring returned value|nodiscard
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

mde::PackageUri make();

void uses() {
    const mde::PackageUri kept = make();
#ifdef EXPECT_FAIL
    make();
#endif
}
