// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_ACCESS_TOKEN_HPP
#define MDE_MODEL_ACCESS_TOKEN_HPP

/// @file
/// A bearer token and how long it lasts.

#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>

#include <cstdint>
#include <utility>

namespace mde::inline MDE_ABI {

/// Move-only. The token is opaque to this SDK: its life is the `expires_in` of the answer, counted
/// from the moment the request for it was sent. Distinct objects: safe. Shared objects: unsafe.
class AccessToken {
  public:
    /// No token.
    AccessToken() noexcept = default;

    /// `serial` is the source's own count: two tokens with one serial are copies of each other.
    AccessToken(Secret token, MonotonicTime expires_at, std::uint64_t serial = 0) noexcept
        : token_(std::move(token)), expires_at_(expires_at), serial_(serial) {}

    /// Whether there is no token.
    bool empty() const noexcept { return token_.empty(); }
    /// The token itself: for an `Authorization` field, and for nothing else.
    const Secret& secret() const noexcept { return token_; }
    /// When it ends; zero without a token.
    MonotonicTime expires_at() const noexcept { return expires_at_; }
    /// See the constructor.
    std::uint64_t serial() const noexcept { return serial_; }
    /// A second copy, asked for by name.
    AccessToken clone() const { return {token_.clone(), expires_at_, serial_}; }

  private:
    Secret token_;
    MonotonicTime expires_at_{};
    std::uint64_t serial_ = 0;
};

} // namespace mde::inline MDE_ABI

#endif
