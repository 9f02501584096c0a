// SPDX-License-Identifier: BSL-1.0
#include <mde/base/sha256_digest.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;

TEST_CASE("a digest comes back from its hexadecimal spelling") {
    Sha256Digest digest;
    for (std::size_t i = 0; i < 32; ++i) digest.bytes[i] = static_cast<std::byte>(i * 8 + 7);
    const std::string text(digest.hex().view());
    CHECK(text == "070f171f272f373f474f575f676f777f878f979fa7afb7bfc7cfd7dfe7eff7ff");
    CHECK(Sha256Digest::from_hex(text) == digest);
    CHECK(Sha256Digest{}.hex() == std::string(64, '0'));
}

TEST_CASE("upper case is read and lower case is written") {
    const std::string upper(64, 'F');
    const auto digest = Sha256Digest::from_hex(upper);
    REQUIRE(digest);
    CHECK(digest->hex() == std::string(64, 'f'));
}

TEST_CASE("anything but 64 hexadecimal digits is refused") {
    CHECK_FALSE(Sha256Digest::from_hex(""));
    CHECK_FALSE(Sha256Digest::from_hex(std::string(63, '0')));
    CHECK_FALSE(Sha256Digest::from_hex(std::string(65, '0')));
    CHECK_FALSE(Sha256Digest::from_hex(std::string(63, '0') + "g"));
    CHECK_FALSE(Sha256Digest::from_hex(" " + std::string(63, '0')));
    CHECK_FALSE(Sha256Digest::from_hex("0x" + std::string(62, '0')));
}

TEST_CASE("one bit makes another digest") {
    Sha256Digest a;
    Sha256Digest b;
    CHECK(a == b);
    b.bytes[31] = std::byte{1};
    CHECK(a != b);
}
