// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/certificate_authority.hpp>

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

namespace {

using mde::detail::memory_bio;
using mde::detail::OpensslPtr;

OpensslPtr<X509> parse_certificate(const std::string& pem) {
    const auto bio = memory_bio(pem);
    return OpensslPtr<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

OpensslPtr<EVP_PKEY> parse_key(const std::string& pem) {
    const auto bio = memory_bio(pem);
    return OpensslPtr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

/// What a client says that trusts `ca_pem` and wanted `host`, in the summer of 2024.
int verdict(const std::string& ca_pem, const std::string& pem, const std::string& host) {
    const auto root = parse_certificate(ca_pem);
    const auto leaf = parse_certificate(pem);
    const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(X509_STORE_new(),
                                                                   &X509_STORE_free);
    const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> context(X509_STORE_CTX_new(),
                                                                             &X509_STORE_CTX_free);
    X509_STORE_add_cert(store.get(), root.get());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(parameters, 1'720'000'000);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1)
        X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    return X509_verify_cert(context.get()) == 1 ? X509_V_OK
                                                : X509_STORE_CTX_get_error(context.get());
}

mde::UtcTime day(int year) {
    return mde::UtcTime(std::chrono::sys_days(std::chrono::year(year) / 1 / 1));
}

} // namespace

TEST_CASE("a certificate of the authority is trusted for its hosts only") {
    const mde::CertificateAuthority authority;
    mde::IssueOptions options;
    options.hosts = {"api.example", "127.0.0.1", "::1"};
    for (const auto type : {mde::KeyType::ec_p256, mde::KeyType::rsa_2048}) {
        options.key_type = type;
        const mde::IssuedCertificate issued = authority.issue(options);
        for (const std::string host : {"api.example", "127.0.0.1", "::1"})
            CHECK(verdict(authority.ca_pem(), issued.certificate_pem, host) == X509_V_OK);
        CHECK(verdict(authority.ca_pem(), issued.certificate_pem, "other.example") ==
              X509_V_ERR_HOSTNAME_MISMATCH);
        CHECK(verdict(authority.ca_pem(), issued.certificate_pem, "127.0.0.2") ==
              X509_V_ERR_IP_ADDRESS_MISMATCH);
        const auto key = parse_key(issued.private_key_pem);
        const auto certificate = parse_certificate(issued.certificate_pem);
        CHECK(X509_check_private_key(certificate.get(), key.get()) == 1);
    }
}

TEST_CASE("bad certificates are bad in the way that was asked for") {
    const mde::CertificateAuthority authority;
    const mde::CertificateAuthority stranger;
    const auto check = [&](const mde::IssueOptions& options) {
        return verdict(authority.ca_pem(), authority.issue(options).certificate_pem, "localhost");
    };
    mde::IssueOptions expired;
    expired.not_after = day(2021);
    CHECK(check(expired) == X509_V_ERR_CERT_HAS_EXPIRED);
    mde::IssueOptions early;
    early.not_before = day(2049);
    CHECK(check(early) == X509_V_ERR_CERT_NOT_YET_VALID);
    mde::IssueOptions alone;
    alone.issued_by = mde::IssuedBy::itself;
    CHECK(check(alone) == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    CHECK(verdict(stranger.ca_pem(), authority.issue().certificate_pem, "localhost") != X509_V_OK);
    mde::IssueOptions nameless;
    nameless.hosts.clear();
    nameless.common_name = "localhost";
    CHECK(check(nameless) == X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST_CASE("a host that would smuggle in a second name is refused") {
    const mde::CertificateAuthority authority;
    mde::IssueOptions options;
    options.hosts = {"a.example,DNS:b.example"};
    CHECK_THROWS_AS(authority.issue(options), std::runtime_error);
    options.hosts = {""};
    CHECK_THROWS_AS(authority.issue(options), std::runtime_error);
}

TEST_CASE("a TLS context takes what was issued") {
    const mde::CertificateAuthority authority;
    const mde::IssuedCertificate issued = authority.issue();
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                               &SSL_CTX_free);
    const auto certificate = parse_certificate(issued.certificate_pem);
    const auto key = parse_key(issued.private_key_pem);
    CHECK(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
    CHECK(SSL_CTX_check_private_key(context.get()) == 1);
}
