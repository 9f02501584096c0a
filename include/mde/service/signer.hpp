// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SIGNER_HPP
#define MDE_SERVICE_SIGNER_HPP

/// @file
/// The keyed signature that the service puts under its links and tokens; it comes from outside.

#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// What a signer makes.
using Signature = std::array<std::byte, 32>;

/// Signs what the service hands out.
///
/// | expression | semantics |
/// | --- | --- |
/// | `signer.sign(bytes)` | a `Signature` that nobody can make without the key |
///
/// HMAC-SHA-256 is one.
template <class T>
concept Signer = std::movable<T> && requires(const T& signer, std::span<const std::byte> bytes) {
    { signer.sign(bytes) } -> std::same_as<Signature>;
};

/// A signer whose type does not matter, so that what only signs and checks is no template. It
/// refers to the signer, which outlives it. Meets `Signer` too.
class SignerRef {
  public:
    /// `signer` outlives what is returned.
    template <Signer S>
    static SignerRef to(const S& signer) noexcept {
        return SignerRef(&signer, [](const void* object, std::span<const std::byte> bytes) {
            return static_cast<const S*>(object)->sign(bytes);
        });
    }

    /// As the signer does.
    Signature sign(std::span<const std::byte> bytes) const { return sign_(signer_, bytes); }

  private:
    using Function = Signature (*)(const void*, std::span<const std::byte>);

    SignerRef(const void* signer, Function function) noexcept : signer_(signer), sign_(function) {}

    const void* signer_;
    Function sign_;
};
static_assert(Signer<SignerRef>);

/// Compares in a time that does not depend on where the two differ.
constexpr bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i])) ^
                      static_cast<unsigned>(static_cast<unsigned char>(b[i]));
    return difference == 0;
}

/// The signature of `text` for one `purpose`, as raw bytes. The purpose is signed too, so that a
/// link's signature is never good for a token.
template <Signer S>
std::string signature_of(const S& signer, std::string_view purpose, std::string_view text) {
    std::string message(purpose);
    message.push_back('\0');
    message.append(text);
    const Signature signature = signer.sign(std::as_bytes(std::span(message)));
    std::string raw;
    for (const std::byte byte : signature) raw.push_back(static_cast<char>(byte));
    return raw;
}

namespace exemplar {

/// The smallest signer: keyed and repeatable, but no cryptography. Good enough for tests in one
/// process, which can then do without a crypto library.
class WeakSigner {
  public:
    /// Equal keys give equal signatures.
    explicit WeakSigner(std::uint64_t key = 1) noexcept : key_(key) {}

    /// Changes with each byte and each bit of the key.
    Signature sign(std::span<const std::byte> bytes) const noexcept;

  private:
    std::uint64_t key_;
};
static_assert(Signer<WeakSigner>);

#if MDE_DEFINITIONS

MDE_DECL Signature WeakSigner::sign(std::span<const std::byte> bytes) const noexcept {
    Signature signature{};
    for (std::size_t lane = 0; lane < 4; ++lane) {
        std::uint64_t state = 0xcbf29ce484222325u ^ (key_ + lane * 0x9e3779b97f4a7c15u);
        for (const std::byte byte : bytes)
            state = (state ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3u;
        for (std::size_t i = 0; i < 8; ++i)
            signature[lane * 8 + i] = static_cast<std::byte>(state >> (8 * i) & 0xff);
    }
    return signature;
}

#endif

} // namespace exemplar

} // namespace mde::inline MDE_ABI::service

#endif
