// SPDX-License-Identifier: BSL-1.0
#include <mde/port/hasher.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

struct WithoutFinish {
    void update(std::span<const std::byte>) {}
};
struct WithPlainDigest {
    void update(std::span<const std::byte>) {}
    Sha256Digest finish() { return {}; }
};
static_assert(Hasher<exemplar::NoHasher> && !Hasher<WithoutFinish> && !Hasher<WithPlainDigest>);

} // namespace

TEST_CASE("the smallest hasher does not pretend to hash") {
    exemplar::NoHasher hasher;
    hasher.update({});
    CHECK(hasher.finish().has_error());
}
