// EXPECT: (is private within this context|calling a private constructor)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

mde::PackageUri uses(mde::Secret text) {
#ifdef EXPECT_FAIL
    return mde::PackageUri(mde::PackageUriKey(), std::move(text), {}, {}, {});
#endif
    text.clear();
    return mde::PackageUri();
}
