// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/token_claims.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::wire;

namespace {

std::optional<TokenClaims> claims_of(std::string_view payload) {
    return decode_token_claims(jwt_signing_input(R"({"alg":"none"})", payload) + ".c2ln");
}

} // namespace

TEST_CASE("an application's token grants its roles") {
    const auto claims =
        claims_of(R"({"aud":"https://api.example","tid":"t-1",)"
                  R"("roles":["Machine.Read.All","Alert.Read.All","Machine.CollectForensics",7]})");
    REQUIRE(claims);
    CHECK(claims->audience == "https://api.example");
    CHECK(claims->tenant == "t-1");
    CHECK(claims->subject == TokenSubject::application);
    CHECK(claims->granted ==
          AnyOf(Permission::machine_read_all, Permission::machine_collect_forensics));
}

TEST_CASE("a user's token grants its scopes and never its roles") {
    const auto claims = claims_of(R"({"scp":"Machine.Read  Machine.CollectForensics x",)"
                                  R"("roles":["Machine.ReadWrite.All"]})");
    REQUIRE(claims);
    CHECK(claims->subject == TokenSubject::user);
    CHECK(claims->granted ==
          AnyOf(Permission::machine_read, Permission::machine_collect_forensics));
}

TEST_CASE("a token with neither grants nothing") {
    const auto claims = claims_of("{}");
    REQUIRE(claims);
    CHECK(claims->granted.empty());
    CHECK(claims->subject == TokenSubject::application);
    CHECK(claims->audience.empty());
}

TEST_CASE("an opaque token says nothing") {
    for (const char* text : {"", "opaque", "a.b.c", "e30.W10.c2ln", "e30.bm90IGpzb24.c2ln"})
        CHECK_FALSE(decode_token_claims(text));
    CHECK_FALSE(claims_of(R"({"roles":"Machine.Read.All"})"));
    CHECK_FALSE(claims_of(R"({"scp":["Machine.Read"]})"));
    CHECK_FALSE(claims_of(R"({"aud":7})"));
    CHECK_FALSE(claims_of(R"({"scp":"a","scp":"b"})"));
}
