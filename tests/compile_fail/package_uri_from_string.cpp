// EXPECT: (no matching function for call to|no matching conversion|no matching constructor)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

mde::PackageUri uses() {
#ifdef EXPECT_FAIL
    return mde::PackageUri("https://download.example/package.zip");
#endif
    return mde::PackageUri();
}
