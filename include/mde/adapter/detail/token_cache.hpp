// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_TOKEN_CACHE_HPP
#define MDE_ADAPTER_DETAIL_TOKEN_CACHE_HPP

/// @file
/// The last token of a credential, or the last failure: who may have it, and until when.

#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/stored_token.hpp>
#include <mde/port/token_source.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::detail {

/// Distinct objects: safe. Shared objects: unsafe; the credential holds its mutex.
class TokenCache {
  public:
    /// How much had happened when somebody began to ask.
    struct Moment {
        std::uint64_t serial = 0;
        std::uint64_t failures = 0;
    };

    const AccessToken& token() const noexcept { return token_; }
    Moment moment() const noexcept { return {serial_, failures_}; }

    /// A copy of the token, if it will do: one that was not refused, is not near its end, and has
    /// the claims that are demanded. Of claims a token with the same ones will do only if it is
    /// newer than the demand.
    AccessToken usable(const TokenQuery& query, const Moment& begun, MonotonicTime now) const;

    /// `life` is what the token had when it was made.
    void keep(AccessToken token, Duration life, std::string_view claims);

    /// After a renewal that failed for now: a token that still lasts is used a little longer, so
    /// that a sign-in service that is away for a while stops nobody. False if it will not do.
    bool postpone(const TokenQuery& query, MonotonicTime now) noexcept;

    /// The serial goes on: whoever holds the dropped token must not take the next one for it.
    void drop() noexcept;

    void fail(const error_code& error, const Diagnostics& diagnostics);

    /// The last failure, if it is younger than `begun`: those who waited share it.
    std::optional<error_code> failure_since(const Moment& begun, Diagnostics& diagnostics) const;

  private:
    bool is_refused(const TokenQuery& query) const noexcept;

    static constexpr std::chrono::seconds half_a_minute{30};

    AccessToken token_;
    MonotonicTime renew_at_{};
    std::uint64_t serial_ = 0;
    std::string claims_;
    std::uint64_t failures_ = 0;
    error_code failure_;
    Diagnostics failure_diagnostics_;
};

#if MDE_DEFINITIONS

MDE_DECL AccessToken TokenCache::usable(const TokenQuery& query, const Moment& begun,
                                        MonotonicTime now) const {
    if (token_.empty() || is_refused(query) || now >= renew_at_) return {};
    if (!query.claims.empty()) {
        const bool newer =
            query.refused != 0 ? token_.serial() > query.refused : token_.serial() > begun.serial;
        if (!newer || query.claims != claims_) return {};
    }
    return token_.clone();
}

MDE_DECL void TokenCache::keep(AccessToken token, Duration life, std::string_view claims) {
    token_ = AccessToken(token.secret().clone(), token.expires_at(), ++serial_);
    renew_at_ = token.expires_at() - renewal_margin(life);
    claims_ = claims;
}

MDE_DECL bool TokenCache::postpone(const TokenQuery& query, MonotonicTime now) noexcept {
    const Duration left = token_.expires_at() - now;
    if (token_.empty() || is_refused(query) || !query.claims.empty() || left < half_a_minute)
        return false;
    renew_at_ = now + (std::min)(left / 2, Duration(half_a_minute));
    return true;
}

MDE_DECL void TokenCache::drop() noexcept {
    token_ = AccessToken();
    claims_.clear();
}

MDE_DECL void TokenCache::fail(const error_code& error, const Diagnostics& diagnostics) {
    ++failures_;
    failure_ = error;
    failure_diagnostics_ = diagnostics;
}

MDE_DECL std::optional<error_code> TokenCache::failure_since(const Moment& begun,
                                                             Diagnostics& diagnostics) const {
    if (failures_ == begun.failures) return std::nullopt;
    diagnostics = failure_diagnostics_;
    return failure_;
}

MDE_DECL bool TokenCache::is_refused(const TokenQuery& query) const noexcept {
    return query.freshness == TokenQuery::Freshness::renewed && query.refused == token_.serial();
}

#endif

} // namespace mde::inline MDE_ABI::detail

#endif
