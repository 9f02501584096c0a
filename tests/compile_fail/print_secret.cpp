// EXPECT: (no match for .operator<<|invalid operands to binary expression)
// SPDX-License-Identifier: BSL-1.0

#include <mde/base/secret.hpp>

#include <iostream>

void uses(const mde::Secret& secret) {
    std::cout << secret.size();
#ifdef EXPECT_FAIL
    std::cout << secret;
#endif
}
