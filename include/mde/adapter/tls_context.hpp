// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_TLS_CONTEXT_HPP
#define MDE_ADAPTER_TLS_CONTEXT_HPP

/// @file
/// What TLS connections have in common: whom a client trusts, who a server is.

#include <mde/adapter/detail/openssl_ptr.hpp>
#include <mde/adapter/detail/session_cache.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

namespace detail {

/// TLS 1.2 or newer, security level 2 whatever the system's default, small idle connections.
MDE_DECL OpensslPtr<SSL_CTX> make_ssl_context(const SSL_METHOD* method);

#if MDE_DEFINITIONS

MDE_DECL OpensslPtr<SSL_CTX> make_ssl_context(const SSL_METHOD* method) {
    OpensslPtr<SSL_CTX> context(SSL_CTX_new(method));
    if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
        return nullptr;
    SSL_CTX_set_security_level(context.get(), 2);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

#endif

} // namespace detail

/// Whom a client trusts. Certificates are always verified; there is no way to say otherwise.
/// Copies share one context. Distinct objects: safe. Shared objects: safe.
class TlsContext {
  public:
    /// Trusts the system's own authorities.
    /// @par Errors errc::tls_failed
    static result<TlsContext> system();

    /// Trusts the authorities in `pem`, one or more certificates, and no others.
    /// @par Errors errc::tls_failed: none is in it, or one cannot be read
    static result<TlsContext> trusting(std::string_view pem);

    /// For a transport to make connections from; it keeps belonging to this object.
    SSL_CTX* native_handle() const noexcept { return context_.get(); }

  private:
    explicit TlsContext(detail::OpensslPtr<SSL_CTX> context);

    std::shared_ptr<SSL_CTX> context_;
};

/// Who a server is. Distinct objects: safe. Shared objects: safe.
class TlsServerContext {
  public:
    /// From PEM texts: the server's own certificate first, then its issuers.
    /// @par Errors errc::tls_failed
    static result<TlsServerContext> identity(std::string_view certificate_chain_pem,
                                             std::string_view private_key_pem);

    /// For a transport to make connections from; it keeps belonging to this object.
    SSL_CTX* native_handle() const noexcept { return context_.get(); }

  private:
    explicit TlsServerContext(detail::OpensslPtr<SSL_CTX> context) : context_(std::move(context)) {}

    std::shared_ptr<SSL_CTX> context_;
};

#if MDE_DEFINITIONS

MDE_DECL result<TlsContext> TlsContext::system() {
    auto context = detail::make_ssl_context(TLS_client_method());
    if (!context || SSL_CTX_set_default_verify_paths(context.get()) != 1)
        return make_error_code(errc::tls_failed);
    return TlsContext(std::move(context));
}

MDE_DECL result<TlsContext> TlsContext::trusting(std::string_view pem) {
    auto context = detail::make_ssl_context(TLS_client_method());
    if (!context) return make_error_code(errc::tls_failed);
    X509_STORE* store = SSL_CTX_get_cert_store(context.get());
    const auto bio = detail::memory_bio(pem);
    unsigned found = 0;
    for (;;) {
        const detail::OpensslPtr<X509> authority(
            PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (!authority) break;
        if (X509_STORE_add_cert(store, authority.get()) != 1)
            return make_error_code(errc::tls_failed);
        ++found;
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (found == 0 || !at_end) return make_error_code(errc::tls_failed);
    return TlsContext(std::move(context));
}

MDE_DECL TlsContext::TlsContext(detail::OpensslPtr<SSL_CTX> context)
    : context_(std::move(context)) {
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    detail::hand_out_sessions(context_.get());
}

MDE_DECL result<TlsServerContext> TlsServerContext::identity(std::string_view certificate_chain_pem,
                                                             std::string_view private_key_pem) {
    auto context = detail::make_ssl_context(TLS_server_method());
    const auto chain = detail::memory_bio(certificate_chain_pem);
    const detail::OpensslPtr<X509> own(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    const auto key_text = detail::memory_bio(private_key_pem);
    const detail::OpensslPtr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    if (!context || !own || !key || SSL_CTX_use_certificate(context.get(), own.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return make_error_code(errc::tls_failed);
    for (;;) {
        detail::OpensslPtr<X509> link(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
        if (!link) break;
        // On success the context owns it.
        if (SSL_CTX_add0_chain_cert(context.get(), link.get()) != 1)
            return make_error_code(errc::tls_failed);
        static_cast<void>(link.release());
    }
    ERR_clear_error();
    return TlsServerContext(std::move(context));
}

#endif

} // namespace mde::inline MDE_ABI

#endif
