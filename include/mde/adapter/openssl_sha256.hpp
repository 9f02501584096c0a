// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_OPENSSL_SHA256_HPP
#define MDE_ADAPTER_OPENSSL_SHA256_HPP

/// @file
/// SHA-256 by OpenSSL, behind the `Hasher` port.

#include <mde/adapter/detail/openssl_ptr.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/hasher.hpp>

#include <openssl/evp.h>

#include <cstddef>
#include <span>

namespace mde::inline MDE_ABI {

/// Hashes one message by EVP, with whatever instructions the processor has for it.
/// Distinct objects: safe. Shared objects: unsafe.
class OpensslSha256 {
  public:
    OpensslSha256();

    /// Takes the next bytes; a failure is told by `finish`.
    void update(std::span<const std::byte> bytes) noexcept;

    /// The hash of all bytes; the object is of no use afterwards.
    /// @par Errors errc::store_failed, if OpenSSL refused at any point
    result<Sha256Digest> finish() noexcept;

  private:
    detail::OpensslPtr<EVP_MD_CTX> context_;
    bool ok_ = false;
};
static_assert(Hasher<OpensslSha256>);

#if MDE_DEFINITIONS

MDE_DECL OpensslSha256::OpensslSha256() : context_(EVP_MD_CTX_new()) {
    ok_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
}

MDE_DECL void OpensslSha256::update(std::span<const std::byte> bytes) noexcept {
    ok_ = ok_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
}

MDE_DECL result<Sha256Digest> OpensslSha256::finish() noexcept {
    Sha256Digest digest;
    auto* out = reinterpret_cast<unsigned char*>(digest.bytes.data());
    unsigned size = 0;
    ok_ = ok_ && EVP_DigestFinal_ex(context_.get(), out, &size) == 1;
    if (!ok_ || size != digest.bytes.size()) return make_error_code(errc::store_failed);
    ok_ = false;
    return digest;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
