// EXPECT: (use of deleted function|call to (implicitly-)?deleted)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/access_token.hpp>

void uses(const mde::AccessToken& token) {
    mde::AccessToken second = token.clone();
#ifdef EXPECT_FAIL
    mde::AccessToken copied = token;
#endif
}
