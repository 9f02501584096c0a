// EXPECT: (no match for .operator==|invalid operands to binary expression)
// SPDX-License-Identifier: BSL-1.0

#include <mde/base/secret.hpp>

bool uses(const mde::Secret& a, const mde::Secret& b) {
#ifdef EXPECT_FAIL
    if (a == b) return true;
#endif
    return a.size() == b.size();
}
