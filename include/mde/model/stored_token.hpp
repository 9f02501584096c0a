// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_STORED_TOKEN_HPP
#define MDE_MODEL_STORED_TOKEN_HPP

/// @file
/// What outlives a process of a sign-in, with its life on the calendar.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/base/time.hpp>

#include <algorithm>

namespace mde::inline MDE_ABI {

/// Move-only. Either secret may be empty; both are: nothing is stored. Distinct objects: safe.
/// Shared objects: unsafe.
struct StoredToken {
    /// For the API.
    Secret access_token;
    /// When the access token was got, and when it ends.
    UtcTime obtained_at{};
    /// By the calendar; see `usable_life()`.
    UtcTime expires_at{};
    /// For the next access token, where somebody signed in with a device code.
    Secret refresh_token;

    /// Whether nothing is stored.
    bool empty() const noexcept { return access_token.empty() && refresh_token.empty(); }
};

/// How long before the end of its life a token is replaced: at four fifths, at the latest five
/// minutes before, yet never before half of it has passed.
constexpr Duration renewal_margin(Duration life) noexcept {
    return (std::max)(life / 5, (std::min)(life / 2, Duration(std::chrono::minutes(5))));
}

/// What is left of the stored access token; zero if it is near its end. A calendar can be set: what
/// is left is never more than the token's whole life, which is believed up to two days, and a token
/// from the future is of no use.
MDE_DECL Duration usable_life(const StoredToken& token, UtcTime utc) noexcept;

#if MDE_DEFINITIONS

MDE_DECL Duration usable_life(const StoredToken& token, UtcTime utc) noexcept {
    constexpr Ticks most = std::chrono::hours(48);
    const bool backwards = token.expires_at <= token.obtained_at || utc < token.obtained_at;
    if (token.access_token.empty() || backwards || utc >= token.expires_at) return {};
    // Also keeps what follows within what nanoseconds can count.
    if (token.obtained_at < utc - most || token.expires_at > utc + most) return {};
    const Duration life(token.expires_at - token.obtained_at);
    const Duration left(token.expires_at - utc);
    return left > renewal_margin(life) ? left : Duration();
}

#endif

} // namespace mde::inline MDE_ABI

#endif
