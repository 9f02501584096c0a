// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_BLOCKING_TOKENS_HPP
#define MDE_EXAMPLES_2_PLUG_BLOCKING_TOKENS_HPP

/// @file
/// A token source for a program without an event loop.

#include <mde/async/run_blocking.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/sign_in.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace example {

//[blocking_tokens
/// Signs in when it is asked, in the calling thread, and keeps the token until it nears its end.
template <mde::BlockingTransport TransportT>
class BlockingTokens {
  public:
    BlockingTokens(const mde::Settings& settings, mde::Grant grant, TransportT& transport)
        : settings_(&settings), grant_(std::move(grant)), transport_(&transport) {}

    mde::result<mde::AccessToken> get_token(const mde::TokenQuery& query,
                                            mde::Diagnostics& diagnostics) {
        const bool refused = query.freshness == mde::TokenQuery::Freshness::renewed;
        const auto soon = clock_.now().monotonic + std::chrono::minutes(5);
        if (!refused && !kept_.empty() && soon < kept_.expires_at()) return kept_.clone();
        const mde::Ports<TransportT, mde::NoTokens, mde::exemplar::NoQuota, mde::SystemClock,
                         mde::NoObserver, mde::exemplar::NoStore>
            ports{transport_, &no_tokens_, &no_quota_, &clock_, &no_observer_, &no_store_};
        mde::flow::Context context;
        context.settings = settings_;
        context.deadline = query.deadline;
        auto signed_in = mde::run_blocking<mde::flow::SignIn>(
            ports, context, diagnostics,
            mde::flow::SignInRequest{{grant_}, {}, std::string(query.claims), {}});
        if (!signed_in) return signed_in.error();
        kept_ = std::move(signed_in->token);
        return kept_.clone();
    }

  private:
    const mde::Settings* settings_;
    mde::Grant grant_;
    TransportT* transport_;
    mde::AccessToken kept_;
    mde::SystemClock clock_;
    mde::NoTokens no_tokens_;
    mde::exemplar::NoQuota no_quota_;
    mde::NoObserver no_observer_;
    mde::exemplar::NoStore no_store_;
};
//]

} // namespace example

#endif
