// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/request/client_secret.hpp>
#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

using namespace mde_test;

namespace {

using Form = std::map<std::string, std::string>;

const Form good{{"grant_type", "client_credentials"},
                {"client_id", "app-1"},
                {"client_secret", "s3cr3t~+/= value"},
                {"scope", "https://api.securitycenter.microsoft.com/.default"}};

Form changed(const std::string& name, const std::string& value) {
    Form form = good;
    if (value.empty())
        form.erase(name);
    else
        form[name] = value;
    return form;
}

HttpReply sign_in(Fixture& fixture, const Form& form, std::string target = {},
                  std::vector<mde::HeaderField> fields = {}, std::string_view method = "POST") {
    mde::Secret body;
    for (const auto& [name, value] : form) wire::append_form_field(body, name, value);
    if (target.empty()) target = "/" + std::string(tenant) + "/oauth2/v2.0/token";
    fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    return fixture.emulator.handle({method, target, "login.example", fields, body.expose()},
                                   fixture.now);
}

std::string error_of(const HttpReply& reply) { return text_of(json_of(reply), "error"); }

} // namespace

TEST_CASE("a secret is traded for a token that the API accepts") {
    Fixture fixture;
    const HttpReply reply = sign_in(fixture, good);
    CHECK(reply.status == 200);
    CHECK(json_of(reply).at("expires_in").as_int64() == 3599);
    CHECK(field_of(reply, "Date") == "Wed, 01 May 2024 00:00:00 GMT");
    fixture.token = text_of(json_of(reply), "access_token");
    CHECK(fixture.get("/api/machineactions").status == 200);
    fixture.pass(3598s);
    CHECK(fixture.get("/api/machineactions").status == 200);
    fixture.pass(1s);
    CHECK(fixture.get("/api/machineactions").status == 401);
}

TEST_CASE("the request of the client is understood and its answer is decoded") {
    Fixture fixture;
    mde::Settings settings =
        mde::Settings::for_cloud(mde::clouds().front(), *mde::TenantId::parse(tenant), "app-1");
    settings.audience = "https://securitycenter.onmicrosoft.com/windowsatpservice";
    const auto grant = mde::client_secret(mde::Secret("s3cr3t~+/= value"));
    const auto request =
        std::get<mde::TokenRequestMaker>(grant)({&settings, fixture.now, {}}).value();
    const std::vector<mde::HeaderField> fields{{"Content-Type", mde::TokenRequest::content_type}};
    const HttpReply reply = fixture.emulator.handle(
        {"POST", request.target, request.host, fields, request.form.expose()}, fixture.now);
    const auto token =
        wire::Codec<mde::AccessToken>::decode({nullptr, reply.body, fixture.now, {}});
    REQUIRE(token.has_value());
    CHECK(token->expires_at() == fixture.now.monotonic + 3599s);
}

TEST_CASE("the v1 form and HTTP Basic sign in too") {
    Fixture fixture;
    Form form = changed("scope", "");
    form["resource"] = "https://api.securitycenter.windows.com";
    CHECK(sign_in(fixture, form, "/" + std::string(tenant) + "/oauth2/token").status == 200);

    Form bare = changed("client_secret", "");
    bare.erase("client_id");
    const std::string pair = "app-1:s3cr3t~%2B%2F%3D+value";
    const std::string basic = "Basic " + mde::base64_encode(std::as_bytes(std::span(pair)),
                                                            mde::Base64Alphabet::standard);
    CHECK(sign_in(fixture, bare, {}, {{"Authorization", basic}}).status == 200);
}

TEST_CASE("a wrong secret is refused in the words of Entra without being repeated") {
    Fixture fixture;
    const HttpReply reply = sign_in(fixture, changed("client_secret", "wrong-secret"));
    CHECK(reply.status == 401);
    const auto body = json_of(reply);
    CHECK(text_of(body, "error") == "invalid_client");
    CHECK(text_of(body, "error_description").starts_with("AADSTS7000215: Invalid client secret"));
    CHECK(body.at("error_codes").as_array().at(0).to_number<int>() == 7000215);
    CHECK(text_of(body, "timestamp") == "2024-05-01 00:00:00Z");
    CHECK(mde::is_guid(text_of(body, "trace_id")));
    CHECK(mde::is_guid(text_of(body, "correlation_id")));
    CHECK(reply.body.find("wrong-secret") == std::string::npos);
    CHECK(reply.body.find("s3cr3t") == std::string::npos);
}

TEST_CASE("each other mistake at sign-in has its own error") {
    Fixture fixture;
    struct Row {
        Form form;
        std::string target;
        unsigned status;
        std::string error;
    };
    const std::vector<Row> rows{
        {changed("client_secret", ""), "", 401, "invalid_client"},
        {changed("scope", "https://api.securitycenter.microsoft.com"), "", 400, "invalid_scope"},
        {changed("scope", ""), "", 400, "invalid_scope"},
        {changed("scope", "https://graph.example/.default"), "", 400, "invalid_resource"},
        {changed("grant_type", "password"), "", 400, "unsupported_grant_type"},
        {changed("grant_type", ""), "", 400, "invalid_request"},
        {changed("client_id", "app-2"), "", 400, "unauthorized_client"},
        {changed("client_id", ""), "", 400, "invalid_request"},
        {good, "/other.example/oauth2/v2.0/token", 400, "invalid_request"},
        {good, "/" + std::string(tenant) + "/oauth2/token", 400, "invalid_request"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error);
        const HttpReply reply = sign_in(fixture, row.form, row.target);
        CHECK(reply.status == row.status);
        CHECK(error_of(reply) == row.error);
    }
    CHECK(error_of(sign_in(fixture, good, {}, {}, "GET")) == "invalid_request");
}

TEST_CASE("a token that is missing or garbled or altered or foreign is 401") {
    Fixture fixture;
    const std::string good_token = fixture.token;
    std::string altered = good_token;
    altered[altered.find('.') + 5] ^= 1;
    const service::Emulator<service::exemplar::WeakSigner> other{service::exemplar::WeakSigner(7)};
    const std::vector<std::string> tokens{"",
                                          "x",
                                          "a.b.c",
                                          altered,
                                          good_token + "A",
                                          good_token.substr(0, good_token.size() - 1),
                                          other.make_token(application(), fixture.now)};
    for (const std::string& token : tokens) {
        CAPTURE(token);
        fixture.token = token;
        const HttpReply reply = fixture.get("/api/machineactions");
        CHECK(reply.status == 401);
        CHECK(field_of(reply, "WWW-Authenticate") == "Bearer");
        CHECK(error_code_of(reply) == "Unauthorized");
        if (token.size() > 5) CHECK(reply.body.find(token) == std::string::npos);
    }
    fixture.token = good_token;
    fixture.emulator.settings().audiences = {"https://other.example"};
    CHECK(fixture.get("/api/machineactions").status == 401);
}

TEST_CASE("a permission that is missing is 403 in the recorded words") {
    Fixture fixture;
    service::Application poor = application();
    poor.granted = mde::AnyOf(Permission::machine_collect_forensics);
    fixture.token = fixture.emulator.make_token(poor, fixture.now);
    const HttpReply reply = fixture.get("/api/machineactions");
    CHECK(reply.status == 403);
    CHECK(error_code_of(reply) == "Forbidden");
    CHECK(error_message_of(reply) ==
          "The application does not have any of the required application permissions "
          "(Machine.Read.All, Machine.ReadWrite.All) to access the resource");
    CHECK(fixture.collect().status == 201);

    poor.granted = mde::AnyOf();
    fixture.token = fixture.emulator.make_token(poor, fixture.now);
    CHECK(fixture.collect(other_machine).status == 403);
}

TEST_CASE("a user's token is held against the delegated permissions") {
    Fixture fixture;
    service::Application user = application();
    user.kind = service::TokenKind::delegated;
    user.granted = mde::AnyOf(Permission::machine_read, Permission::machine_collect_forensics);
    fixture.token = fixture.emulator.make_token(user, fixture.now);
    CHECK(fixture.get("/api/machineactions").status == 200);
    const std::string action = fixture.finished();
    CHECK(fixture.link(action).status == 200);
    user.granted = mde::AnyOf(Permission::machine_read_all);
    fixture.token = fixture.emulator.make_token(user, fixture.now);
    CHECK(fixture.get("/api/machineactions").status == 403);
}

TEST_CASE("the permission of the link call can follow the newest page") {
    Fixture fixture;
    const std::string action = fixture.finished();
    service::Application reader = application();
    reader.granted = mde::AnyOf(Permission::machine_read_all);
    fixture.token = fixture.emulator.make_token(reader, fixture.now);
    CHECK(fixture.link(action).status == 200);
    fixture.emulator.settings().link_permissions = mde::AnyOf(Permission::machine_read_write_all);
    CHECK(fixture.link(action).status == 403);
}

TEST_CASE("an API that wants claims challenges once and takes the token that was asked for so") {
    Fixture fixture;
    const std::string claims = R"({"access_token":{"nbf":{"essential":true,"value":"17"}}})";
    auto& rules = fixture.emulator.settings().sign_in;
    rules.claims_challenge = claims;
    rules.authorization_uri = "https://login.example/common/oauth2/authorize";
    const HttpReply refused = fixture.get("/api/machineactions");
    CHECK(refused.status == 401);
    CHECK(error_code_of(refused) == "Unauthorized");
    CHECK(
        field_of(refused, "WWW-Authenticate") ==
        "Bearer realm=\"\", authorization_uri=\"https://login.example/common/oauth2/authorize\", "
        "error=\"insufficient_claims\", "
        "claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNyJ9fX0=\"");

    fixture.token = text_of(json_of(sign_in(fixture, good)), "access_token");
    CHECK(fixture.get("/api/machineactions").status == 401);
    fixture.token = text_of(json_of(sign_in(fixture, changed("claims", claims))), "access_token");
    CHECK(fixture.get("/api/machineactions").status == 200);
    // Without a token at all there is nothing to challenge for.
    fixture.token.clear();
    CHECK(field_of(fixture.get("/api/machineactions"), "WWW-Authenticate") == "Bearer");
}

TEST_CASE("claims that are no JSON object are refused at sign-in") {
    Fixture fixture;
    for (const char* claims : {"x", "[]", "{", "1"}) {
        CAPTURE(claims);
        CHECK(error_of(sign_in(fixture, changed("claims", claims))) == "invalid_request");
    }
    CHECK(sign_in(fixture, changed("claims", "{}")).status == 200);
}

TEST_CASE("claims may be asked for together with others") {
    const std::string wanted = R"({"access_token":{"nbf":{"value":"1"}}})";
    CHECK(service::satisfies_claims(wanted, wanted));
    CHECK(service::satisfies_claims(
        R"({ "access_token": {"xms_cc": {"values": ["cp1"]}, "nbf": {"value": "1"}} })", wanted));
    CHECK(!service::satisfies_claims("", wanted));
    CHECK(!service::satisfies_claims("{}", wanted));
    CHECK(!service::satisfies_claims(R"({"access_token":{"nbf":{"value":"2"}}})", wanted));
    CHECK(!service::satisfies_claims(R"({"access_token":{"xms_cc":{}}})", wanted));
    CHECK(service::satisfies_claims("{}", "{}"));
    CHECK(service::satisfies_claims("odd", "odd"));
    CHECK(!service::satisfies_claims("odd", "other"));
}

TEST_CASE("the v1 endpoint writes its numbers as strings") {
    Fixture fixture;
    Form form = changed("scope", "");
    form["resource"] = "https://api.securitycenter.windows.com";
    const auto body = json_of(sign_in(fixture, form, "/" + std::string(tenant) + "/oauth2/token"));
    CHECK(text_of(body, "expires_in") == "3599");
    CHECK(text_of(body, "expires_on") == "1714525199");
    CHECK(text_of(body, "not_before") == "1714521600");
    CHECK(text_of(body, "resource") == "https://api.securitycenter.windows.com");
}

TEST_CASE("a person who signs in with a code collects in their own name") {
    Fixture fixture;
    const std::string begin = "/" + std::string(tenant) + "/oauth2/v2.0/devicecode";
    const Form scope{{"client_id", "app-1"}, {"scope", good.at("scope")}};
    const auto shown = json_of(sign_in(fixture, scope, begin));
    REQUIRE(fixture.emulator.device_codes().waiting().size() == 1);
    CHECK(fixture.emulator.approve_device_code(text_of(shown, "user_code")));
    CHECK(!fixture.emulator.decline_device_code(text_of(shown, "user_code")));
    const Form poll{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                    {"client_id", "app-1"},
                    {"device_code", text_of(shown, "device_code")}};
    fixture.token = text_of(json_of(sign_in(fixture, poll)), "access_token");
    CHECK(text_of(json_of(fixture.collect()), "requestor") == "analyst@example.com");
    CHECK(fixture.emulator.log().count(Stage::sign_in, 200) == 2);

    const auto second = json_of(sign_in(fixture, scope, begin));
    CHECK(fixture.emulator.decline_device_code(text_of(second, "user_code")));
    Form declined = poll;
    declined["device_code"] = text_of(second, "device_code");
    CHECK(error_of(sign_in(fixture, declined)) == "authorization_declined");
}

TEST_CASE("the metadata service is a part of the whole") {
    Fixture fixture;
    service::Application machine_identity = application();
    machine_identity.client_id = "app-2";
    machine_identity.managed_identity = service::ManagedIdentity{};
    fixture.emulator.add(machine_identity);
    const std::vector<mde::HeaderField> fields{{"Metadata", "true"}};
    const HttpReply reply =
        fixture.emulator.handle({"GET",
                                 "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                                 "https://api.securitycenter.microsoft.com",
                                 "169.254.169.254",
                                 fields,
                                 {}},
                                fixture.now);
    fixture.token = text_of(json_of(reply), "access_token");
    CHECK(fixture.get("/api/machineactions").status == 200);
}
