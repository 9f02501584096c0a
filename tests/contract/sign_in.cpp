// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT section 5: what each way to sign in sends and is answered. What a poll for a device
// code makes of each refusal is in flow/sign_in_device_code.cpp.
#include <mde/base/base64.hpp>
#include <mde/model/cloud.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/device_code.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/managed_identity.hpp>
#include <mde/request/missing_permissions.hpp>
#include <mde/wire/device_code_codec.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/jwt.hpp>
#include <mde/wire/token_claims.hpp>
#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

Settings sign_in_settings() {
    return Settings::for_cloud(*find_cloud("commercial"),
                               "11111111-2222-4333-8444-555555555555"_tenant, "app-1");
}

TokenRequest made_by(const Grant& grant, const Settings& settings, Now now = {}) {
    return std::get<TokenRequestMaker>(grant)({&settings, now, {}}).value();
}

auto form_of(const TokenRequest& request) {
    return wire::parse_form(request.form.expose()).value();
}

/// What an assertion of the settings' client holds, taken apart.
struct AssertionParts {
    std::string header;
    std::string claims;
    std::string signature;
};

AssertionParts assertion_of(wire::SigningAlgorithm algorithm, const Settings& settings, Now now) {
    AssertionSigner signer;
    signer.algorithm = algorithm;
    signer.thumbprint = "dGh1bWI";
    signer.sign = [](std::string_view) -> result<std::string> { return std::string("signed"); };
    signer.random = [] { return result<std::array<std::byte, 16>>(std::array<std::byte, 16>{}); };
    const std::string text =
        form_of(made_by(signed_assertion(std::move(signer)), settings, now)).at("client_assertion");
    const auto part = [&](std::size_t begin, std::size_t end) {
        return base64_decode(std::string_view(text).substr(begin, end - begin), Base64Alphabet::url)
            .value();
    };
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    return {part(0, first), part(first + 1, last), part(last + 1, text.size())};
}

std::string token_with(std::string_view claims) {
    return wire::jwt_signing_input("{}", claims) + ".c2ln";
}

template <class T>
result<T> sign_in_answer(std::string_view body) {
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<T>::decode(answer);
}

} // namespace

TEST_CASE("5.1 the v2 endpoint is asked for a scope with the client's secret in the form") {
    const Settings settings = sign_in_settings();
    const TokenRequest request = made_by(client_secret(Secret("a~b+c&d")), settings);
    CHECK(request.method == Method::post);
    CHECK(request.host == "login.microsoftonline.com");
    CHECK(request.target == "/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token");
    const auto form = form_of(request);
    CHECK(form.size() == 4);
    CHECK(form.at("grant_type") == "client_credentials");
    CHECK(form.at("client_id") == "app-1");
    CHECK(form.at("client_secret") == "a~b+c&d");
    CHECK(form.at("scope") == "https://api.securitycenter.microsoft.com/.default");
}

TEST_CASE("5.1 the v1 endpoint is asked for a resource") {
    Settings settings = sign_in_settings();
    settings.token_endpoint = TokenEndpoint::v1;
    const TokenRequest request = made_by(client_secret(Secret("abc")), settings);
    CHECK(request.target == "/11111111-2222-4333-8444-555555555555/oauth2/token");
    const auto form = form_of(request);
    CHECK(form.at("resource") == "https://api.securitycenter.microsoft.com");
    CHECK_FALSE(form.contains("scope"));
}

TEST_CASE("5.1 the other audiences of the pages and of older code may be asked for") {
    Settings settings = sign_in_settings();
    for (const char* audience : {"https://securitycenter.onmicrosoft.com/windowsatpservice",
                                 "https://api.securitycenter.windows.com"}) {
        settings.audience = audience;
        CHECK(form_of(made_by(client_secret(Secret("abc")), settings)).at("scope") ==
              std::string(audience) + "/.default");
    }
}

TEST_CASE("5.1 the answer of the page and the one of the sample are tokens") {
    for (const char* body :
         {R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ0.e30.c2ln"})",
          R"({"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,)"
          R"("access_token":"eyJ0.e30.c2ln"})"}) {
        const auto token = sign_in_answer<AccessToken>(body);
        REQUIRE(token);
        CHECK(token->expires_at() == MonotonicTime() + 3599s);
    }
}

TEST_CASE("5.1 a refusal has a word and a text and a number") {
    const auto error = wire::decode_token_error(
        R"({"error":"invalid_scope","error_description":"AADSTS70011: The provided value for the )"
        R"(input parameter 'scope' is not valid.","error_codes":[70011],)"
        R"("timestamp":"2016-01-09 02:02:12Z","trace_id":"255d1aef-8c98-452f-ac51-23d051240864",)"
        R"("correlation_id":"fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7"})");
    CHECK(error.error == "invalid_scope");
    CHECK(error.description.starts_with("AADSTS70011: "));
    CHECK(error.number == 70011);
    CHECK(error.trace_id == "255d1aef-8c98-452f-ac51-23d051240864");
}

TEST_CASE("5.2 an assertion stands in place of the secret") {
    const Settings settings = sign_in_settings();
    const auto form = form_of(
        made_by(client_assertion([](const TokenAsk&) -> result<Secret> { return Secret("a.b.c"); }),
                settings));
    CHECK(form.at("client_assertion_type") ==
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    CHECK(form.at("client_assertion") == "a.b.c");
    CHECK_FALSE(form.contains("client_secret"));
}

TEST_CASE("5.2 the certificate's page wants PS256 and the SHA-256 of the certificate") {
    const auto parts = assertion_of(wire::SigningAlgorithm::ps256, sign_in_settings(), Now());
    CHECK(parts.header == R"({"alg":"PS256","typ":"JWT","x5t#S256":"dGh1bWI"})");
    CHECK(parts.signature == "signed");
}

TEST_CASE("5.2 the client credentials page still prints RS256 and the SHA-1") {
    const auto parts = assertion_of(wire::SigningAlgorithm::rs256, sign_in_settings(), Now());
    CHECK(parts.header == R"({"alg":"RS256","typ":"JWT","x5t":"dGh1bWI"})");
}

TEST_CASE(
    "5.2 the claims of an assertion name the endpoint and the client and ten minutes at most") {
    const Now now{MonotonicTime(), UtcTime(std::chrono::seconds(1714521600))};
    const auto parts = assertion_of(wire::SigningAlgorithm::ps256, sign_in_settings(), now);
    CHECK(parts.claims ==
          R"({"aud":"https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/)"
          R"(oauth2/v2.0/token","iss":"app-1","sub":"app-1",)"
          R"("jti":"00000000-0000-4000-8000-000000000000","nbf":1714521600,"iat":1714521600,)"
          R"("exp":1714521900})");
}

TEST_CASE("5.3 a device code is asked for with client and scope") {
    const Settings settings = sign_in_settings();
    const auto request = device_code_request({&settings, {}, {}}, DeviceCode{});
    REQUIRE(request.has_value());
    CHECK(request->target == "/11111111-2222-4333-8444-555555555555/oauth2/v2.0/devicecode");
    const auto form = form_of(*request);
    CHECK(form.size() == 2);
    CHECK(form.at("client_id") == "app-1");
    CHECK(form.at("scope") == "https://api.securitycenter.microsoft.com/.default offline_access");
}

TEST_CASE("5.3 a refresh token is asked for only by offline access") {
    const Settings settings = sign_in_settings();
    const auto request =
        device_code_request({&settings, {}, {}}, DeviceCode{.offline_access = OfflineAccess::none});
    CHECK(form_of(*request).at("scope") == "https://api.securitycenter.microsoft.com/.default");
}

TEST_CASE("5.3 the answer of the device page is read whole") {
    const auto code = sign_in_answer<DeviceAuthorization>(
        R"({"user_code":"FX7RSK2VH","device_code":"FAQABIQEAAAAm","expires_in":900,"interval":5,)"
        R"("verification_uri":"https://microsoft.com/devicelogin",)"
        R"("message":"To sign in, use a web browser and enter the code FX7RSK2VH."})");
    REQUIRE(code.has_value());
    CHECK(code->user_code == "FX7RSK2VH");
    CHECK(code->verification_uri == "https://microsoft.com/devicelogin");
    CHECK(code->expires_in == 15min);
    CHECK(code->interval == 5s);
    CHECK(code->message == "To sign in, use a web browser and enter the code FX7RSK2VH.");
    const bool same = code->device_code.expose() == "FAQABIQEAAAAm";
    CHECK(same);
}

TEST_CASE("5.3 polls carry the grant and the code") {
    const Settings settings = sign_in_settings();
    const auto request = device_token_request({&settings, {}, {}}, Secret("FAQABIQEAAAAm"));
    REQUIRE(request.has_value());
    CHECK(request->target == "/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token");
    const auto form = form_of(*request);
    CHECK(form.at("grant_type") == "urn:ietf:params:oauth:grant-type:device_code");
    CHECK(form.at("client_id") == "app-1");
    CHECK(form.at("device_code") == "FAQABIQEAAAAm");
}

TEST_CASE("5.4 a managed identity is a GET with a header and the audience in the query") {
    const Settings settings = sign_in_settings();
    const TokenRequest request = made_by(managed_identity(), settings);
    CHECK(request.method == Method::get);
    CHECK(request.scheme == Scheme::http);
    CHECK(request.host == "169.254.169.254");
    CHECK(request.port == 80);
    CHECK(request.target == "/metadata/identity/oauth2/token?api-version=2018-02-01&"
                            "resource=https%3A%2F%2Fapi.securitycenter.microsoft.com");
    REQUIRE(request.fields.size() == 1);
    CHECK(request.fields[0].name == "Metadata");
    CHECK(request.fields[0].value == "true");
    CHECK(request.form.empty());
}

TEST_CASE("5.4 one of several identities is named in one of three ways") {
    const Settings settings = sign_in_settings();
    const auto tail_of = [&](ManagedIdentity identity) {
        const std::string target = made_by(managed_identity(std::move(identity)), settings).target;
        return target.substr(target.find(".com") + 4);
    };
    CHECK(tail_of({}) == "");
    CHECK(tail_of({.client_id = "c"}) == "&client_id=c");
    CHECK(tail_of({.object_id = "o"}) == "&object_id=o");
    CHECK(tail_of({.resource_id = "/s/r"}) == "&msi_res_id=%2Fs%2Fr");
}

TEST_CASE("5.4 a managed identity is answered with numbers in strings or as numbers") {
    for (const char* life : {"\"86399\"", "86399"}) {
        const auto token = sign_in_answer<AccessToken>(
            R"({"access_token":"eyJ0.e30.c2ln","refresh_token":"","expires_in":)" +
            std::string(life) +
            R"(,"expires_on":"1506484173","not_before":"1506480273","resource":"r",)"
            R"("token_type":"Bearer"})");
        REQUIRE(token);
        CHECK(token->expires_at() == MonotonicTime() + 86399s);
    }
}

TEST_CASE("5.5 lives of an hour and of 28 hours are taken from the answer alone") {
    for (const std::chrono::seconds life : {3599s, 5400s, 7200s, 72000s, 100800s}) {
        const auto token = sign_in_answer<AccessToken>(R"({"token_type":"Bearer","expires_in":)" +
                                                       std::to_string(life.count()) +
                                                       R"(,"access_token":"opaque"})");
        CHECK(token->expires_at() == MonotonicTime() + life);
    }
}

TEST_CASE("5.5 an application's token says its permissions in roles and its tenant in tid") {
    const auto claims = wire::decode_token_claims(
        token_with(R"({"aud":"https://api.securitycenter.microsoft.com","tid":"t",)"
                   R"("roles":["Machine.CollectForensics","Machine.Read.All"]})"));
    REQUIRE(claims);
    CHECK(claims->tenant == "t");
    CHECK(claims->subject == TokenSubject::application);
    CHECK(claims->granted ==
          AnyOf{Permission::machine_collect_forensics, Permission::machine_read_all});
}

TEST_CASE("5.5 a user's token says its permissions in scp with spaces between") {
    const auto claims =
        wire::decode_token_claims(token_with(R"({"scp":"Machine.CollectForensics Machine.Read"})"));
    REQUIRE(claims);
    CHECK(claims->subject == TokenSubject::user);
    CHECK(claims->granted ==
          AnyOf{Permission::machine_collect_forensics, Permission::machine_read});
}

TEST_CASE("5.5 a token without roles is good and grants nothing") {
    const auto claims = wire::decode_token_claims(token_with("{}"));
    REQUIRE(claims);
    CHECK(claims->granted.empty());
}

TEST_CASE("5.5 the whole workflow needs to collect and to read") {
    const AnyOf app{Permission::machine_collect_forensics, Permission::machine_read_write_all};
    const AnyOf user{Permission::machine_collect_forensics, Permission::machine_read};
    CHECK(CollectInvestigationPackage::application.satisfied_by(app));
    CHECK(GetMachineAction::application.satisfied_by(app));
    CHECK(GetPackageUri::application.satisfied_by(app));
    CHECK(CollectInvestigationPackage::delegated.satisfied_by(user));
    CHECK(GetMachineAction::delegated.satisfied_by(user));
    CHECK(GetPackageUri::delegated.satisfied_by(user));
}
