// SPDX-License-Identifier: BSL-1.0
// Sign-in with a code that somebody enters elsewhere, and the refresh tokens that come with it.
#include "sign_in_fixture.hpp"

#include <doctest/doctest.h>

using mde::AnyOf;
using mde::HttpReply;
using mde::Permission;
using mde::service::DeviceDecision;
using mde_test::SignInFixture;
using mde_test::TokenForm;
using namespace std::chrono_literals;

namespace {

struct DeviceFixture : SignInFixture {
    std::string scope = std::string(resource) + "/.default";
    std::string code;
    std::string shown;

    HttpReply ask_for_code(const TokenForm& more = {}) {
        TokenForm form{{"client_id", "app-1"}, {"scope", scope}};
        form.insert(more.begin(), more.end());
        const HttpReply reply = post(form, path("v2.0/devicecode"));
        if (reply.status == 200) {
            code = text(reply, "device_code");
            shown = text(reply, "user_code");
        }
        return reply;
    }
    HttpReply poll(const TokenForm& more = {}) {
        TokenForm form{{"grant_type", std::string(device_grant)},
                       {"client_id", "app-1"},
                       {"device_code", code}};
        form.insert(more.begin(), more.end());
        return post(form);
    }
    bool decide(DeviceDecision decision) { return state.device_codes.decide(shown, decision); }

    /// The answer of a whole sign-in.
    HttpReply signed_in(const TokenForm& more = {}) {
        REQUIRE(ask_for_code(more).status == 200);
        REQUIRE(decide(DeviceDecision::approved));
        return poll();
    }
    HttpReply refresh(const std::string& token, const TokenForm& more = {}) {
        TokenForm form{
            {"grant_type", "refresh_token"}, {"client_id", "app-1"}, {"refresh_token", token}};
        form.insert(more.begin(), more.end());
        return post(form);
    }
    std::string refresh_token() {
        scope += " offline_access";
        return text(signed_in(), "refresh_token");
    }
};

} // namespace

TEST_CASE_FIXTURE(DeviceFixture, "a code is shown with everything that a client must say") {
    const HttpReply reply = ask_for_code();
    REQUIRE(reply.status == 200);
    CHECK(json(reply).at("expires_in").as_int64() == 900);
    CHECK(json(reply).at("interval").as_int64() == 5);
    CHECK(text(reply, "verification_uri") == "https://microsoft.com/devicelogin");
    CHECK(shown.size() == 9);
    CHECK(text(reply, "message").find(shown) != std::string::npos);
    CHECK(text(reply, "message").find("https://microsoft.com/devicelogin") != std::string::npos);
    CHECK(code.size() > 40);
    REQUIRE(state.device_codes.waiting().size() == 1);
    CHECK(state.device_codes.waiting().front().user_code == shown);
    const std::string first = code;
    CHECK(ask_for_code().status == 200);
    CHECK(code != first);
}

TEST_CASE_FIXTURE(DeviceFixture, "polls are pending until somebody approves") {
    CHECK(ask_for_code().status == 200);
    const HttpReply pending = poll();
    CHECK(pending.status == 400);
    CHECK(error(pending) == "authorization_pending");
    CHECK(number(pending) == 70016);
    CHECK(decide(DeviceDecision::approved));
    CHECK_FALSE(decide(DeviceDecision::declined));
    pass(5s);
    const HttpReply reply = poll();
    REQUIRE(reply.status == 200);
    const auto who = caller(reply);
    REQUIRE(who);
    CHECK(who->kind == mde::service::TokenKind::delegated);
    CHECK(who->name == "analyst@example.com");
    CHECK(who->granted == application().delegated);
    CHECK(text(reply, "scope") == "Machine.Read Machine.CollectForensics");
    CHECK(text(reply, "refresh_token").empty());
    pass(5s);
    CHECK(error(poll()) == "bad_verification_code");
}

TEST_CASE_FIXTURE(DeviceFixture, "somebody may decline") {
    CHECK(ask_for_code().status == 200);
    CHECK(decide(DeviceDecision::declined));
    CHECK(error(poll()) == "authorization_declined");
    CHECK(error(poll()) == "bad_verification_code");
}

TEST_CASE_FIXTURE(DeviceFixture, "a code expires to the nanosecond even if it was approved") {
    CHECK(ask_for_code().status == 200);
    pass(15min - 1ns);
    CHECK(error(poll()) == "authorization_pending");
    CHECK(decide(DeviceDecision::approved));
    pass(1ns);
    CHECK(error(poll()) == "expired_token");
    CHECK(error(poll()) == "bad_verification_code");
}

TEST_CASE_FIXTURE(DeviceFixture, "polling too fast makes the interval longer") {
    CHECK(ask_for_code().status == 200);
    CHECK(error(poll()) == "authorization_pending");
    pass(5s - 1ns);
    CHECK(error(poll()) == "slow_down");
    pass(10s - 1ns);
    CHECK(error(poll()) == "slow_down");
    pass(15s);
    CHECK(error(poll()) == "authorization_pending");
    // An answer that came too soon is not given away.
    CHECK(decide(DeviceDecision::approved));
    pass(1s);
    CHECK(error(poll()) == "slow_down");
    pass(20s);
    CHECK(poll().status == 200);
}

TEST_CASE_FIXTURE(DeviceFixture, "codes can be approved by themselves after a while") {
    rules().device_code_approved_after = 8s;
    CHECK(ask_for_code().status == 200);
    pass(8s - 1ns);
    CHECK(error(poll()) == "authorization_pending");
    pass(5s);
    CHECK(poll().status == 200);
}

TEST_CASE_FIXTURE(DeviceFixture, "lifetime and interval and address of a code are settable") {
    rules().device_code_lifetime = 60s;
    rules().device_code_interval = 1s;
    rules().verification_uri = "https://login.example/device";
    const HttpReply reply = ask_for_code();
    CHECK(json(reply).at("expires_in").as_int64() == 60);
    CHECK(json(reply).at("interval").as_int64() == 1);
    CHECK(text(reply, "verification_uri") == "https://login.example/device");
    CHECK(error(poll()) == "authorization_pending");
    pass(1s);
    CHECK(error(poll()) == "authorization_pending");
    pass(59s);
    CHECK(error(poll()) == "expired_token");
}

TEST_CASE_FIXTURE(DeviceFixture, "single permissions are granted if they may be") {
    scope = std::string(resource) + "/Machine.Read openid profile email " + std::string(resource) +
            "/Machine.Scan";
    const auto who = caller(signed_in());
    REQUIRE(who);
    CHECK(who->granted == AnyOf(Permission::machine_read));
}

TEST_CASE_FIXTURE(DeviceFixture, "a scope that cannot be is refused") {
    const std::string api(resource);
    for (const std::string& bad :
         {std::string("Machine.Read"), std::string("offline_access"), api + "/Machine.Reed",
          api + "/", api + "/.default https://api-gcc.securitycenter.microsoft.us/x"}) {
        CAPTURE(bad);
        scope = bad;
        CHECK(error(ask_for_code()) == "invalid_scope");
    }
    scope = "https://graph.example/.default";
    CHECK(error(ask_for_code()) == "invalid_resource");
    scope.clear();
    CHECK(error(ask_for_code()) == "invalid_request");
}

TEST_CASE_FIXTURE(DeviceFixture, "a code is its application's own") {
    mde::service::Application other = application();
    other.client_id = "app-2";
    state.applications.push_back(other);
    CHECK(ask_for_code().status == 200);
    CHECK(decide(DeviceDecision::approved));
    TokenForm form{
        {"grant_type", std::string(device_grant)}, {"client_id", "app-2"}, {"device_code", code}};
    CHECK(error(post(form)) == "bad_verification_code");
    form["client_id"] = "app-3";
    CHECK(error(post(form)) == "unauthorized_client");
    form.erase("device_code");
    form["client_id"] = "app-1";
    CHECK(error(post(form)) == "invalid_request");
    CHECK(poll().status == 200);
    CHECK(error(post({{"client_id", "app-3"}, {"scope", scope}}, path("v2.0/devicecode"))) ==
          "unauthorized_client");
    CHECK(error(ask("GET", path("v2.0/devicecode"), {}, {})) == "invalid_request");
}

TEST_CASE_FIXTURE(DeviceFixture, "an application that is not public must prove who it is") {
    application().public_client = mde::service::Feature::off;
    CHECK(ask_for_code().status == 200);
    CHECK(decide(DeviceDecision::approved));
    const HttpReply refused = poll();
    CHECK(refused.status == 401);
    CHECK(number(refused) == 7000218);
    CHECK(poll({{"client_secret", "s3cr3t~+/= value"}}).status == 200);
}

TEST_CASE_FIXTURE(DeviceFixture, "a user code is read in any case and an unknown one is not") {
    CHECK(ask_for_code().status == 200);
    CHECK_FALSE(state.device_codes.decide("NOBODY123", DeviceDecision::approved));
    for (char& c : shown) c = mde::ascii::to_lower(c);
    CHECK(decide(DeviceDecision::approved));
    CHECK(poll().status == 200);
}

TEST_CASE_FIXTURE(DeviceFixture, "a refresh token comes if it was asked for and is good once") {
    const std::string first = refresh_token();
    REQUIRE_FALSE(first.empty());
    pass(2h);
    const HttpReply reply = refresh(first);
    REQUIRE(reply.status == 200);
    const auto who = caller(reply);
    REQUIRE(who);
    CHECK(who->name == "analyst@example.com");
    CHECK(who->kind == mde::service::TokenKind::delegated);
    const std::string second = text(reply, "refresh_token");
    CHECK(second != first);
    const HttpReply refused = refresh(first);
    CHECK(refused.status == 400);
    CHECK(error(refused) == "invalid_grant");
    CHECK(refresh(second).status == 200);
}

TEST_CASE_FIXTURE(DeviceFixture, "a refresh token is its application's own and ends") {
    mde::service::Application other = application();
    other.client_id = "app-2";
    state.applications.push_back(other);
    const std::string token = refresh_token();
    CHECK(error(post({{"grant_type", "refresh_token"},
                      {"client_id", "app-2"},
                      {"refresh_token", token}})) == "invalid_grant");
    CHECK(error(refresh("unknown")) == "invalid_grant");
    CHECK(error(refresh("")) == "invalid_request");
    rules().refresh_token_lifetime = 1s;
    const std::string brief = text(refresh(token), "refresh_token");
    pass(1s);
    CHECK(error(refresh(brief)) == "invalid_grant");
}

TEST_CASE_FIXTURE(DeviceFixture, "a refresh can ask for less and never for more") {
    scope = std::string(resource) + "/Machine.Read offline_access";
    const std::string first = text(signed_in(), "refresh_token");
    const HttpReply same =
        refresh(first, {{"scope", std::string(resource) + "/.default offline_access"}});
    REQUIRE(same.status == 200);
    CHECK(caller(same)->granted == AnyOf(Permission::machine_read));
    const std::string second = text(same, "refresh_token");
    CHECK(error(refresh(second, {{"scope", "https://graph.example/.default"}})) ==
          "invalid_resource");
    const HttpReply none =
        refresh(second, {{"scope", std::string(resource) + "/Machine.CollectForensics"}});
    CHECK(caller(none)->granted.empty());
}

TEST_CASE_FIXTURE(DeviceFixture, "claims that came with the code are in the token") {
    CHECK(error(ask_for_code({{"claims", "no json"}})) == "invalid_request");
    const std::string claims = R"({"access_token":{"nbf":{"value":"1"}}})";
    const HttpReply reply = signed_in({{"claims", claims}});
    REQUIRE(reply.status == 200);
    CHECK(caller(reply)->claims == claims);
}
