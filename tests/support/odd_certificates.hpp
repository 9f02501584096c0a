// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_ODD_CERTIFICATES_HPP
#define MDE_TESTS_SUPPORT_ODD_CERTIFICATES_HPP

/// @file
/// Chains of certificates that are wrong in one way each, and servers that would show them: what
/// the SDK's own authority and server refuse to make.

#include <mde/adapter/certificate_authority.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mde_test {

/// What is to be odd about a leaf; by default nothing is.
struct OddLeaf {
    /// Alternative names in OpenSSL's own spelling; empty: none.
    std::string names = "IP:127.0.0.1,DNS:localhost";
    std::string common_name = "odd test server";
    std::string key_usage = "critical,digitalSignature";
    std::string purpose = "serverAuth";
    std::string basic = "critical,CA:FALSE";
    /// `RSA` with a number of bits, or `EC` with a curve.
    std::string key = "EC P-256";
    const EVP_MD* digest = EVP_sha256();
    int first_year = 2020;
    int last_year = 2050;
};

/// A root, an intermediate authority, and leaves of either.
class OddAuthority {
  public:
    struct Options {
        std::string middle_basic = "critical,CA:TRUE,pathlen:0";
        std::string middle_usage = "critical,keyCertSign,cRLSign";
        int middle_last_year = 2050;
        std::string root_name = "odd test root";
    };

    OddAuthority() : OddAuthority(Options()) {}
    explicit OddAuthority(const Options& options)
        : root_key_(make_key("EC P-256")), middle_key_(make_key("EC P-256")) {
        const auto begin = year(2020);
        root_ =
            mde::detail::begin_certificate(root_key_.get(), options.root_name, begin, year(2050));
        seal(root_.get(), root_.get(), root_key_.get(), EVP_sha256(),
             {{NID_basic_constraints, "critical,CA:TRUE"},
              {NID_key_usage, "critical,keyCertSign,cRLSign"}});
        middle_ = mde::detail::begin_certificate(middle_key_.get(), "odd test intermediate", begin,
                                                 year(options.middle_last_year));
        seal(
            middle_.get(), root_.get(), root_key_.get(), EVP_sha256(),
            {{NID_basic_constraints, options.middle_basic}, {NID_key_usage, options.middle_usage}});
    }

    std::string root_pem() const { return mde::detail::to_pem(root_.get()); }

    enum class Sent {
        leaf,
        whole_chain,
    };

    /// A server that shows a leaf of the root.
    std::shared_ptr<SSL_CTX> server(const OddLeaf& leaf) const {
        return make_server(leaf, root_.get(), root_key_.get());
    }

    /// A server that shows a leaf of the intermediate, with or without the intermediate.
    std::shared_ptr<SSL_CTX> server_of_intermediate(const OddLeaf& leaf, Sent sent) const {
        auto context = make_server(leaf, middle_.get(), middle_key_.get());
        if (sent == Sent::whole_chain)
            mde::detail::require_openssl(SSL_CTX_add1_chain_cert(context.get(), middle_.get()) == 1,
                                         "no chain");
        return context;
    }

  private:
    using Key = mde::detail::OpensslPtr<EVP_PKEY>;
    using Extensions = std::vector<std::pair<int, std::string>>;

    static mde::UtcTime year(int number) {
        return mde::UtcTime(std::chrono::sys_days(std::chrono::year(number) / 1 / 1));
    }

    static Key make_key(const std::string& kind) {
        const std::string how = kind.substr(kind.find(' ') + 1);
        Key key(kind.starts_with("RSA")
                    ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t(std::stoul(how)))
                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", how.c_str()));
        mde::detail::require_openssl(key != nullptr, "no odd key");
        return key;
    }

    static void seal(X509* certificate, X509* issuer, EVP_PKEY* key, const EVP_MD* digest,
                     const Extensions& extensions) {
        mde::detail::require_openssl(
            X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "no issuer");
        for (const auto& [kind, value] : extensions)
            if (!value.empty()) mde::detail::add_extension(certificate, issuer, kind, value);
        mde::detail::require_openssl(X509_sign(certificate, key, digest) > 0, "not signed");
    }

    static std::shared_ptr<SSL_CTX> make_server(const OddLeaf& odd, X509* issuer,
                                                EVP_PKEY* issuer_key) {
        const Key key = make_key(odd.key);
        const auto leaf = mde::detail::begin_certificate(key.get(), odd.common_name,
                                                         year(odd.first_year), year(odd.last_year));
        seal(leaf.get(), issuer, issuer_key, odd.digest,
             {{NID_basic_constraints, odd.basic},
              {NID_key_usage, odd.key_usage},
              {NID_ext_key_usage, odd.purpose},
              {NID_subject_alt_name, odd.names}});
        std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
        // What a server of today would not show.
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
        mde::detail::require_openssl(SSL_CTX_use_certificate(context.get(), leaf.get()) == 1 &&
                                         SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1,
                                     "no odd identity");
        return context;
    }

    Key root_key_;
    Key middle_key_;
    mde::detail::OpensslPtr<X509> root_;
    mde::detail::OpensslPtr<X509> middle_;
};

} // namespace mde_test

#endif
