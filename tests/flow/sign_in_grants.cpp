// SPDX-License-Identifier: BSL-1.0
// What each way to sign in sends, and what it makes of the answers.
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/managed_identity.hpp>

#include "support/scripted_world.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace mde;
using namespace mde_test;
using flow::SignIn;
using flow::SignInRequest;

namespace {

/// Another text each time.
Grant counted_assertion() {
    return client_assertion([count = std::make_shared<int>(0)](const TokenAsk&) -> result<Secret> {
        return Secret("assertion." + std::to_string(++*count));
    });
}

Grant unavailable() {
    return client_assertion([](const TokenAsk&) -> result<Secret> {
        return make_error_code(errc::credential_unavailable);
    });
}

Grant malformed() {
    return client_assertion([](const TokenAsk&) -> result<Secret> {
        return make_error_code(errc::malformed_credential);
    });
}

constexpr const char* machine_token =
    R"({"access_token":"abc","client_id":"c","expires_in":"86399","expires_on":"1700000000",)"
    R"("ext_expires_in":"86399","not_before":"1","refresh_token":"","resource":"r",)"
    R"("token_type":"Bearer"})";

} // namespace

TEST_CASE("a secret leaves for the authority in the documented form") {
    ScriptedWorld world;
    world.transport.answer(200, token_body("abc"));
    const auto outcome = world.run<SignIn>(SignInRequest{{client_secret(Secret("sesame"))}});
    REQUIRE(outcome.has_value());
    CHECK(outcome->token.secret().expose() == "abc");
    CHECK(outcome->refresh_token.empty());
    CHECK(outcome->grant == 0);
    REQUIRE(world.transport.sent.size() == 1);
    const SentRequest& sent = world.transport.sent.front();
    CHECK(sent.method == Method::post);
    CHECK(sent.scheme == Scheme::https);
    CHECK(sent.host == "login.microsoftonline.com");
    CHECK(sent.port == 443);
    CHECK(sent.target == "/" + std::string(scripted_tenant) + "/oauth2/v2.0/token");
    CHECK(sent.fields == std::map<std::string, std::string>{
                             {"Accept", "application/json"},
                             {"Content-Type", "application/x-www-form-urlencoded"}});
    CHECK(sent.form.size() == 4);
    CHECK(sent.form.at("scope") == "https://api.securitycenter.microsoft.com/.default");
    CHECK(sent.time_limit == world.settings.call_limit);
}

TEST_CASE("the claims that the API demands are sent with the grant") {
    ScriptedWorld world;
    world.transport.answer(200, token_body("abc"));
    SignInRequest request{{client_secret(Secret("sesame"))}};
    request.claims = R"({"access_token":{"acrs":{"essential":true,"value":"c1"}}})";
    const std::string claims = request.claims;
    REQUIRE(world.run<SignIn>(std::move(request)).has_value());
    CHECK(world.transport.sent.front().form.at("claims") == claims);
}

TEST_CASE("an assertion stands in the form in place of a secret") {
    ScriptedWorld world;
    world.transport.answer(200, token_body("abc"));
    REQUIRE(world.run<SignIn>(SignInRequest{{counted_assertion()}}).has_value());
    const auto& form = world.transport.sent.front().form;
    CHECK(form.size() == 5);
    CHECK(form.at("grant_type") == "client_credentials");
    CHECK(form.at("client_id") == "app-1");
    CHECK(form.at("scope") == "https://api.securitycenter.microsoft.com/.default");
    CHECK(form.at("client_assertion_type") ==
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    CHECK(form.at("client_assertion") == "assertion.1");
}

TEST_CASE("no assertion is sent twice") {
    ScriptedWorld world;
    world.transport.fail(errc::connection_lost).answer(503, "").answer(200, token_body("abc"));
    REQUIRE(world.run<SignIn>(SignInRequest{{counted_assertion()}}).has_value());
    REQUIRE(world.transport.sent.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(world.transport.sent[i].form.at("client_assertion") ==
              "assertion." + std::to_string(i + 1));
}

TEST_CASE("a refusal shows the endpoint's words without what was sent") {
    ScriptedWorld world;
    world.transport.answer(
        401, R"({"error":"invalid_client","error_description":"AADSTS50013: bad assertion.1 here",)"
             R"("error_codes":[50013],"trace_id":"t-1"})");
    const auto outcome = world.run<SignIn>(SignInRequest{{counted_assertion()}});
    CHECK(outcome.error() == errc::sign_in_refused);
    CHECK(world.diagnostics.stage == Stage::sign_in);
    CHECK(world.diagnostics.http_status == 401);
    CHECK(world.diagnostics.code == "invalid_client");
    CHECK(world.diagnostics.message == "AADSTS50013: bad [removed] here");
    CHECK(world.diagnostics.target == "t-1");
}

TEST_CASE("a secret is not shown in the spelling of the form either") {
    ScriptedWorld world;
    world.transport.answer(401,
                           refusal_body("invalid_client", "got open%20se%2Bsame and open se+same"));
    const auto outcome = world.run<SignIn>(SignInRequest{{client_secret(Secret("open se+same"))}});
    CHECK(outcome.error() == errc::sign_in_refused);
    CHECK(world.diagnostics.message == "got [removed] and [removed]");
}

TEST_CASE("a refusal with a number only shows the number") {
    ScriptedWorld world;
    world.transport.answer(400, R"({"error":"invalid_client","error_codes":[7000215]})");
    CHECK(world.run<SignIn>(SignInRequest{{counted_assertion()}}).error() == errc::sign_in_refused);
    CHECK(world.diagnostics.message == "AADSTS7000215");
}

TEST_CASE("a sign-in ends with its deadline") {
    // Whatever the time limit cut short: an answer, or a connection that was not there yet.
    for (const errc error :
         {errc::timed_out, errc::host_not_found, errc::unreachable, errc::tls_failed}) {
        ScriptedWorld world;
        world.transport.fail(error, 1h);
        const auto outcome = world.run_until<SignIn>(world.clock.now().monotonic + 10s,
                                                     SignInRequest{{counted_assertion()}});
        CHECK(outcome.error() == errc::deadline_exceeded);
        CHECK(world.transport.sent.front().time_limit == 10s);
    }
}

TEST_CASE("a managed identity is asked for without TLS and without a form") {
    ScriptedWorld world;
    world.transport.answer(200, machine_token);
    const MonotonicTime asked = world.clock.now().monotonic;
    const auto outcome = world.run<SignIn>(SignInRequest{{managed_identity()}});
    REQUIRE(outcome.has_value());
    CHECK(outcome->token.expires_at() == asked + 86399s);
    CHECK(outcome->refresh_token.empty());
    const SentRequest& sent = world.transport.sent.front();
    CHECK(sent.method == Method::get);
    CHECK(sent.scheme == Scheme::http);
    CHECK(sent.host == "169.254.169.254");
    CHECK(sent.port == 80);
    CHECK(sent.target == "/metadata/identity/oauth2/token?api-version=2018-02-01&"
                         "resource=https%3A%2F%2Fapi.securitycenter.microsoft.com");
    CHECK(sent.fields ==
          std::map<std::string, std::string>{{"Accept", "application/json"}, {"Metadata", "true"}});
    CHECK(sent.form.empty());
    CHECK(sent.time_limit == 2s);
}

TEST_CASE("one of several managed identities is named in the query") {
    const auto target = [](ManagedIdentity identity) {
        ScriptedWorld world;
        world.transport.answer(200, machine_token);
        identity.host = "127.0.0.1";
        identity.port = 8080;
        REQUIRE(world.run<SignIn>(SignInRequest{{managed_identity(identity)}}).has_value());
        CHECK(world.transport.sent.front().host == "127.0.0.1");
        CHECK(world.transport.sent.front().port == 8080);
        const std::string& text = world.transport.sent.front().target;
        return text.substr(text.rfind('&'));
    };
    CHECK(target({.client_id = "c-1"}) == "&client_id=c-1");
    CHECK(target({.object_id = "o 1"}) == "&object_id=o%201");
    CHECK(target({.resource_id = "/subscriptions/s&x"}) == "&msi_res_id=%2Fsubscriptions%2Fs%26x");
}

TEST_CASE("where no metadata service answers there is no managed identity") {
    for (const errc silence : {errc::unreachable, errc::timed_out, errc::connection_lost}) {
        ScriptedWorld world;
        world.transport.fail(silence, 1h);
        CHECK(world.run<SignIn>(SignInRequest{{managed_identity()}}).error() ==
              errc::credential_unavailable);
        CHECK(world.transport.sent.size() == 1);
    }
}

TEST_CASE("a metadata service without the identity means that there is none") {
    ScriptedWorld world;
    world.transport.answer(400, refusal_body("invalid_request", "Identity not found"));
    CHECK(world.run<SignIn>(SignInRequest{{managed_identity()}}).error() ==
          errc::credential_unavailable);
    CHECK(world.diagnostics.message == "Identity not found");
    ScriptedWorld other;
    other.transport.answer(400, refusal_body("bad_request_102", "Required metadata header"));
    CHECK(other.run<SignIn>(SignInRequest{{managed_identity()}}).error() == errc::sign_in_refused);
}

TEST_CASE("a metadata service that is being updated is asked again") {
    for (const unsigned status : {404u, 410u, 429u, 500u, 503u}) {
        ScriptedWorld world;
        world.transport.answer(status, "").fail(errc::timed_out).answer(200, machine_token);
        CHECK(world.run<SignIn>(SignInRequest{{managed_identity()}}).has_value());
        CHECK(world.transport.sent.size() == 3);
    }
    ScriptedWorld ill;
    for (int i = 0; i < 4; ++i) ill.transport.answer(410, "");
    CHECK(ill.run<SignIn>(SignInRequest{{managed_identity()}}).error() ==
          errc::service_unavailable);
}

TEST_CASE("a managed identity that worked before is asked again when it is silent") {
    ScriptedWorld world;
    world.transport.fail(errc::timed_out).answer(200, machine_token);
    SignInRequest request{{unavailable(), managed_identity()}};
    request.only = 1;
    const auto outcome = world.run<SignIn>(std::move(request));
    REQUIRE(outcome.has_value());
    CHECK(outcome->grant == 1);
}

TEST_CASE("a chain passes over what is not there and says what worked") {
    ScriptedWorld world;
    world.transport.fail(errc::unreachable).answer(200, token_body("abc"));
    const auto outcome = world.run<SignIn>(SignInRequest{
        {unavailable(), managed_identity(), unavailable(), counted_assertion(), malformed()}});
    REQUIRE(outcome.has_value());
    CHECK(outcome->grant == 3);
    CHECK(world.transport.sent.size() == 2);
}

TEST_CASE("a chain ends with the first error that is no absence") {
    ScriptedWorld refused;
    refused.transport.answer(401, refusal_body("invalid_client"));
    CHECK(refused.run<SignIn>(SignInRequest{{counted_assertion(), managed_identity()}}).error() ==
          errc::sign_in_refused);
    CHECK(refused.transport.sent.size() == 1);
    ScriptedWorld broken;
    CHECK(broken.run<SignIn>(SignInRequest{{malformed(), counted_assertion()}}).error() ==
          errc::malformed_credential);
    CHECK(broken.transport.sent.empty());
}

TEST_CASE("a chain of which nothing is there says so") {
    ScriptedWorld world;
    for (const Chain& chain : {Chain{}, Chain{unavailable()}, Chain{unavailable(), unavailable()},
                               Chain{unavailable(), managed_identity()}})
        CHECK(world.run<SignIn>(SignInRequest{chain}).error() == errc::credential_unavailable);
    CHECK(world.transport.sent.size() == 1);
}

TEST_CASE("the way that worked before is the only one that is asked") {
    ScriptedWorld world;
    world.transport.answer(200, token_body("abc"));
    SignInRequest request{{malformed(), counted_assertion()}};
    request.only = 1;
    CHECK(world.run<SignIn>(std::move(request)).has_value());
    SignInRequest gone{{unavailable(), counted_assertion()}};
    gone.only = 0;
    CHECK(world.run<SignIn>(std::move(gone)).error() == errc::credential_unavailable);
    CHECK(world.transport.sent.size() == 1);
}
