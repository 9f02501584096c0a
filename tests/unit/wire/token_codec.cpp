// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

const MonotonicTime requested_at{1000s};

result<AccessToken> decode(std::string_view body) {
    Answer answer;
    answer.body = body;
    answer.sent.monotonic = requested_at;
    return Codec<AccessToken>::decode(answer);
}

std::string token_answer(std::string_view token, std::string_view life = "3599",
                         std::string_view type = "\"Bearer\"") {
    return R"({"token_type":)" + std::string(type) + R"(,"expires_in":)" + std::string(life) +
           R"(,"ext_expires_in":3599,"access_token":)" + std::string(token) + "}";
}

} // namespace

TEST_CASE("a token lives from the moment of asking") {
    const auto token = decode(token_answer("\"eyJ0.eyJh.x-_~\""));
    REQUIRE(token);
    CHECK(token->secret().expose() == "eyJ0.eyJh.x-_~");
    CHECK(token->expires_at() == requested_at + 3599s);
}

TEST_CASE("managed identities spell numbers as strings and write more members") {
    const auto token = decode(
        R"({"access_token":"a","client_id":"c","expires_in":"86399","expires_on":"1700000000",)"
        R"("ext_expires_in":"86399","not_before":"1","resource":"r","token_type":"Bearer"})");
    REQUIRE(token);
    CHECK(token->expires_at() == requested_at + 86399s);
}

TEST_CASE("the type is bearer in any case and nothing else") {
    CHECK(decode(token_answer("\"a\"", "1", "\"bearer\"")));
    CHECK(decode(token_answer("\"a\"", "1", "\"BEARER\"")));
    for (const char* type : {"\"pop\"", "\"\"", "null", "7", "\"Bearer \""})
        CHECK(decode(token_answer("\"a\"", "1", type)).error() == errc::malformed_answer);
    CHECK(decode(R"({"access_token":"a","expires_in":1})").error() == errc::malformed_answer);
}

TEST_CASE("a life is a positive whole number and is believed up to two days") {
    CHECK(decode(token_answer("\"a\"", "1"))->expires_at() == requested_at + 1s);
    CHECK(decode(token_answer("\"a\"", "172800"))->expires_at() == requested_at + 48h);
    CHECK(decode(token_answer("\"a\"", "172801"))->expires_at() == requested_at + 48h);
    CHECK(decode(token_answer("\"a\"", "9223372036854775807"))->expires_at() == requested_at + 48h);
    for (const char* life : {"0", "-1", "\"0\"", "\"-1\"", "1.5", "1e3", "1e999", "null", "{}",
                             "true", "\"\"", "\"soon\"", "9223372036854775808"}) {
        CAPTURE(life);
        CHECK(decode(token_answer("\"a\"", life)).error() == errc::malformed_answer);
    }
    CHECK(decode(R"({"access_token":"a","token_type":"Bearer"})").error() ==
          errc::malformed_answer);
}

TEST_CASE("a token has the characters that a header can carry") {
    CHECK(decode(token_answer("\"az-AZ.09_~+/==\"")));
    for (const char* token :
         {"\"\"", "\"=\"", "\"a=b\"", "\"a b\"", "\"a\\r\\nX: y\"", "\"a\\u0000\"", "\"a,b\"",
          "\"\\u00e9\"", "\"a\\\"b\"", "\" a\"", "null", "7", "{}", "[\"a\"]"}) {
        CAPTURE(token);
        CHECK(decode(token_answer(token)).error() == errc::malformed_answer);
    }
    CHECK(is_token68("a="));
    CHECK(is_token68("a=="));
    CHECK_FALSE(is_token68("=a"));
    CHECK_FALSE(is_token68(""));
}

TEST_CASE("a token has at most 16 KiB") {
    CHECK(decode(token_answer("\"" + std::string(16383, 'a') + "\"")));
    CHECK(decode(token_answer("\"" + std::string(16384, 'a') + "\"")));
    CHECK(decode(token_answer("\"" + std::string(16385, 'a') + "\"")).error() ==
          errc::malformed_answer);
}

TEST_CASE("members named twice and texts that are no objects are refused") {
    CHECK(decode(R"({"access_token":"a","access_token":"b","token_type":"Bearer","expires_in":1})")
              .error() == errc::duplicate_member);
    CHECK(decode("[]").error() == errc::malformed_answer);
    CHECK(decode("").error() == errc::malformed_answer);
    CHECK(decode(R"({"error":"invalid_client"})").error() == errc::malformed_answer);
    CHECK(decode(std::string(1024 * 1024 + 1, ' ')).error() == errc::answer_too_large);
}

TEST_CASE("what the service side writes is read back") {
    const auto token = decode(Codec<AccessToken>::encode("abc.def", 3599s));
    REQUIRE(token);
    CHECK(token->secret().expose() == "abc.def");
    CHECK(token->expires_at() == requested_at + 3599s);
}

TEST_CASE("a refresh token comes beside the access token") {
    const auto tokens_of = [](const std::string& refresh) {
        const std::string text = R"({"token_type":"Bearer","expires_in":1,"access_token":"a",)"
                                 R"("refresh_token":)" +
                                 refresh + "}";
        Answer answer;
        answer.body = text;
        return Codec<TokenSet>::decode(answer);
    };
    const auto tokens = tokens_of("\"0.A b~!\"");
    REQUIRE(tokens.has_value());
    CHECK(tokens->access.secret().expose() == "a");
    CHECK(tokens->refresh.expose() == "0.A b~!");
    // As managed identities write it.
    CHECK(tokens_of("\"\"")->refresh.empty());
    CHECK(tokens_of("null")->refresh.empty());
    CHECK(tokens_of("\"" + std::string(16384, 'a') + "\"").has_value());
    for (const std::string& odd :
         {std::string("7"), std::string("\"a\\u0000\""), "\"" + std::string(16385, 'a') + "\""})
        CHECK(tokens_of(odd).error() == errc::malformed_answer);
}

TEST_CASE("a refusal keeps the words of the endpoint") {
    const TokenError error = decode_token_error(
        R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid.",)"
        R"("error_codes":[7000215],"timestamp":"2024-05-01 10:00:00Z","trace_id":"t",)"
        R"("correlation_id":"c"})");
    CHECK(error == TokenError{"invalid_client", "AADSTS7000215: Invalid.", "t", 7000215});
    CHECK(decode_token_error(encode_token_error(error)) == error);
    for (const char* text :
         {"", "[]", "{}", "<html>", R"({"error":{"code":"x"}})", R"({"error":"a","error":"b"})"})
        CHECK(decode_token_error(text) == TokenError{});
}
