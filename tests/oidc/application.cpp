// SPDX-License-Identifier: BSL-1.0
// An application signs in at an OpenID provider that is not ours.
#include <mde/adapter/client_certificate.hpp>
#include <mde/adapter/environment_sign_in.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/missing_permissions.hpp>

#include "oidc/provider_world.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace mde;
using namespace mde_test;
using wire::SigningAlgorithm;

namespace {

ClientCertificate certificate(const std::string& name) {
    return *ClientCertificate::from_files(key_file(name + ".pem"), key_file(name + ".key"));
}

std::string client_for(SigningAlgorithm algorithm) {
    return algorithm == SigningAlgorithm::ps256 ? "certificate-ps256" : "certificate-rs256";
}

void check_application_token(const ProviderWorld& world, const ProviderWorld::Asked& asked) {
    REQUIRE_MESSAGE(!asked.error, asked.diagnostics.message);
    CHECK(lasts_two_minutes(world, asked.token));
    const auto claims = wire::decode_token_claims(asked.token.secret().expose());
    REQUIRE(claims);
    CHECK(claims->audience == world.settings.audience);
    CHECK(claims->tenant == told("MDE_OIDC_TENANT"));
    CHECK(claims->subject == TokenSubject::application);
    CHECK(missing_permissions<CollectInvestigationPackage, GetMachineAction>(*claims).empty());
}

/// What the provider says has the reason in front and what was sent behind it.
void check_refusal(const ProviderWorld::Asked& asked, const std::string& reason) {
    CHECK(asked.error == errc::sign_in_refused);
    CHECK(asked.token.empty());
    CHECK(asked.diagnostics.stage == Stage::sign_in);
    CHECK(asked.diagnostics.http_status == 401);
    CHECK(asked.diagnostics.code == "invalid_client");
    CHECK(asked.diagnostics.message == reason + " (sent: [removed] [removed])");
}

/// Requests of `grant` made for somewhere or sometime else and sent here and now.
Grant misled(Grant grant, TenantId tenant, Ticks ahead) {
    return TokenRequestMaker(
        [made = std::get<TokenRequestMaker>(std::move(grant)), tenant, ahead](const TokenAsk& ask) {
            Settings settings = *ask.settings;
            settings.tenant = tenant;
            TokenAsk other = ask;
            other.settings = &settings;
            other.now.utc += ahead;
            auto request = made(other);
            if (request) request->target = token_target(*ask.settings);
            return request;
        });
}

AssertionSigner signer_of(const ClientCertificate& shown, const ClientCertificate& signs) {
    AssertionSigner signer;
    signer.thumbprint = shown.thumbprint(SigningAlgorithm::ps256);
    signer.sign = [signs](std::string_view text) {
        return signs.sign(SigningAlgorithm::ps256, text);
    };
    signer.random = []() -> result<std::array<std::byte, 16>> {
        return std::array<std::byte, 16>{std::byte{4}, std::byte{7}};
    };
    return signer;
}

} // namespace

TEST_CASE("the provider takes a client secret of any characters") {
    ProviderWorld world("secret");
    check_application_token(world, world.get(client_secret(Secret(told("MDE_OIDC_SECRET")))));
    CHECK(world.requests == 1);
}

TEST_CASE("a wrong client secret is refused in the provider's own words without the secret") {
    ProviderWorld world("secret");
    const auto asked = world.get(client_secret(Secret("Wr0ng~cli.secret-n0body/knows=")));
    check_refusal(asked, "invalid secret provided");
    CHECK(world.requests == 1);
}

TEST_CASE("a client that the provider does not know is refused") {
    ProviderWorld world("nobody");
    check_refusal(world.get(client_secret(Secret(told("MDE_OIDC_SECRET")))), "client not found");
}

TEST_CASE("the provider takes a certificate with either algorithm however often") {
    for (const auto algorithm : {SigningAlgorithm::ps256, SigningAlgorithm::rs256}) {
        ProviderWorld world(client_for(algorithm));
        const Grant grant = client_certificate(certificate("client"), algorithm);
        // It takes no assertion twice.
        for (int i = 0; i < 3; ++i) check_application_token(world, world.get(grant));
        CHECK(world.requests == 3);
    }
}

TEST_CASE("an assertion that was used is refused") {
    ProviderWorld world("certificate-ps256");
    // The random bytes are the same each time, and so is the assertion's name.
    const Grant grant = signed_assertion(signer_of(certificate("client"), certificate("client")));
    check_application_token(world, world.get(grant));
    check_refusal(world.get(grant), "client assertion tokens must only be used once");
}

TEST_CASE("an assertion of somebody else's key is refused") {
    for (const auto algorithm : {SigningAlgorithm::ps256, SigningAlgorithm::rs256}) {
        ProviderWorld world(client_for(algorithm));
        check_refusal(world.get(client_certificate(certificate("other"), algorithm)),
                      "signature verification failed");
    }
}

TEST_CASE("an assertion with a fault is refused for it") {
    const TenantId here = *TenantId::parse(told("MDE_OIDC_TENANT"));
    const ClientCertificate own = certificate("client");
    struct Row {
        Grant grant;
        const char* reason;
    };
    const Row rows[] = {
        {client_certificate(own, SigningAlgorithm::rs256), "alg mismatch"},
        {misled(client_certificate(own), *TenantId::parse("elsewhere.example"), Ticks()),
         "audience (aud) must equal the endpoint url, issuer identifier or token endpoint url"},
        {misled(client_certificate(own), here, -1h), "jwt expired"},
        {misled(client_certificate(own), here, 1h), "jwt not active yet"},
        {signed_assertion(signer_of(certificate("other"), own)), "thumbprint mismatch"},
    };
    for (const Row& row : rows) {
        ProviderWorld world("certificate-ps256");
        check_refusal(world.get(row.grant), row.reason);
    }
}

TEST_CASE("a token near its end is replaced by another sign-in") {
    ProviderWorld world("certificate-ps256");
    const auto tokens = world.tokens({client_certificate(certificate("client"))});
    const auto first = world.get(*tokens);
    check_application_token(world, first);
    CHECK(world.get(*tokens).token.serial() == first.token.serial());
    CHECK(world.requests == 1);
    // Half of its two minutes. The calendar stays: the provider has its own.
    world.step(61s);
    const auto second = world.get(*tokens);
    check_application_token(world, second);
    CHECK(second.token.serial() != first.token.serial());
    CHECK(world.requests == 2);
}

TEST_CASE("what the environment says is enough to sign in") {
    const std::string secret = told("MDE_OIDC_SECRET");
    const std::string pem = key_file("client-with-key.pem");
    const std::map<std::string, std::string> rows[] = {
        {{"AZURE_CLIENT_ID", "secret"}, {"AZURE_CLIENT_SECRET", secret}},
        {{"AZURE_CLIENT_ID", "certificate-ps256"}, {"AZURE_CLIENT_CERTIFICATE_PATH", pem}},
    };
    for (std::map<std::string, std::string> variables : rows) {
        variables["AZURE_TENANT_ID"] = told("MDE_OIDC_TENANT");
        variables["AZURE_AUTHORITY_HOST"] = told("MDE_OIDC_URL");
        const auto found = sign_in_from_environment(
            Settings::for_cloud(clouds().front(), TenantId(), ""), [&](const char* name) {
                const auto at = variables.find(name);
                return at == variables.end() ? nullptr : at->second.c_str();
            });
        REQUIRE(found.has_value());
        ProviderWorld world("");
        world.settings = found->settings;
        check_application_token(world, world.get(*world.tokens(found->chain)));
    }
}
