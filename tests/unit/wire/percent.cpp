// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/percent.hpp>

#include <mde/base/fixed_text.hpp>
#include <mde/base/secret.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;

TEST_CASE("every byte outside the unreserved set is encoded in upper case") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        std::string out;
        append_percent_encoded(out, std::string_view(&c, 1));
        if (ascii::is_unreserved(c)) {
            CHECK(out == std::string(1, c));
        } else {
            CHECK(out.size() == 3);
            CHECK(out[0] == '%');
            CHECK(ascii::hex_value(out[1]) * 16 + ascii::hex_value(out[2]) == i);
            CHECK(out.find_first_of("abcdef") == std::string::npos);
        }
        CHECK(percent_decoded(out, PlusSign::is_plus) == std::string(1, c));
        CHECK(percent_decoded(out, PlusSign::is_space) == std::string(1, c));
    }
}

TEST_CASE("every kind of text can be appended to") {
    FixedText<8> fixed("x");
    append_percent_encoded(fixed, " /");
    CHECK(fixed == "x%20%2F");
    Secret secret("x");
    append_percent_encoded(secret, "=");
    CHECK(secret.expose() == "x%3D");
}

TEST_CASE("escapes are read in both cases and a plus as asked for") {
    CHECK(percent_decoded("%2f%2F%41", PlusSign::is_plus) == "//A");
    CHECK(percent_decoded("a+b", PlusSign::is_plus) == "a+b");
    CHECK(percent_decoded("a+b%2b", PlusSign::is_space) == "a b+");
    CHECK(percent_decoded("%00", PlusSign::is_plus) == std::string(1, '\0'));
    // Once and not twice.
    CHECK(percent_decoded("%2541", PlusSign::is_plus) == "%41");
    CHECK(percent_decoded("", PlusSign::is_plus) == "");
}

TEST_CASE("broken escapes are refused") {
    for (const char* text : {"%", "a%", "%4", "a%4", "%g1", "%1g", "%%41", "% 1", "%+1"})
        CHECK_FALSE(percent_decoded(text, PlusSign::is_plus));
}
