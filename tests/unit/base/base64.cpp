// SPDX-License-Identifier: BSL-1.0
#include <mde/base/base64.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace mde;

namespace {

std::string encode(std::string_view text, Base64Alphabet alphabet = Base64Alphabet::standard) {
    return base64_encode(std::as_bytes(std::span(text.data(), text.size())), alphabet);
}

constexpr std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};

} // namespace

TEST_CASE("the vectors of RFC 4648 hold in both directions") {
    for (const auto& [plain, encoded] : vectors) {
        CHECK(encode(plain) == encoded);
        CHECK(base64_decode(encoded, Base64Alphabet::standard) == plain);
        const std::string bare(encoded.substr(0, encoded.find('=')));
        CHECK(encode(plain, Base64Alphabet::url) == bare);
        CHECK(base64_decode(bare, Base64Alphabet::url) == plain);
    }
}

TEST_CASE("the alphabets differ in their last two digits") {
    CHECK(encode("\xfb\xef\xff") == "++//");
    CHECK(encode("\xfb\xef\xff", Base64Alphabet::url) == "--__");
    CHECK_FALSE(base64_decode("--__", Base64Alphabet::standard));
    CHECK_FALSE(base64_decode("++//", Base64Alphabet::url));
}

TEST_CASE("every byte and every length come back") {
    std::string text;
    for (int i = 0; i < 260; ++i) {
        for (const auto alphabet : {Base64Alphabet::standard, Base64Alphabet::url})
            CHECK(base64_decode(encode(text, alphabet), alphabet) == text);
        text.push_back(static_cast<char>(255 - i % 256));
    }
}

TEST_CASE("a byte string has one accepted spelling") {
    // Bits beyond the last byte.
    CHECK_FALSE(base64_decode("Zh==", Base64Alphabet::standard));
    CHECK_FALSE(base64_decode("Zm9=", Base64Alphabet::standard));
    CHECK_FALSE(base64_decode("Zh", Base64Alphabet::url));
    CHECK_FALSE(base64_decode("Zm9", Base64Alphabet::url));
    // Padding that is missing, too much, in the middle or alone.
    for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "=Zg=", "Zg=g", "Zm9vZg", "=",
                             "==", "===", "====", "Zm9v====", "Zm9v="})
        CHECK_FALSE(base64_decode(text, Base64Alphabet::standard));
    for (const char* text : {"Zg==", "Zm8=", "A", "Zm9vY"})
        CHECK_FALSE(base64_decode(text, Base64Alphabet::url));
}

TEST_CASE("foreign characters are refused") {
    for (const char* text : {"Zm9 ", "Zm\n9", "Zm9v\r\n\r\n", "Zm9*", "\xc3\xa9Zg", "Zm9v Zg="})
        CHECK_FALSE(base64_decode(text, Base64Alphabet::standard));
    CHECK_FALSE(base64_decode(std::string_view("Zm9\0", 4), Base64Alphabet::standard));
}
