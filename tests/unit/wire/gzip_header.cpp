// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/gzip_header.hpp>

#include <doctest/doctest.h>

#include <array>

namespace {

template <class... Bytes>
bool begins_gzip(Bytes... bytes) {
    const std::array<std::byte, sizeof...(bytes)> head{static_cast<std::byte>(bytes)...};
    return mde::wire::begins_like_gzip(head);
}

} // namespace

TEST_CASE("a gzip file begins with its magic bytes and the one method") {
    CHECK(begins_gzip(0x1f, 0x8b, 0x08));
    CHECK(begins_gzip(0x1f, 0x8b, 0x08, 0xff));
    CHECK_FALSE(begins_gzip(0x1f, 0x8b, 0x07));
    CHECK_FALSE(begins_gzip(0x1f, 0x8a, 0x08));
    CHECK_FALSE(begins_gzip('P', 'K', 3, 4));
    CHECK_FALSE(begins_gzip('{'));
}

TEST_CASE("a beginning is judged as far as it goes") {
    CHECK(begins_gzip());
    CHECK(begins_gzip(0x1f));
    CHECK(begins_gzip(0x1f, 0x8b));
    CHECK_FALSE(begins_gzip(0x8b));
    CHECK_FALSE(begins_gzip(0x1f, 0x1f));
}
