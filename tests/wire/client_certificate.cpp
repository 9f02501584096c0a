// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/client_certificate.hpp>

#include <mde/adapter/certificate_authority.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/json.hpp>

#include "support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mde;
using namespace mde::literals;
using namespace mde_test;

namespace {

constexpr std::string_view password = "the password of a test key";

const IssuedCertificate& rsa() {
    static const IssuedCertificate one = CertificateAuthority().issue(
        {.key_type = KeyType::rsa_2048, .issued_by = IssuedBy::itself});
    return one;
}

const IssuedCertificate& other_rsa() {
    static const IssuedCertificate one =
        CertificateAuthority().issue({.key_type = KeyType::rsa_2048});
    return one;
}

detail::OpensslPtr<X509> certificate_in(std::string_view pem) {
    const auto text = detail::memory_bio(pem);
    return detail::OpensslPtr<X509>(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
}

detail::OpensslPtr<EVP_PKEY> key_in(std::string_view pem) {
    const auto text = detail::memory_bio(pem);
    return detail::OpensslPtr<EVP_PKEY>(
        PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
}

enum class Envelope {
    pkcs8,
    traditional,
};

std::string encrypted(std::string_view key_pem, Envelope envelope) {
    const auto key = key_in(key_pem);
    const detail::OpensslPtr<BIO> out(BIO_new(BIO_s_mem()));
    std::string word(password);
    auto* bytes = reinterpret_cast<unsigned char*>(word.data());
    const int size = static_cast<int>(word.size());
    const int written =
        envelope == Envelope::pkcs8
            ? PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), bytes, size,
                                       nullptr, nullptr)
            : PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), EVP_aes_256_cbc(), bytes,
                                                   size, nullptr, nullptr);
    REQUIRE(written == 1);
    return detail::text_of(out.get());
}

std::string small_key() {
    const detail::OpensslPtr<EVP_PKEY> key(
        EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t(1024)));
    return detail::to_pem(key.get());
}

/// By the public key alone, as the sign-in service does it.
bool verifies(const IssuedCertificate& issued, wire::SigningAlgorithm algorithm,
              std::string_view text, std::string_view signature) {
    const auto certificate = certificate_in(issued.certificate_pem);
    const detail::OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    REQUIRE(EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr,
                                 X509_get0_pubkey(certificate.get())) == 1);
    if (algorithm == wire::SigningAlgorithm::ps256) {
        REQUIRE(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1);
        REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32) == 1);
    }
    return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

/// The three parts of a token, the first two decoded.
struct Parts {
    wire::json::object header;
    wire::json::object claims;
    std::string signed_part;
    std::string signature;
};

Parts parts_of(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    const auto decoded = [](std::string_view text) {
        return base64_decode(text, Base64Alphabet::url).value();
    };
    return {wire::parse_json_object(decoded(token.substr(0, first))).value(),
            wire::parse_json_object(decoded(token.substr(first + 1, last - first - 1))).value(),
            std::string(token.substr(0, last)), decoded(token.substr(last + 1))};
}

Settings settings() {
    Settings settings;
    settings.authority = "https://login.example"_endpoint;
    settings.audience = "https://api.example";
    settings.tenant = "contoso.example"_tenant;
    settings.client_id = "app-1";
    return settings;
}

/// The assertion of one try.
Secret assertion(const Grant& grant, const Settings& with = settings()) {
    const Now now{{},
                  UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)) +
                      std::chrono::milliseconds(900)};
    auto request = std::get<TokenRequestMaker>(grant)({&with, now, {}});
    REQUIRE(request.has_value());
    const auto form = wire::parse_form(request->form.expose());
    REQUIRE(form);
    CHECK(form->at("client_assertion") == request->secret.expose());
    return std::move(request->secret);
}

std::string_view text_of(const wire::json::object& object, const char* name) {
    return object.at(name).as_string();
}

std::string fault_of(std::string_view certificate, std::string_view key) {
    std::string why;
    const auto loaded = ClientCertificate::from_pem(certificate, key, &why);
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error() == errc::malformed_credential);
    CHECK(ERR_peek_error() == 0);
    return why;
}

} // namespace

TEST_CASE("a PS256 assertion says what the page asks for and verifies") {
    const auto certificate =
        ClientCertificate::from_pem(rsa().certificate_pem, rsa().private_key_pem);
    REQUIRE(certificate.has_value());
    const Secret token = assertion(client_certificate(*certificate));
    const Parts parts = parts_of(token.expose());
    CHECK(parts.header.size() == 3);
    CHECK(text_of(parts.header, "alg") == "PS256");
    CHECK(text_of(parts.header, "typ") == "JWT");
    CHECK(text_of(parts.header, "x5t#S256") ==
          detail::thumbprint_of(certificate_in(rsa().certificate_pem).get(), EVP_sha256()));
    CHECK(text_of(parts.header, "x5t#S256").size() == 43);
    CHECK(parts.claims.size() == 7);
    CHECK(text_of(parts.claims, "aud") ==
          "https://login.example/contoso.example/oauth2/v2.0/token");
    CHECK(text_of(parts.claims, "iss") == "app-1");
    CHECK(text_of(parts.claims, "sub") == "app-1");
    CHECK(is_guid(text_of(parts.claims, "jti")));
    CHECK(parts.claims.at("nbf").as_int64() == 1714521600);
    CHECK(parts.claims.at("iat").as_int64() == 1714521600);
    CHECK(parts.claims.at("exp").as_int64() == 1714521600 + 300);
    CHECK(verifies(rsa(), wire::SigningAlgorithm::ps256, parts.signed_part, parts.signature));
    CHECK_FALSE(verifies(rsa(), wire::SigningAlgorithm::rs256, parts.signed_part, parts.signature));
    CHECK_FALSE(
        verifies(rsa(), wire::SigningAlgorithm::ps256, parts.signed_part + "A", parts.signature));
    CHECK_FALSE(
        verifies(other_rsa(), wire::SigningAlgorithm::ps256, parts.signed_part, parts.signature));
}

TEST_CASE("an RS256 assertion carries the older thumbprint and verifies") {
    const auto certificate =
        ClientCertificate::from_pem(rsa().certificate_pem, rsa().private_key_pem);
    REQUIRE(certificate.has_value());
    Settings older = settings();
    older.token_endpoint = TokenEndpoint::v1;
    const Secret token =
        assertion(client_certificate(*certificate, wire::SigningAlgorithm::rs256), older);
    const Parts parts = parts_of(token.expose());
    CHECK(parts.header.size() == 3);
    CHECK(text_of(parts.header, "alg") == "RS256");
    CHECK(text_of(parts.header, "x5t") ==
          detail::thumbprint_of(certificate_in(rsa().certificate_pem).get(), EVP_sha1()));
    CHECK(text_of(parts.header, "x5t").size() == 27);
    CHECK(text_of(parts.claims, "aud") == "https://login.example/contoso.example/oauth2/token");
    CHECK(verifies(rsa(), wire::SigningAlgorithm::rs256, parts.signed_part, parts.signature));
}

TEST_CASE("no two assertions have one id") {
    const auto certificate =
        ClientCertificate::from_pem(rsa().certificate_pem, rsa().private_key_pem);
    const Grant grant = client_certificate(certificate.value());
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i)
        ids.emplace(text_of(parts_of(assertion(grant).expose()).claims, "jti"));
    CHECK(ids.size() == 20);
}

TEST_CASE("certificate and key may stand in one text in any order with issuers beside them") {
    const std::string& certificate = rsa().certificate_pem;
    const std::string& key = rsa().private_key_pem;
    const std::string& issuer = other_rsa().certificate_pem;
    for (const std::string& pem :
         {certificate + key, key + certificate, issuer + certificate + key,
          key + issuer + certificate, "a note\n" + certificate + "\nanother\n" + key}) {
        const auto loaded = ClientCertificate::from_pem(pem);
        REQUIRE(loaded.has_value());
        CHECK(loaded->thumbprint(wire::SigningAlgorithm::ps256) ==
              detail::thumbprint_of(certificate_in(certificate).get(), EVP_sha256()));
    }
}

TEST_CASE("an encrypted key is refused in words and nobody is asked for its password") {
    for (const Envelope envelope : {Envelope::pkcs8, Envelope::traditional}) {
        const std::string key = encrypted(rsa().private_key_pem, envelope);
        CHECK(fault_of(rsa().certificate_pem, key).find("encrypted") != std::string::npos);
        CHECK(fault_of(rsa().certificate_pem + key, rsa().certificate_pem + key)
                  .find("not supported") != std::string::npos);
    }
}

TEST_CASE("texts without what is needed are refused in words") {
    const IssuedCertificate elliptic = CertificateAuthority().issue();
    CHECK(fault_of(elliptic.certificate_pem, elliptic.private_key_pem).find("RSA key") !=
          std::string::npos);
    CHECK(fault_of(rsa().certificate_pem, small_key()).find("2048") != std::string::npos);
    CHECK(fault_of(rsa().certificate_pem, rsa().certificate_pem).find("no private key") !=
          std::string::npos);
    CHECK(fault_of(rsa().certificate_pem, "").find("no private key") != std::string::npos);
    CHECK(fault_of("", rsa().private_key_pem).find("no certificate") != std::string::npos);
    CHECK(fault_of(other_rsa().certificate_pem, rsa().private_key_pem).find("fits the key") !=
          std::string::npos);
    std::string cut = rsa().private_key_pem;
    cut.resize(cut.size() / 2);
    CHECK(fault_of(rsa().certificate_pem, cut).find("no private key") != std::string::npos);
    CHECK(fault_of(std::string(bounds::mib + 1, ' '), "").find("1 MiB") != std::string::npos);
    // Nobody has to listen.
    CHECK(ClientCertificate::from_pem("").error() == errc::malformed_credential);
}

TEST_CASE("a certificate is read from one file or two") {
    const TemporaryDirectory directory;
    directory.write("both.pem", rsa().private_key_pem + rsa().certificate_pem);
    directory.write("certificate.pem", rsa().certificate_pem);
    directory.write("key.pem", rsa().private_key_pem);
    CHECK(ClientCertificate::from_file(directory.file("both.pem")).has_value());
    CHECK(
        ClientCertificate::from_files(directory.file("certificate.pem"), directory.file("key.pem"))
            .has_value());
    std::string why;
    CHECK(ClientCertificate::from_file(directory.file("none.pem"), &why).error() ==
          errc::credential_unavailable);
    CHECK(why.find("cannot be read") != std::string::npos);
    CHECK(ClientCertificate::from_file(directory.path()).error() == errc::malformed_credential);
}
