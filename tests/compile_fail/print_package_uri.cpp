// EXPECT: (no match for .operator<<|invalid operands to binary expression)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

#include <iostream>

void uses(const mde::PackageUri& uri) {
    std::cout << uri.host();
#ifdef EXPECT_FAIL
    std::cout << uri;
#endif
}
