// EXPECT: (use of deleted function|call to deleted constructor)
// SPDX-License-Identifier: BSL-1.0

#include <mde/base/secret.hpp>

void uses(const mde::Secret& secret) {
    mde::Secret second = secret.clone();
#ifdef EXPECT_FAIL
    mde::Secret copied = secret;
#endif
}
