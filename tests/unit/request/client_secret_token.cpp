// SPDX-License-Identifier: BSL-1.0
#include <mde/request/client_secret_token.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <type_traits>

using namespace mde;
using namespace mde::literals;

static_assert(!std::copy_constructible<ClientSecretToken>);
static_assert(std::movable<ClientSecretToken>);
static_assert(std::same_as<decltype(std::declval<const ClientSecretToken&>().form()), Secret>);

TEST_CASE("a token request is the documented form at the tenant's endpoint") {
    const ClientSecretToken request{"Contoso.onmicrosoft.com"_tenant, "c-1",
                                    "https://api.example/.default", Secret("s~+&=%\r\n")};
    CHECK(request.target() == "/contoso.onmicrosoft.com/oauth2/v2.0/token");
    CHECK(request.form().expose() ==
          "grant_type=client_credentials&client_id=c-1&"
          "scope=https%3A%2F%2Fapi.example%2F.default&client_secret=s~%2B%26%3D%25%0D%0A");
    CHECK(ClientSecretToken::method == Method::post);
    CHECK(ClientSecretToken::content_type == "application/x-www-form-urlencoded");
}

TEST_CASE("what is sent is what a token endpoint reads") {
    std::string secret;
    for (int i = 0; i < 256; ++i) secret.push_back(static_cast<char>(i));
    const ClientSecretToken request{"a.b"_tenant, "c&client_secret=x", "s", Secret(secret)};
    const Secret form = request.form();
    const auto fields = wire::parse_form(form.expose());
    REQUIRE(fields);
    CHECK(fields->size() == 4);
    CHECK(fields->at("client_id") == "c&client_secret=x");
    CHECK(fields->at("client_secret") == secret);
}
