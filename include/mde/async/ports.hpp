// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_PORTS_HPP
#define MDE_ASYNC_PORTS_HPP

/// @file
/// The parts that a driver works with, as one bundle of pointers.

#include <mde/base/linkage.hpp>
#include <mde/port/async_package_store.hpp>
#include <mde/port/clock.hpp>
#include <mde/port/observer.hpp>
#include <mde/port/quota_store.hpp>
#include <mde/port/token_source.hpp>
#include <mde/port/transport.hpp>

namespace mde::inline MDE_ABI {

/// For flows that never ask for a token: signing in itself.
struct NoTokens {
    /// Always errc::unauthorized.
    result<AccessToken> get_token(const TokenQuery&, Diagnostics&) const;
};
static_assert(TokenSource<NoTokens>);

/// Nothing is owned; all outlive the operation.
template <class TransportT, class TokensT, class QuotasT, class ClockT, class ObserverT,
          class StoreT>
struct Ports {
    /// @{
    /// The type of the part.
    using Transport = TransportT;
    using Tokens = TokensT;
    using Quotas = QuotasT;
    using Clock = ClockT;
    using Observer = ObserverT;
    using Store = StoreT;
    /// @}

    /// @{
    /// The part itself.
    Transport* transport = nullptr;
    Tokens* tokens = nullptr;
    Quotas* quotas = nullptr;
    Clock* clock = nullptr;
    Observer* observer = nullptr;
    Store* store = nullptr;
    /// @}
};

#if MDE_DEFINITIONS

MDE_DECL result<AccessToken> NoTokens::get_token(const TokenQuery&, Diagnostics&) const {
    return make_error_code(errc::unauthorized);
}

#endif

} // namespace mde::inline MDE_ABI

#endif
