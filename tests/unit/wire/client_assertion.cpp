// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/client_assertion.hpp>

#include <mde/model/identifier.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::wire;

namespace {

ClientAssertion one() {
    ClientAssertion assertion;
    assertion.thumbprint = "dGh1bWI";
    assertion.audience = "https://login.example/t/oauth2/v2.0/token";
    assertion.client_id = "app\"1";
    assertion.id = "11111111-2222-4333-8444-555555555555";
    assertion.issued = UtcTime(std::chrono::seconds(1714521600)) + Ticks(9999999);
    return assertion;
}

} // namespace

TEST_CASE("the header names algorithm and certificate") {
    ClientAssertion assertion = one();
    CHECK(assertion_header(assertion) == R"({"alg":"PS256","typ":"JWT","x5t#S256":"dGh1bWI"})");
    assertion.algorithm = SigningAlgorithm::rs256;
    CHECK(assertion_header(assertion) == R"({"alg":"RS256","typ":"JWT","x5t":"dGh1bWI"})");
}

TEST_CASE("the claims are those of the page in whole seconds") {
    CHECK(assertion_claims(one()) ==
          R"({"aud":"https://login.example/t/oauth2/v2.0/token","iss":"app\"1","sub":"app\"1",)"
          R"("jti":"11111111-2222-4333-8444-555555555555","nbf":1714521600,"iat":1714521600,)"
          R"("exp":1714521900})");
    CHECK(one().life <= std::chrono::minutes(10));
}

TEST_CASE("what is signed is both in their order") {
    CHECK(signing_input(one()) ==
          jwt_signing_input(assertion_header(one()), assertion_claims(one())));
}

TEST_CASE("random bytes make a GUID of version 4") {
    std::array<std::byte, 16> bytes{};
    CHECK(guid_of(bytes) == "00000000-0000-4000-8000-000000000000");
    bytes.fill(std::byte{0xff});
    CHECK(guid_of(bytes) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
    CHECK(is_guid(guid_of(bytes)));
}
