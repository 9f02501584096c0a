// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_OPENSSL_PTR_HPP
#define MDE_ADAPTER_DETAIL_OPENSSL_PTR_HPP

/// @file
/// Owning pointers to what OpenSSL makes, and texts as what it reads.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

namespace mde::inline MDE_ABI::detail {

struct FreeOpenssl {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
};

template <class T>
using OpensslPtr = std::unique_ptr<T, FreeOpenssl>;

/// Reads from `text`, which outlives it.
MDE_DECL OpensslPtr<BIO> memory_bio(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL OpensslPtr<BIO> memory_bio(std::string_view text) {
    return OpensslPtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
