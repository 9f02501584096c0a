// SPDX-License-Identifier: BSL-1.0
// Every way to sign in against the emulator's own idea of it.
#include <mde/adapter/certificate_authority.hpp>
#include <mde/adapter/client_certificate.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/managed_identity.hpp>
#include <mde/request/missing_permissions.hpp>
#include <mde/wire/token_claims.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::SignIn;
using flow::SignInRequest;

namespace {

struct Approver {
    World* world = nullptr;
    unsigned prompts = 0;
    bool declines = false;

    void notify(const ObserverEvent& event) {
        const auto* prompt = std::get_if<observed::DevicePrompt>(&event);
        if (prompt == nullptr) return;
        ++prompts;
        if (declines)
            CHECK(world->emulator.decline_device_code(prompt->user_code));
        else
            CHECK(world->emulator.approve_device_code(prompt->user_code));
    }
};

SignIn::Result sign_in(World& world, SignInRequest request, Approver& approver) {
    NoTokens tokens;
    exemplar::NoQuota quotas;
    exemplar::NoStore store;
    approver.world = &world;
    const Ports<World::Transport, NoTokens, exemplar::NoQuota, VirtualClock, Approver,
                exemplar::NoStore>
        ports{&world.transport, &tokens, &quotas, &world.clock, &approver, &store};
    return run_blocking<SignIn>(ports, world.context(), world.diagnostics, std::move(request));
}

service::AssertionVerifier verifier(const IssuedCertificate& issued) {
    return [issued](std::string_view algorithm, std::string_view text, std::string_view signature,
                    std::string_view thumbprint) {
        const auto own =
            ClientCertificate::from_pem(issued.certificate_pem, issued.private_key_pem);
        const auto with =
            algorithm == "PS256" ? wire::SigningAlgorithm::ps256 : wire::SigningAlgorithm::rs256;
        if (thumbprint != own->thumbprint(with)) return false;
        const auto pem = detail::memory_bio(issued.certificate_pem);
        const detail::OpensslPtr<X509> certificate(
            PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
        const detail::OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
        EVP_PKEY_CTX* options = nullptr;
        EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr,
                             X509_get0_pubkey(certificate.get()));
        if (algorithm == "PS256") {
            EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
        }
        return EVP_DigestVerify(
                   context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                   signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                   text.size()) == 1;
    };
}

} // namespace

TEST_CASE("the emulator takes assertions signed with either algorithm") {
    const IssuedCertificate issued = CertificateAuthority().issue(
        {.key_type = KeyType::rsa_2048, .issued_by = IssuedBy::itself});
    for (const auto algorithm : {wire::SigningAlgorithm::ps256, wire::SigningAlgorithm::rs256}) {
        for (const TokenEndpoint endpoint : {TokenEndpoint::v2, TokenEndpoint::v1}) {
            World world;
            service::Application app = World::application();
            app.client_id = "app-2";
            app.verify_assertion = verifier(issued);
            world.emulator.add(app);
            world.settings.client_id = "app-2";
            world.settings.token_endpoint = endpoint;
            const Grant grant = client_certificate(
                ClientCertificate::from_pem(issued.certificate_pem, issued.private_key_pem).value(),
                algorithm);
            Approver nobody;
            // Twice: no assertion is used again.
            for (int i = 0; i < 2; ++i) {
                const auto outcome = sign_in(world, {{grant}}, nobody);
                CHECK_MESSAGE(outcome.has_value(), world.diagnostics.message);
            }
        }
    }
}

TEST_CASE("the emulator takes a device code and a refresh token") {
    World world;
    Approver somebody;
    const auto first = sign_in(world, {{DeviceCode()}}, somebody);
    REQUIRE_MESSAGE(first.has_value(), world.diagnostics.message);
    CHECK(somebody.prompts == 1);
    REQUIRE_FALSE(first->refresh_token.empty());
    const auto claims = wire::decode_token_claims(first->token.secret().expose());
    REQUIRE(claims);
    CHECK(claims->subject == TokenSubject::user);
    CHECK(missing_permissions<CollectInvestigationPackage, GetMachineAction, GetPackageUri>(*claims)
              .empty());
    SignInRequest again{{DeviceCode()}};
    again.refresh_token = first->refresh_token.clone();
    const auto second = sign_in(world, std::move(again), somebody);
    REQUIRE(second.has_value());
    CHECK(somebody.prompts == 1);
    CHECK(second->refresh_token.expose() != first->refresh_token.expose());
    // Good once: the old one leads to a prompt.
    SignInRequest stale{{DeviceCode()}};
    stale.refresh_token = first->refresh_token.clone();
    CHECK(sign_in(world, std::move(stale), somebody).has_value());
    CHECK(somebody.prompts == 2);
}

TEST_CASE("the emulator's no to a device code arrives") {
    World world;
    Approver somebody;
    somebody.declines = true;
    CHECK(sign_in(world, {{DeviceCode()}}, somebody).error() == errc::sign_in_declined);
}

TEST_CASE("the emulator's machine has an identity or the chain goes on") {
    World world;
    Approver nobody;
    const Chain chain{managed_identity(),
                      client_secret(Secret(World::application().client_secret))};
    const auto without = sign_in(world, {chain}, nobody);
    REQUIRE(without.has_value());
    CHECK(without->grant == 1);
    service::Application app = World::application();
    app.client_id = "app-2";
    app.managed_identity = service::ManagedIdentity{"object-1", "/resource/1"};
    world.emulator.add(app);
    const auto with = sign_in(world, {chain}, nobody);
    REQUIRE_MESSAGE(with.has_value(), world.diagnostics.message);
    CHECK(with->grant == 0);
}

TEST_CASE("claims for the API are in what the emulator signs") {
    World world;
    Approver somebody;
    for (const Grant& grant :
         {client_secret(Secret(World::application().client_secret)), Grant(DeviceCode())}) {
        SignInRequest request{{grant}};
        request.claims = R"({"access_token":{"acrs":{"essential":true,"value":"c1"}}})";
        const auto outcome = sign_in(world, std::move(request), somebody);
        REQUIRE_MESSAGE(outcome.has_value(), world.diagnostics.message);
        const auto payload = wire::jwt_payload(outcome->token.secret().expose());
        REQUIRE(payload);
        CHECK(payload->find("c1") != std::string::npos);
    }
}
