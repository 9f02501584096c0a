// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_ACCESS_TOKEN_HPP
#define MDE_MODEL_ACCESS_TOKEN_HPP

/// @file
/// A bearer token and how long it lasts.

#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>

#include <utility>

namespace mde::inline MDE_ABI {

/// Move-only. The token is opaque to this SDK: its life is the `expires_in` of the answer, counted
/// from the moment the request for it was sent. Distinct objects: safe. Shared objects: unsafe.
class AccessToken {
  public:
    /// No token.
    AccessToken() noexcept = default;

    AccessToken(Secret token, MonotonicTime expires_at) noexcept
        : token_(std::move(token)), expires_at_(expires_at) {}

    bool empty() const noexcept { return token_.empty(); }
    const Secret& secret() const noexcept { return token_; }
    MonotonicTime expires_at() const noexcept { return expires_at_; }
    AccessToken clone() const { return {token_.clone(), expires_at_}; }

  private:
    Secret token_;
    MonotonicTime expires_at_{};
};

} // namespace mde::inline MDE_ABI

#endif
