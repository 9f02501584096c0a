// EXPECT: (use of deleted function|call to (implicitly-)?deleted)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

void uses(mde::LiveLink& link) {
    mde::LiveLink moved = std::move(link);
#ifdef EXPECT_FAIL
    mde::LiveLink copied = moved;
#endif
}
