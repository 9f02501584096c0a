// EXPECT: hasher_has_finish_that_returns_result_of_Sha256Digest
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/hasher.hpp>

struct Whole {
    void update(std::span<const std::byte>) {}
    mde::result<mde::Sha256Digest> finish() { return mde::Sha256Digest(); }
};
static_assert(mde::Hasher<Whole>);

struct Partial {
    void update(std::span<const std::byte>) {}
    mde::Sha256Digest digest() { return mde::Sha256Digest(); }
};
#ifdef EXPECT_FAIL
static_assert(mde::Hasher<Partial>);
#endif
