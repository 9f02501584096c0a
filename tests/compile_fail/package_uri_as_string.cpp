// EXPECT: no matching (function for call to|conversion for functional-style cast|constructor)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

#include <string>

std::string uses(const mde::PackageUri& uri) {
    std::string shown(uri.host());
#ifdef EXPECT_FAIL
    shown = std::string(uri);
#endif
    return shown;
}
