// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_TOKEN_SOURCE_HPP
#define MDE_PORT_TOKEN_SOURCE_HPP

/// @file
/// The port through which access tokens come in.

#include <mde/base/result.hpp>
#include <mde/model/access_token.hpp>
#include <mde/model/diagnostics.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace mde::inline MDE_ABI {

/// What a caller wants of a token.
struct TokenQuery {
    /// How fresh it has to be.
    enum class Freshness {
        /// A cached token will do.
        any,
        /// The one with the serial `refused` was not accepted: get another.
        renewed,
    };
    /// Whether a cached one will do.
    Freshness freshness = Freshness::any;
    /// Of the token that was refused: a source that has got another one since need not ask again.
    std::uint64_t refused = 0;
    /// No later than this.
    MonotonicTime deadline = no_deadline;
    /// What the API demands of the next token beside being fresh: the JSON of a claims challenge,
    /// to be sent as `claims`. Empty mostly; views what outlives the completion.
    std::string_view claims{};
};

namespace exemplar {

/// Takes a token.
struct TokenHandler {
    /// The completion.
    void operator()(error_code, AccessToken) {}
};

} // namespace exemplar

/// Gives access tokens that it has, or can make without waiting.
///
/// | expression | semantics |
/// | --- | --- |
/// | `source.get_token(query, diagnostics)` | `result<AccessToken>`, without blocking on I/O |
template <class T>
concept ImmediateTokenSource = requires(T& source, const TokenQuery& query,
                                        Diagnostics& diagnostics) {
    { source.get_token(query, diagnostics) } -> std::same_as<result<AccessToken>>;
};

/// Gives access tokens that it may have to fetch first.
///
/// | expression | semantics |
/// | --- | --- |
/// | `source.async_get_token(query, diagnostics, token)` | `void(error_code, AccessToken)` |
///
/// `diagnostics` outlives the completion; it takes the token endpoint's own words about a refusal.
template <class T>
concept AsyncTokenSource = requires(T& source, const TokenQuery& query, Diagnostics& diagnostics) {
    source.async_get_token(query, diagnostics, exemplar::TokenHandler());
};

namespace needed {

template <class T>
concept token_source_has_get_token_of_query_and_diagnostics_or_async_get_token =
    ImmediateTokenSource<T> || AsyncTokenSource<T>;

} // namespace needed

/// Where access tokens come from: `get_token` or `async_get_token`, whichever the class has.
template <class T>
concept TokenSource =
    needed::token_source_has_get_token_of_query_and_diagnostics_or_async_get_token<T>;

namespace exemplar {

/// The smallest token source: one that the consumer's own sign-in fills.
struct FixedToken {
    /// Given out again and again.
    AccessToken token;
    /// A copy of the token, refused or not.
    result<AccessToken> get_token(const TokenQuery&, Diagnostics&) const { return token.clone(); }
};
static_assert(TokenSource<FixedToken>);

} // namespace exemplar

} // namespace mde::inline MDE_ABI

#endif
