// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/stored_token_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

const UtcTime begun(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1));

std::string stored_body(std::string_view old = {}, std::string_view now = {}) {
    std::string text = R"({"schema":"mde-token-1","obtained":"2024-05-01T00:00:00Z",)"
                       R"("expires":"2024-05-01T01:00:00.5Z","accessToken":"a.b",)"
                       R"("refreshToken":"r"})";
    if (!old.empty()) text.replace(text.find(old), old.size(), now);
    return text;
}

} // namespace

TEST_CASE("a stored token is one line of JSON and comes back") {
    const StoredToken token{Secret("a.b"), begun, begun + 3600500ms, Secret("r")};
    const Secret text = encode_stored_token(token);
    CHECK(text.expose() == stored_body());
    const auto back = decode_stored_token(text.expose());
    REQUIRE(back.has_value());
    CHECK(back->access_token.expose() == "a.b");
    CHECK(back->obtained_at == begun);
    CHECK(back->expires_at == begun + 3600500ms);
    CHECK(back->refresh_token.expose() == "r");
}

TEST_CASE("either secret may be empty and a refresh token may be any text") {
    const auto bare = decode_stored_token(
        encode_stored_token({Secret(), begun, begun, Secret("a \"b\" \\c")}).expose());
    REQUIRE(bare.has_value());
    CHECK(bare->access_token.empty());
    CHECK(bare->refresh_token.expose() == "a \"b\" \\c");
    const auto empty = decode_stored_token(encode_stored_token(StoredToken()).expose());
    REQUIRE(empty.has_value());
    CHECK(empty->empty());
}

TEST_CASE("anything else is no stored token") {
    CHECK(decode_stored_token(stored_body()).has_value());
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("{}"),
          stored_body("mde-token-1", "mde-token-2"),
          stored_body("2024-05-01T00:00:00Z", "yesterday"),
          stored_body("2024-05-01T01:00:00.5Z", ""), stored_body("a.b", "a b"),
          stored_body("a.b", "a\\r\\nb"), stored_body("\"r\"", "7"),
          stored_body("\"r\"", "\"\\u0007\"")}) {
        CHECK(decode_stored_token(text).error() == errc::malformed_answer);
    }
    CHECK(decode_stored_token(stored_body("\"r\"", "\"r\",\"accessToken\":\"c\"")).error() ==
          errc::duplicate_member);
}
