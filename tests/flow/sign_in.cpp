// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::SignIn;

namespace {

flow::SignInRequest credential(std::string_view secret = World::application().client_secret) {
    return {{client_secret(Secret(secret))}};
}

service::Fault fault(unsigned status, unsigned count = 1) {
    service::Fault fault;
    fault.stage = Stage::sign_in;
    fault.status = status;
    fault.count = count;
    return fault;
}

} // namespace

TEST_CASE("a good secret gives a token that lives from the moment it was asked for") {
    World world;
    const MonotonicTime asked = world.clock.now().monotonic;
    const auto token = world.run<SignIn>(credential());
    REQUIRE(token.has_value());
    CHECK(token->token.expires_at() == asked + 3599s);
}

TEST_CASE("a wrong secret is refused with the endpoint's own words and not tried again") {
    World world;
    world.emulator.settings().echo_secrets_in_errors = service::Feature::on;
    const auto token = world.run<SignIn>(credential("not the secret"));
    REQUIRE_FALSE(token.has_value());
    CHECK(token.error() == errc::sign_in_refused);
    CHECK(world.diagnostics.code == "invalid_client");
    CHECK(world.diagnostics.message.find("AADSTS7000215") != std::string::npos);
    CHECK(world.diagnostics.message.find("not the secret") == std::string::npos);
    CHECK(world.calls(Stage::sign_in) == 1);
}

TEST_CASE("a busy endpoint is tried again") {
    for (const unsigned status : {429u, 500u, 503u}) {
        World world;
        world.emulator.add(fault(status, 2));
        CHECK(world.run<SignIn>(credential()).has_value());
        CHECK(world.calls(Stage::sign_in) == 3);
    }
}

TEST_CASE("a redirect of the endpoint is never followed") {
    World world;
    service::Fault redirect = fault(307);
    redirect.fields.emplace_back("Location", "https://elsewhere.example/token");
    world.emulator.add(redirect);
    const auto token = world.run<SignIn>(credential());
    REQUIRE_FALSE(token.has_value());
    CHECK(token.error() == errc::redirect_refused);
}

TEST_CASE("an answer without a usable token is an error") {
    for (const char* body :
         {"", "{}", "[]", R"({"access_token":"abc","expires_in":3599})",
          R"({"token_type":"Bearer","expires_in":3599})",
          R"({"token_type":"Bearer","expires_in":0,"access_token":"abc"})",
          R"({"token_type":"Bearer","expires_in":3599,"access_token":"a\r\nX: y"})",
          R"({"token_type":"Bearer","expires_in":3599,"access_token":"a","access_token":"b"})",
          R"({"token_type":"mac","expires_in":3599,"access_token":"abc"})"}) {
        CAPTURE(body);
        World world;
        service::Fault odd = fault(200);
        odd.body = body;
        world.emulator.add(odd);
        const auto token = world.run<SignIn>(credential());
        REQUIRE_FALSE(token.has_value());
        CHECK((token.error() == errc::malformed_answer || token.error() == errc::duplicate_member));
    }
}
