// SPDX-License-Identifier: BSL-1.0
#include "certificate_check.hpp"

#include "usage_error.hpp"

#include <mde/base/base64.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mde_package {

namespace {

std::shared_ptr<X509> certificate_in(std::string_view pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> text(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    return {PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), &X509_free};
}

std::string thumbprint_of(const X509* certificate, const EVP_MD* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (X509_digest(certificate, digest, bytes.data(), &size) != 1) return {};
    return mde::base64_encode(std::as_bytes(std::span(bytes).first(size)),
                              mde::Base64Alphabet::url);
}

enum class Padding {
    /// Of PS256.
    pss,
    /// Of RS256.
    pkcs1,
};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_signed(X509* certificate, Padding padding, std::string_view text,
               std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr; // of the context
    if (!context || EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr,
                                         X509_get0_pubkey(certificate)) != 1)
        return false;
    if (padding == Padding::pss &&
        (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                            text.size()) == 1;
}

} // namespace

mde::service::AssertionVerifier verifier_of(std::string_view pem) {
    const std::shared_ptr<X509> certificate = certificate_in(pem);
    const EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
    ERR_clear_error();
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        refuse("--accept-certificate", "there is no certificate with an RSA key in it");
    return [certificate, sha256 = thumbprint_of(certificate.get(), EVP_sha256()),
            sha1 = thumbprint_of(certificate.get(), EVP_sha1())](
               std::string_view algorithm, std::string_view text, std::string_view signature,
               std::string_view thumbprint) {
        const bool pss = algorithm == "PS256";
        if (!pss && algorithm != "RS256") return false;
        if (thumbprint != (pss ? sha256 : sha1)) return false;
        const bool good =
            is_signed(certificate.get(), pss ? Padding::pss : Padding::pkcs1, text, signature);
        ERR_clear_error();
        return good;
    };
}

} // namespace mde_package
