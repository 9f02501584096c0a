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
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>

namespace mde::inline MDE_ABI {

/// The client credentials grant with a shared secret. However many ask, there is one sign-in at a
/// time, and those who waited for it share its token or its error. A token is renewed ahead of its
/// end: at four fifths of its life, at the latest five minutes before. The transport outlives the
/// credential, and both outlive what they started. Distinct objects: safe. Shared objects: safe.
template <Transport TransportT, Clock ClockT = SystemClock>
class ClientSecretCredential {
  public:
    ClientSecretCredential(const Settings& settings, Secret client_secret, TransportT& transport,
                           ClockT clock = {})
        : settings_(settings),
          secret_(std::move(client_secret)),
          transport_(&transport),
          clock_(std::move(clock)),
          signed_in_(transport.get_executor(), (Timer::time_point::max)()) {}
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

    using Executor = typename TransportT::executor_type;
    using Timer = typename net::steady_timer::template rebind_executor<Executor>::other;

    /// One sign-in at a time: whoever comes first leads it, the others wait for its end and then
    /// look again. If the leader is cancelled, one of them leads the next.
    struct Operation {
        ClientSecretCredential* credential;
        TokenQuery query;
        Diagnostics* diagnostics;
        std::uint64_t failures_seen = 0;
        bool begun = false;
        AccessToken found{};

        template <class Self>
        void operator()(Self& self) {
            self.reset_cancellation_state(net::enable_total_cancellation());
            failures_seen = credential->failures();
            look(self);
        }

        /// The other's sign-in has ended, or what was found is delivered.
        template <class Self>
        void operator()(Self& self, error_code) {
            if (self.cancelled() != net::cancellation_type::none)
                return self.complete(net::error::operation_aborted, AccessToken());
            if (!found.empty()) return self.complete(error_code(), std::move(found));
            error_code failure;
            if (credential->failed_since(failures_seen, failure, *diagnostics))
                return self.complete(failure, AccessToken());
            look(self);
        }

        /// Our own sign-in has ended.
        template <class Self>
        void operator()(Self& self, error_code ec, AccessToken token) {
            token = credential->end_sign_in(ec, std::move(token), *diagnostics);
            self.complete(ec, std::move(token));
        }

        template <class Self>
        void look(Self& self) {
            ClientSecretCredential& owner = *credential;
            std::unique_lock lock(owner.mutex_);
            found = owner.usable(query);
            if (!found.empty()) {
                lock.unlock();
                // In a statement of its own: the move below may be evaluated first.
                const auto executor = self.get_io_executor();
                return net::post(executor, net::append(std::move(self), error_code()));
            }
            if (owner.signing_in_) return owner.signed_in_.async_wait(std::move(self));
            owner.signing_in_ = true;
            lock.unlock();
            Diagnostics& out = *diagnostics;
            const TokenQuery what = query;
            owner.sign_in(what, out, std::move(self));
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

    /// A copy of what is cached, if it will do. The mutex is held.
    AccessToken usable(const TokenQuery& query) const {
        const bool refused =
            query.freshness == TokenQuery::Freshness::renewed && query.refused == token_.serial();
        if (token_.empty() || refused || clock_.now().monotonic >= renew_at_) return {};
        return token_.clone();
    }

    std::uint64_t failures() {
        const std::lock_guard lock(mutex_);
        return failures_;
    }

    /// True if a sign-in failed since the count was `seen`; those who waited for it share its end.
    bool failed_since(std::uint64_t seen, error_code& failure, Diagnostics& diagnostics) {
        const std::lock_guard lock(mutex_);
        if (failures_ == seen) return false;
        failure = failure_;
        diagnostics = failure_diagnostics_;
        return true;
    }

    /// Keeps a token, or the failure, and wakes those who waited.
    AccessToken end_sign_in(error_code ec, AccessToken token, const Diagnostics& diagnostics) {
        const std::lock_guard lock(mutex_);
        signing_in_ = false;
        if (!ec) {
            keep(token);
        } else if (ec != net::error::operation_aborted) {
            ++failures_;
            failure_ = ec;
            failure_diagnostics_ = diagnostics;
        }
        signed_in_.cancel();
        return ec ? AccessToken() : token_.clone();
    }

    void keep(const AccessToken& token) {
        const Duration left = token.expires_at() - clock_.now().monotonic;
        const Duration ahead = (std::max)(left / 5, (std::min)(left / 2, Duration(five_minutes)));
        token_ = AccessToken(token.secret().clone(), token.expires_at(), token_.serial() + 1);
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
    bool signing_in_ = false;
    /// Never runs out; cancelled when a sign-in ends.
    Timer signed_in_;
    std::uint64_t failures_ = 0;
    error_code failure_;
    Diagnostics failure_diagnostics_;
};

} // namespace mde::inline MDE_ABI

#endif
