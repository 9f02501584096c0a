// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_CLIENT_SECRET_CREDENTIAL_HPP
#define MDE_ADAPTER_CLIENT_SECRET_CREDENTIAL_HPP

/// @file
/// A token source that signs in with a client secret and keeps the token while it lasts.

#include <mde/async/run_flow.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/port/token_source.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>

namespace mde::inline MDE_ABI {

/// The client credentials grant with a shared secret. A token is renewed ahead of its end: at four
/// fifths of its life, at the latest five minutes before. The transport outlives the credential,
/// and both outlive what they started. Distinct objects: safe. Shared objects: safe.
template <Transport TransportT, Clock ClockT = SystemClock>
class ClientSecretCredential {
  public:
    ClientSecretCredential(const Settings& settings, Secret client_secret, TransportT& transport,
                           ClockT clock = {})
        : settings_(settings),
          secret_(std::move(client_secret)),
          transport_(&transport),
          clock_(std::move(clock)) {}
    ClientSecretCredential(const ClientSecretCredential&) = delete;
    ClientSecretCredential& operator=(const ClientSecretCredential&) = delete;

    /// @par Completion Signature void(error_code, AccessToken)
    /// @par Errors               see `flow::SignIn`
    /// @par Cancellation         total, partial, terminal
    /// @par Lifetimes            `*this` and `diagnostics` outlive completion
    template <net::completion_token_for<void(error_code, AccessToken)> CompletionToken>
    auto async_get_token(const TokenQuery& query, Diagnostics& diagnostics,
                         CompletionToken&& token) {
        return net::async_compose<CompletionToken, void(error_code, AccessToken)>(
            Operation{this, query, &diagnostics}, token, transport_->get_executor());
    }

  private:
    using SignInPorts =
        Ports<TransportT, NoTokens, exemplar::NoQuota, ClockT, NoObserver, exemplar::NoStore>;

    struct Operation {
        ClientSecretCredential* credential;
        TokenQuery query;
        Diagnostics* diagnostics;
        bool signing_in = false;

        template <class Self>
        void operator()(Self& self) {
            self.reset_cancellation_state(net::enable_total_cancellation());
            if (query.freshness == TokenQuery::Freshness::any) {
                if (AccessToken cached = credential->cached(); !cached.empty()) {
                    // In a statement of its own: the move below may be evaluated first.
                    const auto executor = self.get_io_executor();
                    return net::post(executor,
                                     net::append(std::move(self), error_code(), std::move(cached)));
                }
            }
            signing_in = true;
            ClientSecretCredential& owner = *credential;
            Diagnostics& out = *diagnostics;
            const TokenQuery what = query;
            owner.sign_in(what, out, std::move(self));
        }

        template <class Self>
        void operator()(Self& self, error_code ec, AccessToken token) {
            if (signing_in && !ec) credential->keep(token);
            self.complete(ec, std::move(token));
        }
    };

    template <class Handler>
    void sign_in(const TokenQuery& query, Diagnostics& diagnostics, Handler handler) {
        flow::Context context;
        context.settings = &settings_;
        context.deadline = query.deadline;
        context.seed = static_cast<std::uint64_t>(clock_.now().utc.time_since_epoch().count());
        const SignInPorts ports{transport_, &no_tokens_,   &no_quota_,
                                &clock_,    &no_observer_, &no_store_};
        async_run_flow<flow::SignIn>(ports, context, &diagnostics, std::move(handler),
                                     ClientSecretToken{settings_.tenant, settings_.client_id,
                                                       settings_.audience + "/.default",
                                                       secret_.clone()});
    }

    AccessToken cached() {
        const std::lock_guard lock(mutex_);
        if (token_.empty() || clock_.now().monotonic >= renew_at_) return {};
        return token_.clone();
    }

    void keep(const AccessToken& token) {
        const MonotonicTime now = clock_.now().monotonic;
        const Duration left = token.expires_at() - now;
        const Duration ahead = (std::max)(left / 5, (std::min)(left / 2, Duration(five_minutes)));
        const std::lock_guard lock(mutex_);
        token_ = token.clone();
        renew_at_ = token.expires_at() - ahead;
    }

    static constexpr std::chrono::minutes five_minutes{5};

    Settings settings_;
    Secret secret_;
    TransportT* transport_;
    ClockT clock_;
    [[no_unique_address]] NoTokens no_tokens_;
    [[no_unique_address]] exemplar::NoQuota no_quota_;
    [[no_unique_address]] NoObserver no_observer_;
    [[no_unique_address]] exemplar::NoStore no_store_;
    std::mutex mutex_;
    AccessToken token_;
    MonotonicTime renew_at_{};
};

} // namespace mde::inline MDE_ABI

#endif
