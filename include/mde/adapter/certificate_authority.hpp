// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_CERTIFICATE_AUTHORITY_HPP
#define MDE_ADAPTER_CERTIFICATE_AUTHORITY_HPP

/// @file
/// A certificate authority in memory, for TLS servers in tests and demonstrations.

#include <mde/adapter/detail/openssl_ptr.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI {

/// The algorithm of a certificate's key.
enum class KeyType {
    /// An elliptic curve: fast to make.
    ec_p256,
    /// RSA, as `ClientCertificate` asks for.
    rsa_2048,
};

/// Who signs a certificate.
enum class IssuedBy {
    /// By the root.
    authority,
    /// By its own key, which nobody has a reason to trust.
    itself,
};

/// What a certificate is to say. A wrong, expired or not yet valid one is made by asking for it.
struct IssueOptions {
    /// DNS names and IPv4 or IPv6 addresses, as subject alternative names.
    std::vector<std::string> hosts{"localhost", "127.0.0.1"};
    /// Of the subject.
    std::string common_name = "mde test server";
    /// When its life begins.
    UtcTime not_before = UtcTime(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1));
    /// When its life ends.
    UtcTime not_after = UtcTime(std::chrono::sys_days(std::chrono::year(2050) / 1 / 1));
    /// Of the new key.
    KeyType key_type = KeyType::ec_p256;
    /// Who signs it.
    IssuedBy issued_by = IssuedBy::authority;
};

/// A certificate and its key, both as PEM.
struct IssuedCertificate {
    /// The certificate alone, without its issuer.
    std::string certificate_pem;
    /// Not encrypted.
    std::string private_key_pem;
};

namespace detail {

/// Failures here are no memory or a name that cannot be written: nothing a server could cause.
MDE_DECL void require_openssl(bool ok, const char* what);

MDE_DECL OpensslPtr<EVP_PKEY> make_key(KeyType type);

MDE_DECL std::string text_of(BIO* bio);

MDE_DECL std::string to_pem(X509* certificate);

MDE_DECL std::string to_pem(EVP_PKEY* key);

MDE_DECL void set_time(ASN1_TIME* field, UtcTime utc);

MDE_DECL void set_serial(X509* certificate);

MDE_DECL void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value);

/// `DNS:localhost,IP:127.0.0.1`. A name that would begin a second entry is refused.
MDE_DECL std::string alternative_names(const std::vector<std::string>& hosts);

/// A certificate with a subject, a key and a life, still without extensions and signature.
MDE_DECL OpensslPtr<X509> begin_certificate(EVP_PKEY* key, const std::string& common_name,
                                            UtcTime not_before, UtcTime not_after);

#if MDE_DEFINITIONS

MDE_DECL void require_openssl(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(std::string("certificate: ") + what);
}

MDE_DECL OpensslPtr<EVP_PKEY> make_key(KeyType type) {
    OpensslPtr<EVP_PKEY> key(type == KeyType::ec_p256
                                 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                 : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t(2048)));
    require_openssl(key != nullptr, "no key");
    return key;
}

MDE_DECL std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

MDE_DECL std::string to_pem(X509* certificate) {
    const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
    require_openssl(bio && PEM_write_bio_X509(bio.get(), certificate) == 1, "not written");
    return text_of(bio.get());
}

MDE_DECL std::string to_pem(EVP_PKEY* key) {
    const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
    require_openssl(
        bio && PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "not written");
    return text_of(bio.get());
}

MDE_DECL void set_time(ASN1_TIME* field, UtcTime utc) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(utc).time_since_epoch().count();
    require_openssl(ASN1_TIME_adj(field, 0, static_cast<int>(seconds / 86400),
                                  static_cast<long>(seconds % 86400)) != nullptr,
                    "bad time");
}

MDE_DECL void set_serial(X509* certificate) {
    const OpensslPtr<BIGNUM> number(BN_new());
    require_openssl(number &&
                        BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                        BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)),
                    "no serial number");
}

MDE_DECL void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const OpensslPtr<X509_EXTENSION> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require_openssl(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
                    "bad extension");
}

MDE_DECL std::string alternative_names(const std::vector<std::string>& hosts) {
    std::string names;
    for (const std::string& host : hosts) {
        require_openssl(!host.empty() && host.find_first_of(",\n\r") == std::string::npos,
                        "bad host");
        const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> address(
            a2i_IPADDRESS(host.c_str()), &ASN1_OCTET_STRING_free);
        if (!names.empty()) names.push_back(',');
        names.append(address ? "IP:" : "DNS:").append(host);
    }
    return names;
}

MDE_DECL OpensslPtr<X509> begin_certificate(EVP_PKEY* key, const std::string& common_name,
                                            UtcTime not_before, UtcTime not_after) {
    OpensslPtr<X509> certificate(X509_new());
    require_openssl(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                        X509_set_pubkey(certificate.get(), key) == 1,
                    "no memory");
    set_serial(certificate.get());
    set_time(X509_getm_notBefore(certificate.get()), not_before);
    set_time(X509_getm_notAfter(certificate.get()), not_after);
    require_openssl(
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1,
        "bad common name");
    return certificate;
}

#endif

} // namespace detail

/// Makes its own root when it is constructed, and certificates that a client trusts which trusts
/// that root. Throws `std::runtime_error` where OpenSSL fails. Move-only. Distinct objects: safe.
/// Shared objects: safe, since nothing changes.
class CertificateAuthority {
  public:
    /// Makes the root, and a key for it.
    explicit CertificateAuthority(const std::string& common_name = "mde test authority");

    /// The root, for a client's list of trusted ones.
    std::string ca_pem() const { return detail::to_pem(root_.get()); }

    /// A certificate, and a new key for it.
    IssuedCertificate issue(const IssueOptions& options = {}) const;

  private:
    template <class AddExtensions>
    static void sign(X509* certificate, X509* issuer, EVP_PKEY* key, AddExtensions add) {
        detail::require_openssl(
            X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "no memory");
        add();
        detail::require_openssl(X509_sign(certificate, key, EVP_sha256()) > 0, "not signed");
    }

    detail::OpensslPtr<EVP_PKEY> key_;
    detail::OpensslPtr<X509> root_;
};

#if MDE_DEFINITIONS

MDE_DECL CertificateAuthority::CertificateAuthority(const std::string& common_name)
    : key_(detail::make_key(KeyType::ec_p256)) {
    const IssueOptions life;
    root_ = detail::begin_certificate(key_.get(), common_name, life.not_before, life.not_after);
    X509* root = root_.get();
    sign(root, root, key_.get(), [&] {
        detail::add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
        detail::add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
        detail::add_extension(root, root, NID_subject_key_identifier, "hash");
    });
}

MDE_DECL IssuedCertificate CertificateAuthority::issue(const IssueOptions& options) const {
    const auto key = detail::make_key(options.key_type);
    const auto certificate = detail::begin_certificate(key.get(), options.common_name,
                                                       options.not_before, options.not_after);
    const bool own = options.issued_by == IssuedBy::itself;
    X509* const leaf = certificate.get();
    X509* const issuer = own ? leaf : root_.get();
    sign(leaf, issuer, own ? key.get() : key_.get(), [&] {
        detail::add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE");
        detail::add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature");
        detail::add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth");
        detail::add_extension(leaf, issuer, NID_subject_key_identifier, "hash");
        if (!own) detail::add_extension(leaf, issuer, NID_authority_key_identifier, "keyid");
        if (!options.hosts.empty())
            detail::add_extension(leaf, issuer, NID_subject_alt_name,
                                  detail::alternative_names(options.hosts));
    });
    return {detail::to_pem(leaf), detail::to_pem(key.get())};
}

#endif

} // namespace mde::inline MDE_ABI

#endif
