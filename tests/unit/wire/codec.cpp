// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/codec.hpp>

#include <mde/base/result.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

struct Plain {
    int length;
};

} // namespace

/// What a consumer writes beside a response of his own.
template <>
struct mde::wire::Codec<Plain> {
    static result<Plain> decode(const Answer& answer) {
        return Plain{static_cast<int>(answer.body.size())};
    }
};

TEST_CASE("a consumer's own response brings its own codec") {
    wire::Answer answer;
    answer.body = "abc";
    CHECK(wire::Codec<Plain>::decode(answer)->length == 3);
    CHECK(answer.head == nullptr);
}
