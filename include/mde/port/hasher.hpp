// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_HASHER_HPP
#define MDE_PORT_HASHER_HPP

/// @file
/// The port through which SHA-256 comes in, so that the core links without a crypto library.

#include <mde/base/result.hpp>
#include <mde/base/sha256_digest.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace mde::inline MDE_ABI {

namespace needed {

template <class T>
concept hasher_has_update_of_bytes = requires(T& hasher, std::span<const std::byte> bytes) {
    hasher.update(bytes);
};

template <class T>
concept hasher_has_finish_that_returns_result_of_Sha256Digest = requires(T& hasher) {
    { hasher.finish() } -> std::same_as<result<Sha256Digest>>;
};

} // namespace needed

/// Computes SHA-256 piece by piece.
///
/// | expression | semantics |
/// | --- | --- |
/// | `T()` | begins a new message |
/// | `hasher.update(bytes)` | takes the next bytes |
/// | `hasher.finish()` | the SHA-256 of all bytes, or an error; ends the message |
template <class T>
concept Hasher =
    std::default_initializable<T> && std::movable<T> && needed::hasher_has_update_of_bytes<T> &&
    needed::hasher_has_finish_that_returns_result_of_Sha256Digest<T>;

namespace exemplar {

/// The smallest hasher in form, not in substance.
struct NoHasher {
    /// Takes nothing in.
    void update(std::span<const std::byte>) noexcept {}
    /// Always an error, so that nobody takes this for a proof.
    result<Sha256Digest> finish() noexcept { return make_error_code(errc::store_failed); }
};
static_assert(Hasher<NoHasher>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
