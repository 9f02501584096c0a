// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/challenge.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using wire::claims_of_challenge;

namespace {

constexpr std::string_view claims =
    R"({"access_token":{"nbf":{"essential":true, "value":"1604106651"}}})";

std::string encoded(Base64Alphabet alphabet = Base64Alphabet::standard,
                    std::string_view text = claims) {
    return base64_encode(std::as_bytes(std::span(text)), alphabet);
}

std::string challenge(std::string_view value) {
    return R"(Bearer realm="", authorization_uri="https://login.example/common/oauth2/authorize", )"
           R"(error="insufficient_claims", claims=")" +
           std::string(value) + '"';
}

} // namespace

TEST_CASE("a claims challenge is decoded from either alphabet with or without padding") {
    CHECK(claims_of_challenge(challenge(encoded())) == claims);
    CHECK(claims_of_challenge(challenge(encoded(Base64Alphabet::url))) == claims);
}

TEST_CASE("parameters may stand in any order and values may hold commas") {
    CHECK(claims_of_challenge("Bearer claims=\"" + encoded() +
                              "\", note=\"a, claims=x\", error=\"insufficient_claims\"") == claims);
    CHECK(claims_of_challenge("PoP nonce=abc, Bearer ERROR=insufficient_claims,Claims=" +
                              encoded(Base64Alphabet::url)) == claims);
}

TEST_CASE("what is no claims challenge gives nothing") {
    CHECK_FALSE(claims_of_challenge(""));
    CHECK_FALSE(claims_of_challenge("Bearer"));
    CHECK_FALSE(claims_of_challenge("Bearer realm=\"\", error=\"invalid_token\""));
    CHECK_FALSE(claims_of_challenge("Bearer error=\"invalid_token\", claims=\"" + encoded() + '"'));
    CHECK_FALSE(claims_of_challenge("Bearer error=\"insufficient_claims\""));
    CHECK_FALSE(claims_of_challenge("Bearer error=\"insufficient_claims\", claims=\"" + encoded()));
    CHECK_FALSE(claims_of_challenge("= = ,,, \"\" \" ="));
}

TEST_CASE("claims that are no JSON object or too large are passed over") {
    CHECK_FALSE(claims_of_challenge(challenge("!!!!")));
    CHECK_FALSE(claims_of_challenge(challenge(encoded(Base64Alphabet::standard, "[1]"))));
    CHECK_FALSE(claims_of_challenge(challenge(encoded(Base64Alphabet::standard, "{\"a\":"))));
    const auto padded = [](std::size_t size) {
        return R"({"a":")" + std::string(size, 'x') + R"("})";
    };
    const std::size_t most = bounds::claims / 4 * 3 - 8;
    CHECK(claims_of_challenge(challenge(encoded(Base64Alphabet::standard, padded(most)))));
    CHECK_FALSE(
        claims_of_challenge(challenge(encoded(Base64Alphabet::standard, padded(most + 1)))));
}
