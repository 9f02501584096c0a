// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/workload_identity.hpp>
#include <mde/wire/form_fields.hpp>

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;
using namespace mde_test;

namespace {

result<TokenRequest> request_of(const Grant& grant) {
    Settings settings;
    settings.authority = "https://login.example"_endpoint;
    settings.tenant = "contoso.example"_tenant;
    settings.client_id = "app-1";
    return std::get<TokenRequestMaker>(grant)({&settings, {}, {}});
}

std::string sent(const Grant& grant) {
    const auto request = request_of(grant);
    REQUIRE(request.has_value());
    const auto form = wire::parse_form(request->form.expose()).value();
    CHECK(form.at("client_assertion_type") ==
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    CHECK(request->secret.expose() == form.at("client_assertion"));
    return form.at("client_assertion");
}

} // namespace

TEST_CASE("the file is read again for each try") {
    const TemporaryDirectory directory;
    const Grant grant = workload_identity(directory.file("token"));
    CHECK(request_of(grant).error() == errc::credential_unavailable);
    directory.write("token", "eyJh.eyJi.c2ln");
    CHECK(sent(grant) == "eyJh.eyJi.c2ln");
    directory.write("token", "other.token.now");
    CHECK(sent(grant) == "other.token.now");
}

TEST_CASE("a line break behind the token is dropped") {
    const TemporaryDirectory directory;
    const Grant grant = workload_identity(directory.file("token"));
    for (const char* end : {"", "\n", "\r\n"}) {
        directory.write("token", std::string("eyJh.eyJi.c2ln") + end);
        CHECK(sent(grant) == "eyJh.eyJi.c2ln");
    }
}

TEST_CASE("a file without one token is refused") {
    const TemporaryDirectory directory;
    const Grant grant = workload_identity(directory.file("token"));
    for (const std::string& odd :
         {std::string(), std::string("\n"), std::string("a b"), std::string("a.b.c\nd.e.f"),
          std::string("a\0b", 3), std::string("\xef\xbb\xbf") + "a.b.c"}) {
        directory.write("token", odd);
        CHECK(request_of(grant).error() == errc::malformed_credential);
    }
    directory.write("token", std::string(bounds::access_token, 'a') + "\r\n");
    CHECK(sent(grant).size() == bounds::access_token);
    directory.write("token", std::string(bounds::access_token + 1, 'a'));
    CHECK(request_of(grant).error() == errc::malformed_credential);
    CHECK(request_of(workload_identity(directory.path())).error() == errc::malformed_credential);
}
