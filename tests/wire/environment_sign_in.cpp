// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/environment_sign_in.hpp>

#include <mde/adapter/certificate_authority.hpp>
#include <mde/model/cloud.hpp>
#include <mde/wire/form_fields.hpp>

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace mde;
using namespace mde::literals;
using namespace mde_test;

namespace {

using Variables = std::map<std::string, std::string>;

constexpr const char* tenant = "11111111-2222-4333-8444-555555555555";

EnvironmentLookup lookup(const Variables& variables) {
    return [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
}

Settings unset() {
    return Settings::for_cloud(clouds().front(), "settings.example"_tenant, "settings-app");
}

result<EnvironmentSignIn> read(const Variables& variables, std::string* why = nullptr) {
    return sign_in_from_environment(unset(), lookup(variables), why);
}

/// What the ways of a chain prove themselves with, in order.
std::vector<std::string> proofs(const EnvironmentSignIn& found) {
    std::vector<std::string> names;
    for (const Grant& grant : found.chain) {
        const auto request = std::get<TokenRequestMaker>(grant)({&found.settings, {}, {}});
        if (!request) {
            names.push_back(request.error().message());
            continue;
        }
        const auto form = wire::parse_form(request->form.expose()).value();
        if (request->issuer == TokenIssuer::metadata_service)
            names.push_back(request->target);
        else
            names.push_back(form.contains("client_secret") ? form.at("client_secret")
                                                           : form.at("client_assertion"));
    }
    return names;
}

const std::string machine_target = "/metadata/identity/oauth2/token?api-version=2018-02-01&"
                                   "resource=https%3A%2F%2Fapi.securitycenter.microsoft.com";

std::string rsa_pem() {
    const IssuedCertificate issued = CertificateAuthority().issue(
        {.key_type = KeyType::rsa_2048, .issued_by = IssuedBy::itself});
    return issued.private_key_pem + issued.certificate_pem;
}

} // namespace

TEST_CASE("without variables there is the machine's own identity and the settings stay") {
    const auto found = read({{"AZURE_CLIENT_ID", ""}, {"AZURE_CLIENT_SECRET", ""}});
    REQUIRE(found.has_value());
    CHECK(proofs(*found) == std::vector<std::string>{machine_target});
    CHECK(found->settings.tenant == "settings.example"_tenant);
    CHECK(found->settings.client_id == "settings-app");
    CHECK(found->settings.authority == clouds().front().authority);
}

TEST_CASE("tenant and client and authority are taken over") {
    const auto found = read({{"AZURE_TENANT_ID", tenant},
                             {"AZURE_CLIENT_ID", "app-1"},
                             {"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/"}});
    REQUIRE(found.has_value());
    CHECK(found->settings.tenant.text() == tenant);
    CHECK(found->settings.client_id == "app-1");
    CHECK(found->settings.authority == "https://login.microsoftonline.us"_endpoint);
    CHECK(proofs(*found) == std::vector<std::string>{machine_target + "&client_id=app-1"});
}

TEST_CASE("the order is secret then certificate then workload then machine") {
    const TemporaryDirectory directory;
    directory.write("token", "federated.token.text\n");
    directory.write("both.pem", rsa_pem());
    const auto found = read({{"AZURE_TENANT_ID", tenant},
                             {"AZURE_CLIENT_ID", "app-1"},
                             {"AZURE_CLIENT_SECRET", "sesame"},
                             {"AZURE_CLIENT_CERTIFICATE_PATH", directory.file("both.pem")},
                             {"AZURE_FEDERATED_TOKEN_FILE", directory.file("token")}});
    REQUIRE(found.has_value());
    const auto names = proofs(*found);
    REQUIRE(names.size() == 4);
    CHECK(names[0] == "sesame");
    CHECK(names[1].starts_with("eyJhbGciOiJQUzI1NiIs"));
    CHECK(names[2] == "federated.token.text");
    CHECK(names[3] == machine_target + "&client_id=app-1");
}

TEST_CASE("what cannot be understood is an error in words that hold no value") {
    const TemporaryDirectory directory;
    directory.write("odd.pem", "hush-hush");
    struct Row {
        Variables variables;
        errc error;
        std::string word;
    };
    for (const Row& row :
         {Row{{{"AZURE_TENANT_ID", "hush hush"}}, errc::malformed_id, "AZURE_TENANT_ID"},
          Row{{{"AZURE_AUTHORITY_HOST", "http://hush"}},
              errc::malformed_endpoint,
              "AZURE_AUTHORITY_HOST"},
          Row{{{"AZURE_CLIENT_CERTIFICATE_PATH", directory.file("odd.pem")}},
              errc::malformed_credential,
              "AZURE_CLIENT_CERTIFICATE_PATH"},
          Row{{{"AZURE_CLIENT_CERTIFICATE_PATH", directory.file("hush")}},
              errc::malformed_credential,
              "cannot be read"},
          Row{{{"AZURE_CLIENT_CERTIFICATE_PATH", directory.file("odd.pem")},
               {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "hush"}},
              errc::malformed_credential,
              "AZURE_CLIENT_CERTIFICATE_PASSWORD is not supported"}}) {
        std::string why;
        CHECK(read(row.variables, &why).error() == row.error);
        CHECK(why.find(row.word) != std::string::npos);
        CHECK(why.find("hush") == std::string::npos);
        CHECK(read(row.variables).error() == row.error);
    }
}

TEST_CASE("a federated token file that is not there is passed over later") {
    const TemporaryDirectory directory;
    const auto found = read({{"AZURE_FEDERATED_TOKEN_FILE", directory.file("none")}});
    REQUIRE(found.has_value());
    CHECK(proofs(*found) ==
          std::vector<std::string>{make_error_code(errc::credential_unavailable).message(),
                                   machine_target});
}
