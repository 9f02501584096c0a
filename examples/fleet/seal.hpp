// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_SEAL_HPP
#define MDE_EXAMPLES_FLEET_SEAL_HPP

/// @file
/// Text that only those with the key can read or change: AES-256 in Galois counter mode, by
/// OpenSSL.

#include <mde/adapter/openssl_hmac.hpp>
#include <mde/base/secret.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fleet {

/// Distinct objects: safe. Shared objects: safe, since nothing changes.
class Seal {
  public:
    /// The key is derived from `secret`, which is one that cannot be guessed: an application's
    /// client secret, say. Who has that needs no tokens of ours.
    explicit Seal(const mde::Secret& secret) {
        const auto bytes = std::as_bytes(std::span(secret.expose()));
        constexpr std::string_view purpose = "mde fleet: seal of stored tokens, 1";
        const auto key = mde::OpensslHmac(bytes).sign(std::as_bytes(std::span(purpose)));
        key_ = mde::Secret(std::string_view(reinterpret_cast<const char*>(key.data()), key.size()));
    }

    /// `name` is bound to the text: under another name it does not open.
    /// @throws std::runtime_error if OpenSSL fails
    std::string close(std::string_view name, const mde::Secret& text) const {
        std::string sealed(nonce_size + text.size() + tag_size, '\0');
        unsigned char* const out = bytes_of(sealed);
        int size = 0;
        const Context context(EVP_CIPHER_CTX_new());
        const bool ok =
            context && RAND_bytes(out, nonce_size) == 1 &&
            EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key(), out) == 1 &&
            EVP_EncryptUpdate(context.get(), nullptr, &size, bytes_of(name), size_of(name)) == 1 &&
            EVP_EncryptUpdate(context.get(), out + nonce_size, &size, bytes_of(text.expose()),
                              size_of(text.expose())) == 1 &&
            EVP_EncryptFinal_ex(context.get(), out + nonce_size + text.size(), &size) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                                out + nonce_size + text.size()) == 1;
        if (!ok) throw std::runtime_error("OpenSSL cannot encrypt");
        return sealed;
    }

    /// Nothing if it is not what `close` made with this key and name.
    std::optional<mde::Secret> open(std::string_view name, std::string_view sealed) const {
        if (sealed.size() < nonce_size + tag_size) return std::nullopt;
        const std::string_view nonce = sealed.substr(0, nonce_size);
        const std::string_view inner =
            sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
        std::string tag(sealed.substr(sealed.size() - tag_size));
        mde::Secret text;
        unsigned char* const out =
            reinterpret_cast<unsigned char*>(text.prepare(inner.size() + 1).data());
        int size = 0;
        int rest = 0;
        const Context context(EVP_CIPHER_CTX_new());
        const bool ok =
            context &&
            EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key(), bytes_of(nonce)) ==
                1 &&
            EVP_DecryptUpdate(context.get(), nullptr, &size, bytes_of(name), size_of(name)) == 1 &&
            EVP_DecryptUpdate(context.get(), out, &size, bytes_of(inner), size_of(inner)) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
            EVP_DecryptFinal_ex(context.get(), out + size, &rest) == 1;
        if (!ok) return std::nullopt;
        text.commit(inner.size());
        return text;
    }

  private:
    static constexpr int nonce_size = 12;
    static constexpr int tag_size = 16;

    struct FreeContext {
        void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    };
    using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

    static unsigned char* bytes_of(std::string& text) noexcept {
        return reinterpret_cast<unsigned char*>(text.data());
    }
    static const unsigned char* bytes_of(std::string_view text) noexcept {
        return reinterpret_cast<const unsigned char*>(text.data());
    }
    static int size_of(std::string_view text) noexcept { return static_cast<int>(text.size()); }
    const unsigned char* key() const noexcept { return bytes_of(key_.expose()); }

    mde::Secret key_;
};

} // namespace fleet

#endif
