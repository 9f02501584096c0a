// SPDX-License-Identifier: BSL-1.0
#include <mde/request/client_secret.hpp>
#include <mde/wire/form_fields.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <string>
#include <string_view>
#include <variant>

using namespace mde;
using namespace mde::literals;

static_assert(!std::copy_constructible<TokenRequest>);
static_assert(std::movable<TokenRequest>);
static_assert(std::same_as<decltype(TokenRequest::form), Secret>);

namespace {

Settings settings() {
    Settings settings;
    settings.authority = "https://login.example:8443"_endpoint;
    settings.audience = "https://api.example";
    settings.tenant = "Contoso.onmicrosoft.com"_tenant;
    settings.client_id = "c-1";
    return settings;
}

result<TokenRequest> request_of(const Grant& grant, const Settings& settings,
                                std::string_view claims = {}) {
    return std::get<TokenRequestMaker>(grant)({&settings, {}, claims});
}

} // namespace

TEST_CASE("a token request is the documented form at the tenant's endpoint") {
    const auto request = request_of(client_secret(Secret("s~+&=%\r\n")), settings());
    REQUIRE(request.has_value());
    CHECK(request->issuer == TokenIssuer::authority);
    CHECK(request->method == Method::post);
    CHECK(request->scheme == Scheme::https);
    CHECK(request->host == "login.example");
    CHECK(request->port == 8443);
    CHECK(request->target == "/contoso.onmicrosoft.com/oauth2/v2.0/token");
    CHECK(request->fields.empty());
    CHECK(request->form.expose() ==
          "client_id=c-1&grant_type=client_credentials&"
          "scope=https%3A%2F%2Fapi.example%2F.default&client_secret=s~%2B%26%3D%25%0D%0A");
    CHECK(request->secret.expose() == "s~+&=%\r\n");
    CHECK(TokenRequest::content_type == "application/x-www-form-urlencoded");
}

TEST_CASE("the older endpoint is asked for a resource") {
    Settings older = settings();
    older.token_endpoint = TokenEndpoint::v1;
    const auto request = request_of(client_secret(Secret("abc")), older);
    REQUIRE(request.has_value());
    CHECK(request->target == "/contoso.onmicrosoft.com/oauth2/token");
    CHECK(request->form.expose() == "client_id=c-1&grant_type=client_credentials&"
                                    "resource=https%3A%2F%2Fapi.example&client_secret=abc");
    CHECK(token_url(older) == "https://login.example:8443/contoso.onmicrosoft.com/oauth2/token");
}

TEST_CASE("what is sent is what a token endpoint reads") {
    std::string secret;
    for (int i = 0; i < 256; ++i) secret.push_back(static_cast<char>(i));
    Settings odd = settings();
    odd.client_id = "c&client_secret=x";
    const std::string claims = R"({"access_token":{"nbf":{"essential":true,"value":"1"}}})";
    const auto request = request_of(client_secret(Secret(secret)), odd, claims);
    REQUIRE(request.has_value());
    const auto fields = wire::parse_form(request->form.expose());
    REQUIRE(fields);
    CHECK(fields->size() == 5);
    CHECK(fields->at("client_id") == "c&client_secret=x");
    CHECK(fields->at("client_secret") == secret);
    CHECK(fields->at("claims") == claims);
}

TEST_CASE("each try has a request of its own and copies of a grant share its secret") {
    const Grant grant = client_secret(Secret("abc"));
    const Grant copy = grant;
    for (const Grant& each : {grant, copy, grant})
        CHECK(request_of(each, settings())->secret.expose() == "abc");
}

TEST_CASE("without a secret or a name there is no credential of this kind") {
    const auto fails = [](const Grant& grant, const Settings& with) {
        const auto request = request_of(grant, with);
        return !request && request.error() == errc::credential_unavailable;
    };
    CHECK(fails(client_secret(Secret()), settings()));
    Settings nobody = settings();
    nobody.client_id.clear();
    CHECK(fails(client_secret(Secret("abc")), nobody));
    Settings nowhere = settings();
    nowhere.tenant = TenantId();
    CHECK(fails(client_secret(Secret("abc")), nowhere));
    Settings no_authority = settings();
    no_authority.authority = Endpoint();
    CHECK(fails(client_secret(Secret("abc")), no_authority));
}
