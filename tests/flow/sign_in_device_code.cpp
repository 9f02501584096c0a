// SPDX-License-Identifier: BSL-1.0
// The dialogue with somebody at a browser, on a virtual clock.
#include <mde/flow/device_sign_in.hpp>
#include <mde/flow/sign_in.hpp>

#include "support/scripted_world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::DeviceSignIn;

namespace {

constexpr const char* code_secret = "device-code-of-a-test";

/// The answer of the page, without an interval.
std::string code_body(const std::string& more = {}) {
    return R"({"user_code":"FJC3-ABCD","device_code":")" + std::string(code_secret) +
           R"(","verification_uri":"https://login.microsoft.example/device","expires_in":900,)" +
           more + R"("message":"To sign in, open the page and enter the code FJC3-ABCD."})";
}

struct DeviceWorld : ScriptedWorld {
    explicit DeviceWorld(const std::string& code = code_body()) { transport.answer(200, code); }

    DeviceWorld& refuse(const std::string& word, unsigned times = 1) {
        for (unsigned i = 0; i < times; ++i) transport.answer(400, refusal_body(word));
        return *this;
    }
    result<wire::TokenSet> sign_in(const DeviceCode& how = {}) { return run<DeviceSignIn>(how); }
};

} // namespace

TEST_CASE("a device code is asked for and shown and polled for") {
    DeviceWorld world;
    world.refuse("authorization_pending", 2).transport.answer(200, token_body("abc", "refresh-1"));
    const auto tokens = world.sign_in();
    REQUIRE(tokens.has_value());
    CHECK(tokens->access.secret().expose() == "abc");
    CHECK(tokens->refresh.expose() == "refresh-1");

    REQUIRE(world.recorder.prompts.size() == 1);
    CHECK(world.recorder.prompts[0].user_code == "FJC3-ABCD");
    CHECK(world.recorder.prompts[0].verification_uri == "https://login.microsoft.example/device");
    CHECK(world.recorder.prompts[0].message ==
          "To sign in, open the page and enter the code FJC3-ABCD.");
    CHECK(world.recorder.prompts[0].expires_in == 900s);
    CHECK(world.recorder.waits == std::vector<Duration>{5s, 5s, 5s});

    REQUIRE(world.transport.sent.size() == 4);
    const SentRequest& asked = world.transport.sent[0];
    CHECK(asked.method == Method::post);
    CHECK(asked.target == "/" + std::string(scripted_tenant) + "/oauth2/v2.0/devicecode");
    CHECK(asked.form.size() == 2);
    CHECK(asked.form.at("client_id") == "app-1");
    CHECK(asked.form.at("scope") ==
          "https://api.securitycenter.microsoft.com/.default offline_access");
    const SentRequest& polled = world.transport.sent[1];
    CHECK(polled.target == "/" + std::string(scripted_tenant) + "/oauth2/v2.0/token");
    CHECK(polled.form.size() == 3);
    CHECK(polled.form.at("client_id") == "app-1");
    CHECK(polled.form.at("grant_type") == "urn:ietf:params:oauth:grant-type:device_code");
    CHECK(polled.form.at("device_code") == code_secret);
}

TEST_CASE("without offline access no refresh token is asked for") {
    DeviceWorld world;
    world.transport.answer(200, token_body("abc"));
    DeviceCode how;
    how.offline_access = OfflineAccess::none;
    const auto tokens = world.sign_in(how);
    REQUIRE(tokens.has_value());
    CHECK(tokens->refresh.empty());
    CHECK(world.transport.sent[0].form.at("scope") ==
          "https://api.securitycenter.microsoft.com/.default");
}

TEST_CASE("claims go with the code and with each poll for it") {
    DeviceWorld world;
    world.refuse("authorization_pending").transport.answer(200, token_body("abc"));
    constexpr std::string_view claims = R"({"access_token":{}})";
    CHECK(world.run<DeviceSignIn>(DeviceCode(), claims).has_value());
    REQUIRE(world.transport.sent.size() == 3);
    for (const SentRequest& sent : world.transport.sent) CHECK(sent.form.at("claims") == claims);
}

TEST_CASE("the interval of the service is kept") {
    DeviceWorld world(code_body(R"("interval":"7",)"));
    world.refuse("authorization_pending").transport.answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
    CHECK(world.recorder.waits == std::vector<Duration>{7s, 7s});
}

TEST_CASE("slow_down adds five seconds for good") {
    DeviceWorld world;
    world.refuse("slow_down").refuse("authorization_pending").refuse("slow_down");
    world.transport.answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
    CHECK(world.recorder.waits == std::vector<Duration>{5s, 10s, 10s, 15s});
}

TEST_CASE("authorization_declined ends the sign-in") {
    DeviceWorld world;
    world.refuse("authorization_pending").refuse("authorization_declined");
    CHECK(world.sign_in().error() == errc::sign_in_declined);
    CHECK(world.diagnostics.code == "authorization_declined");
}

TEST_CASE("access_denied is the RFC's word for the same") {
    DeviceWorld world;
    world.refuse("access_denied");
    CHECK(world.sign_in().error() == errc::sign_in_declined);
}

TEST_CASE("expired_token ends the sign-in") {
    DeviceWorld world;
    world.refuse("expired_token");
    CHECK(world.sign_in().error() == errc::device_code_expired);
}

TEST_CASE("bad_verification_code ends the sign-in") {
    DeviceWorld world;
    world.refuse("bad_verification_code");
    CHECK(world.sign_in().error() == errc::device_code_expired);
}

TEST_CASE("any other refusal of a poll ends the sign-in as refused") {
    DeviceWorld world;
    world.refuse("invalid_client");
    CHECK(world.sign_in().error() == errc::sign_in_refused);
}

TEST_CASE("a refusal of the code ends the sign-in without a prompt") {
    ScriptedWorld world;
    world.transport.answer(400, refusal_body("unauthorized_client", "not a public client"));
    CHECK(world.run<DeviceSignIn>(DeviceCode()).error() == errc::sign_in_refused);
    CHECK(world.recorder.prompts.empty());
    CHECK(world.diagnostics.message == "not a public client");
}

TEST_CASE("polling ends with the life of the code whatever the service says") {
    DeviceWorld world;
    world.refuse("authorization_pending", 400);
    const MonotonicTime begun = world.clock.now().monotonic;
    CHECK(world.sign_in().error() == errc::device_code_expired);
    CHECK(world.clock.now().monotonic - begun <= 900s);
    CHECK(world.transport.sent.size() == 1 + 179);
}

TEST_CASE("an own limit for one prompt holds where it is less") {
    DeviceWorld world;
    world.refuse("authorization_pending", 400);
    DeviceCode how;
    how.lifetime = 20s;
    CHECK(world.sign_in(how).error() == errc::device_code_expired);
    CHECK(world.recorder.prompts[0].expires_in == 20s);
    CHECK(world.transport.sent.size() == 1 + 3);
}

TEST_CASE("the deadline of the caller ends the polling") {
    DeviceWorld world;
    world.refuse("authorization_pending", 400);
    const auto tokens =
        world.run_until<DeviceSignIn>(world.clock.now().monotonic + 30s, DeviceCode());
    CHECK(tokens.error() == errc::deadline_exceeded);
}

TEST_CASE("a server that does not answer a poll is asked less and less often") {
    DeviceWorld world;
    world.transport.fail(errc::timed_out)
        .fail(errc::connection_lost)
        .fail(errc::unreachable)
        .fail(errc::timed_out)
        .fail(errc::timed_out)
        .answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
    CHECK(world.recorder.waits == std::vector<Duration>{5s, 10s, 20s, 40s, 60s, 60s});
}

TEST_CASE("a busy server is polled again after what it asks") {
    DeviceWorld world;
    world.transport.answer(429, "", {{"Retry-After", "30"}})
        .answer(503, "")
        .answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
    CHECK(world.recorder.waits == std::vector<Duration>{5s, 30s, 5s});
}

TEST_CASE("a refused certificate ends the polling") {
    DeviceWorld world;
    world.transport.fail(errc::certificate_expired);
    CHECK(world.sign_in().error() == errc::certificate_expired);
}

TEST_CASE("an answer that nobody should follow is not shown") {
    const std::string good = code_body();
    const auto with = [&](const std::string& old, const std::string& now) {
        std::string body = good;
        body.replace(body.find(old), old.size(), now);
        return body;
    };
    for (const std::string& body :
         {std::string("{}"), std::string(),
          with("https://login.microsoft.example/device", "http://login.microsoft.example/device"),
          with("https://login.microsoft.example/device", "https://user@login.example/"),
          with("https://login.microsoft.example/device", "javascript:alert(1)"),
          with("https://login.microsoft.example/device", "https://a.example/\\u001b[2J"),
          with("\"FJC3-ABCD\"", "\"FJC3\\u0007ABCD\""), with("\"FJC3-ABCD\"", "\"\""),
          with("\"FJC3-ABCD\"", "\"" + std::string(129, 'A') + "\""),
          with("\"" + std::string(code_secret) + "\"", "\"\""), with("900", "0"), with("900", "-1"),
          with("900", "\"soon\"")}) {
        CAPTURE(body);
        DeviceWorld world(body);
        CHECK(world.sign_in().error() == errc::malformed_answer);
        CHECK(world.recorder.prompts.empty());
    }
}

TEST_CASE("what a server writes into its message is made safe to show") {
    std::string body = code_body();
    const std::string said = "To sign in, open";
    body.replace(body.find(said), said.size(), "\\u001b[2J " + std::string(code_secret) + " open");
    DeviceWorld world(body);
    world.transport.answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
    CHECK(world.recorder.prompts[0].message ==
          "\\x1b[2J [removed] open the page and enter the code FJC3-ABCD.");
}

TEST_CASE("a page without a path is good enough") {
    std::string body = code_body();
    body.replace(body.find("/device\""), 8, "\"");
    DeviceWorld world(body);
    world.transport.answer(200, token_body("abc"));
    CHECK(world.sign_in().has_value());
}

TEST_CASE("a code that is echoed in a refusal is not shown") {
    DeviceWorld world;
    world.transport.answer(
        400, refusal_body("expired_token", "the code " + std::string(code_secret) + " is old"));
    CHECK(world.sign_in().error() == errc::device_code_expired);
    CHECK(world.diagnostics.message == "the code [removed] is old");
}

TEST_CASE("a refresh token is traded without a prompt") {
    ScriptedWorld world;
    world.transport.answer(200, token_body("abc", "refresh-2"));
    const auto tokens =
        world.run<DeviceSignIn>(DeviceCode(), R"({"access_token":{}})", Secret("refresh-1"));
    REQUIRE(tokens.has_value());
    CHECK(tokens->refresh.expose() == "refresh-2");
    CHECK(world.recorder.prompts.empty());
    const auto& form = world.transport.sent.front().form;
    CHECK(world.transport.sent.front().target ==
          "/" + std::string(scripted_tenant) + "/oauth2/v2.0/token");
    CHECK(form.size() == 5);
    CHECK(form.at("grant_type") == "refresh_token");
    CHECK(form.at("client_id") == "app-1");
    CHECK(form.at("refresh_token") == "refresh-1");
    CHECK(form.at("claims") == R"({"access_token":{}})");
    CHECK(form.at("scope") == "https://api.securitycenter.microsoft.com/.default offline_access");
}

TEST_CASE("a refresh token that is not replaced goes on") {
    ScriptedWorld world;
    world.transport.answer(503, "").answer(200, token_body("abc"));
    const auto tokens = world.run<DeviceSignIn>(DeviceCode(), "", Secret("refresh-1"));
    REQUIRE(tokens.has_value());
    CHECK(tokens->refresh.expose() == "refresh-1");
}

TEST_CASE("a refresh token that is refused leads to a prompt") {
    for (const char* word : {"invalid_grant", "interaction_required"}) {
        ScriptedWorld world;
        world.transport.answer(400, refusal_body(word))
            .answer(200, code_body())
            .answer(200, token_body("abc", "refresh-2"));
        const auto tokens = world.run<DeviceSignIn>(DeviceCode(), "", Secret("refresh-1"));
        REQUIRE(tokens.has_value());
        CHECK(tokens->refresh.expose() == "refresh-2");
        CHECK(world.recorder.prompts.size() == 1);
    }
}

TEST_CASE("a refresh token that cannot be asked about leads to no prompt") {
    ScriptedWorld world;
    const auto tokens = world.run<DeviceSignIn>(DeviceCode(), "", Secret("refresh-1"));
    CHECK(tokens.error() == errc::unreachable);
    CHECK(world.recorder.prompts.empty());
    ScriptedWorld refused;
    refused.transport.answer(401, refusal_body("invalid_client", "echo refresh-1"));
    CHECK(refused.run<DeviceSignIn>(DeviceCode(), "", Secret("refresh-1")).error() ==
          errc::sign_in_refused);
    CHECK(refused.diagnostics.message == "echo [removed]");
}

TEST_CASE("a device code may stand in a chain") {
    DeviceWorld world;
    world.transport.answer(200, token_body("abc", "refresh-1"));
    const auto outcome = world.run<flow::SignIn>(flow::SignInRequest{{DeviceCode()}});
    REQUIRE(outcome.has_value());
    CHECK(outcome->refresh_token.expose() == "refresh-1");
    ScriptedWorld nobody;
    nobody.settings.client_id.clear();
    nobody.transport.answer(200, token_body("abc"));
    const Grant own = TokenRequestMaker([](const TokenAsk&) -> result<TokenRequest> {
        TokenRequest request;
        request.host = "login.example";
        request.target = "/token";
        return request;
    });
    const auto next = nobody.run<flow::SignIn>(flow::SignInRequest{{DeviceCode(), own}});
    REQUIRE(next.has_value());
    CHECK(next->grant == 1);
    CHECK(nobody.transport.sent.front().host == "login.example");
}
