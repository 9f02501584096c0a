// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_CLIENT_CERTIFICATE_HPP
#define MDE_ADAPTER_CLIENT_CERTIFICATE_HPP

/// @file
/// Signing in with a certificate whose key lies in a PEM text.

#include <mde/adapter/detail/openssl_ptr.hpp>
#include <mde/adapter/detail/read_file.hpp>
#include <mde/base/base64.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/request/client_assertion.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

namespace detail {

/// Takes the place of OpenSSL's own, which would ask at the terminal.
MDE_DECL int refuse_password(char*, int, int, void* asked) noexcept;

/// The first certificate in `pem` that belongs to `key`; others are its issuers.
MDE_DECL OpensslPtr<X509> certificate_of(EVP_PKEY* key, std::string_view pem);

/// The digest of the DER form, in base64url.
MDE_DECL std::string thumbprint_of(const X509* certificate, const EVP_MD* digest);

/// Empty if OpenSSL refuses.
MDE_DECL std::string rsa_sha256(EVP_PKEY* key, wire::SigningAlgorithm algorithm,
                                std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL int refuse_password(char*, int, int, void* asked) noexcept {
    *static_cast<bool*>(asked) = true;
    return -1;
}

MDE_DECL OpensslPtr<X509> certificate_of(EVP_PKEY* key, std::string_view pem) {
    const auto text = memory_bio(pem);
    for (;;) {
        OpensslPtr<X509> found(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
        if (!found || X509_check_private_key(found.get(), key) == 1) return found;
    }
}

MDE_DECL std::string thumbprint_of(const X509* certificate, const EVP_MD* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (X509_digest(certificate, digest, bytes.data(), &size) != 1) return {};
    return base64_encode(std::as_bytes(std::span(bytes).first(size)), Base64Alphabet::url);
}

MDE_DECL std::string rsa_sha256(EVP_PKEY* key, wire::SigningAlgorithm algorithm,
                                std::string_view text) {
    const OpensslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr; // of the context
    if (!context || EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key) != 1)
        return {};
    if (algorithm == wire::SigningAlgorithm::ps256 &&
        (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        return {};
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) != 1) return {};
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       data, text.size()) != 1)
        return {};
    signature.resize(size);
    return signature;
}

#endif

} // namespace detail

/// A certificate and its RSA key. Copies share both. Distinct objects: safe. Shared objects: safe,
/// since nothing changes.
class ClientCertificate {
  public:
    /// From PEM texts of at most 1 MiB. The key may stand in the same text as the certificate, in
    /// any order, and issuers beside it. Encrypted keys are refused: whoever can read the password
    /// can read the key. `why` takes a sentence for people if the texts cannot be used.
    /// @par Errors errc::malformed_credential
    static result<ClientCertificate> from_pem(std::string_view certificate_pem,
                                              std::string_view key_pem, std::string* why = nullptr);

    /// From one text that holds both. @par Errors as above
    static result<ClientCertificate> from_pem(std::string_view pem, std::string* why = nullptr);

    /// The same from files.
    /// @par Errors errc::malformed_credential; errc::credential_unavailable: there is no such file
    static result<ClientCertificate> from_files(const std::string& certificate_path,
                                                const std::string& key_path,
                                                std::string* why = nullptr);

    /// From one file that holds both. @par Errors as above
    static result<ClientCertificate> from_file(const std::string& path, std::string* why = nullptr);

    /// Of the DER form, in base64url: SHA-256 for PS256, SHA-1 for RS256.
    std::string thumbprint(wire::SigningAlgorithm algorithm) const;

    /// The bytes of a signature.
    /// @par Errors errc::malformed_credential
    result<std::string> sign(wire::SigningAlgorithm algorithm, std::string_view text) const;

  private:
    ClientCertificate() = default;

    /// Null, or what is wrong.
    const char* read(std::string_view certificate_pem, std::string_view key_pem);

    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<X509> certificate_;
};

/// Signs in with a certificate. Make the algorithm RS256 for an authority that knows no other.
MDE_DECL Grant client_certificate(ClientCertificate certificate,
                                  wire::SigningAlgorithm algorithm = wire::SigningAlgorithm::ps256);

#if MDE_DEFINITIONS

MDE_DECL result<ClientCertificate> ClientCertificate::from_pem(std::string_view certificate_pem,
                                                               std::string_view key_pem,
                                                               std::string* why) {
    ClientCertificate made;
    const char* fault = made.read(certificate_pem, key_pem);
    ERR_clear_error();
    if (fault == nullptr) return made;
    if (why) *why = fault;
    return make_error_code(errc::malformed_credential);
}

MDE_DECL result<ClientCertificate> ClientCertificate::from_pem(std::string_view pem,
                                                               std::string* why) {
    return from_pem(pem, pem, why);
}

MDE_DECL result<ClientCertificate>
ClientCertificate::from_files(const std::string& certificate_path, const std::string& key_path,
                              std::string* why) {
    const auto certificate = detail::read_secret_file(certificate_path, bounds::mib);
    const auto key = detail::read_secret_file(key_path, bounds::mib);
    if (certificate && key) return from_pem(certificate->expose(), key->expose(), why);
    if (why) *why = "the file of the certificate or its key cannot be read";
    return certificate ? key.error() : certificate.error();
}

MDE_DECL result<ClientCertificate> ClientCertificate::from_file(const std::string& path,
                                                                std::string* why) {
    return from_files(path, path, why);
}

MDE_DECL std::string ClientCertificate::thumbprint(wire::SigningAlgorithm algorithm) const {
    return detail::thumbprint_of(
        certificate_.get(), algorithm == wire::SigningAlgorithm::ps256 ? EVP_sha256() : EVP_sha1());
}

MDE_DECL result<std::string> ClientCertificate::sign(wire::SigningAlgorithm algorithm,
                                                     std::string_view text) const {
    std::string signature = detail::rsa_sha256(key_.get(), algorithm, text);
    ERR_clear_error();
    if (signature.empty()) return make_error_code(errc::malformed_credential);
    return signature;
}

MDE_DECL const char* ClientCertificate::read(std::string_view certificate_pem,
                                             std::string_view key_pem) {
    if (certificate_pem.size() > bounds::mib || key_pem.size() > bounds::mib)
        return "the certificate or its key is larger than 1 MiB";
    bool encrypted = false;
    const auto text = detail::memory_bio(key_pem);
    key_.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, &detail::refuse_password, &encrypted),
               &EVP_PKEY_free);
    if (encrypted)
        return "the private key is encrypted, which is not supported: give it without a "
               "password in a file that only its user can read";
    if (!key_) return "there is no private key in PEM form";
    if (EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA)
        return "the private key is not an RSA key, which the sign-in service asks for";
    if (EVP_PKEY_get_bits(key_.get()) < 2048) return "the RSA key has less than 2048 bits";
    certificate_ = detail::certificate_of(key_.get(), certificate_pem);
    return certificate_ ? nullptr : "there is no certificate in PEM form that fits the key";
}

MDE_DECL Grant client_certificate(ClientCertificate certificate, wire::SigningAlgorithm algorithm) {
    AssertionSigner signer;
    signer.algorithm = algorithm;
    signer.thumbprint = certificate.thumbprint(algorithm);
    signer.sign = [certificate = std::move(certificate), algorithm](std::string_view text) {
        return certificate.sign(algorithm, text);
    };
    signer.random = []() -> result<std::array<std::byte, 16>> {
        std::array<std::byte, 16> bytes{};
        if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                       static_cast<int>(bytes.size())) != 1)
            return make_error_code(errc::malformed_credential);
        return bytes;
    };
    return signed_assertion(std::move(signer));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
