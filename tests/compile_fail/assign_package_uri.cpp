// EXPECT: deleted (function|.*operator)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

void uses(mde::PackageUri& from, mde::PackageUri& to) {
    to = std::move(from);
#ifdef EXPECT_FAIL
    from = to;
#endif
}
