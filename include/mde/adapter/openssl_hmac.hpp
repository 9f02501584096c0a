// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_OPENSSL_HMAC_HPP
#define MDE_ADAPTER_OPENSSL_HMAC_HPP

/// @file
/// HMAC-SHA-256 of OpenSSL as the signer of the service side.

#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <stdexcept>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Meets `service::Signer` without knowing it. Move-only, since it holds the key. Distinct objects:
/// safe. Shared objects: safe, since nothing changes.
class OpensslHmac {
  public:
    /// Keeps a copy of the key; the original is the caller's to wipe.
    explicit OpensslHmac(std::span<const std::byte> key)
        : key_(std::string_view(reinterpret_cast<const char*>(key.data()), key.size())) {}

    /// A key that nobody else has: links and tokens end with this process.
    /// @throws std::runtime_error if there is no randomness
    static OpensslHmac with_random_key();

    /// HMAC-SHA-256 of `bytes`.
    /// @throws std::bad_alloc if the library has no memory
    std::array<std::byte, 32> sign(std::span<const std::byte> bytes) const;

  private:
    Secret key_;
};

#if MDE_DEFINITIONS

MDE_DECL OpensslHmac OpensslHmac::with_random_key() {
    std::array<std::byte, 32> key;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw std::runtime_error("no random bytes");
    OpensslHmac signer(key);
    wipe(key.data(), key.size());
    return signer;
}

MDE_DECL std::array<std::byte, 32> OpensslHmac::sign(std::span<const std::byte> bytes) const {
    std::array<std::byte, 32> signature{};
    unsigned size = 0;
    const std::string_view key = key_.expose();
    // A null key would mean the key of the call before.
    const char* data = key.empty() ? "" : key.data();
    if (HMAC(EVP_sha256(), data, static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
             reinterpret_cast<unsigned char*>(signature.data()), &size) == nullptr ||
        size != signature.size())
        throw std::bad_alloc();
    return signature;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
