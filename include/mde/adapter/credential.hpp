// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_CREDENTIAL_HPP
#define MDE_ADAPTER_CREDENTIAL_HPP

/// @file
/// A token source that signs in by itself and keeps the token while it lasts.

#include <mde/adapter/detail/sign_in_turn.hpp>
#include <mde/adapter/detail/token_cache.hpp>
#include <mde/async/run_flow.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/port/token_source.hpp>
#include <mde/port/token_store.hpp>
#include <mde/request/client_secret.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI {

/// What a credential may be given beside the way to sign in.
struct CredentialOptions {
    /// Sees what the sign-in does; with a device code it must show the prompt. Called where the
    /// sign-in runs; quick, and must not throw.
    std::function<void(const ObserverEvent&)> observer{};
    /// Outlives the credential.
    TokenStoreRef store{};
};

/// Signs in with a grant, or with the first of a chain whose needs are there, which it stays with.
/// However many ask, there is one sign-in at a time, and those who waited for it share its token or
/// its error. A token is renewed ahead of its end (`renewal_margin`); a refresh token is used for
/// that. A sign-in that memory runs out for wakes those who wait for it: one of them signs in.
/// Claims that the API demands bypass the cache and the store. The transport outlives the
/// credential, and both outlive what they started. Distinct objects: safe. Shared objects: safe.
template <Transport TransportT, Clock ClockT = SystemClock>
class Credential {
  public:
    /// Signs in with the first way of the chain whose needs are there.
    Credential(Settings settings, Chain chain, TransportT& transport,
               CredentialOptions options = {}, ClockT clock = {})
        : settings_(std::move(settings)),
          chain_(std::move(chain)),
          transport_(&transport),
          store_(options.store),
          clock_(std::move(clock)),
          observer_{std::move(options.observer)} {}

    /// Signs in with one way.
    Credential(Settings settings, Grant grant, TransportT& transport,
               CredentialOptions options = {}, ClockT clock = {})
        : Credential(std::move(settings), Chain{std::move(grant)}, transport, std::move(options),
                     std::move(clock)) {}

    Credential(const Credential&) = delete;
    Credential& operator=(const Credential&) = delete;

    /// Gives a token that lasts, or signs in for one.
    /// @par Completion Signature void(error_code, AccessToken)
    /// @par Errors               see `flow::SignIn`
    /// @par Cancellation         total, partial, terminal; one of those who waited for a cancelled
    ///                           sign-in leads the next
    /// @par Executor             token's, else that of the transport; never inside this call
    /// @par Lifetimes            `*this`, `diagnostics` and `query.claims` outlive completion
    /// @par Exception safety     throws only what the token or allocation throws
    template <net::completion_token_for<void(error_code, AccessToken)> CompletionToken>
    auto async_get_token(const TokenQuery& query, Diagnostics& diagnostics,
                         CompletionToken&& token) {
        return net::async_initiate<CompletionToken, void(error_code, AccessToken)>(
            [](auto handler, Credential* credential, const TokenQuery& what, Diagnostics* out) {
                credential->initiate(std::move(handler), what, *out);
            },
            token, this, query, &diagnostics);
    }

    /// Drops what is cached and what is stored; the next call signs in anew. A sign-in that runs
    /// now still ends with a token.
    /// @par Errors those of the store
    error_code forget() {
        {
            const std::lock_guard lock(turn_->mutex);
            cache_.drop();
            only_.reset();
            refresh_token_ = Secret();
        }
        return store_.forget(key());
    }

  private:
    /// Type-erased, so that what is heavy is compiled once, not once for each handler.
    using Handler = net::any_completion_handler<void(error_code, AccessToken)>;
    using Executor = typename TransportT::executor_type;
    using Timer = typename net::steady_timer::template rebind_executor<Executor>::other;

    using Turn = detail::SignInTurn<Timer>;

    struct FunctionObserver {
        std::function<void(const ObserverEvent&)> function;
        void notify(const ObserverEvent& event) {
            if (function) function(event);
        }
    };
    using SignInPorts =
        Ports<TransportT, NoTokens, exemplar::NoQuota, ClockT, FunctionObserver, exemplar::NoStore>;

    void initiate(Handler handler, const TokenQuery& query, Diagnostics& diagnostics);

    /// One sign-in at a time: whoever comes first leads it, the others wait for its end and then
    /// look again. If the leader is cancelled, one of them leads the next.
    struct Operation {
        Credential* credential;
        TokenQuery query;
        Diagnostics* diagnostics;
        detail::TokenCache::Moment begun{};
        AccessToken found{};
        std::shared_ptr<Timer> waiting{};
        detail::SignInLead<Timer> lead{};

        template <class Self>
        void operator()(Self& self) {
            self.reset_cancellation_state(net::enable_total_cancellation());
            {
                const std::lock_guard lock(credential->turn_->mutex);
                begun = credential->cache_.moment();
            }
            look(self);
        }

        /// The other's sign-in has ended, or the time to wait for it, or what was found is
        /// delivered.
        template <class Self>
        void operator()(Self& self, error_code ec) {
            if (self.cancelled() != net::cancellation_type::none)
                return self.complete(net::error::operation_aborted, AccessToken());
            if (!found.empty()) return self.complete(error_code(), std::move(found));
            if (!ec) return self.complete(errc::deadline_exceeded, AccessToken());
            std::unique_lock lock(credential->turn_->mutex);
            const auto failure = credential->cache_.failure_since(begun, *diagnostics);
            lock.unlock();
            if (failure) return self.complete(*failure, AccessToken());
            look(self);
        }

        /// Our own sign-in has ended.
        template <class Self>
        void operator()(Self& self, error_code ec, flow::SignedIn signed_in) {
            AccessToken token =
                credential->end_sign_in(ec, std::move(signed_in), query, *diagnostics);
            lead.give_back();
            self.complete(ec, std::move(token));
        }

        template <class Self>
        void look(Self& self) {
            Credential& owner = *credential;
            std::unique_lock lock(owner.turn_->mutex);
            found = owner.cache_.usable(query, begun, owner.clock_.now().monotonic);
            if (found.empty() && owner.turn_->is_taken) {
                // Held by the wait too: a cancellation may look at it after the sign-in's end.
                waiting = owner.add_waiter(query.deadline);
                Timer& timer = *waiting;
                return timer.async_wait(std::move(self));
            }
            const bool leads = found.empty();
            if (leads) lead.take(owner.turn_);
            lock.unlock();
            if (leads) found = owner.take_stored(query);
            if (!found.empty()) {
                lead.give_back();
                // In a statement of its own: the move below may be evaluated first.
                const auto executor = self.get_io_executor();
                return net::post(executor, net::append(std::move(self), error_code()));
            }
            Diagnostics& out = *diagnostics;
            const TokenQuery what = query;
            owner.sign_in(what, out, std::move(self));
        }
    };

    template <class SignInHandler>
    void sign_in(const TokenQuery& query, Diagnostics& diagnostics, SignInHandler handler) {
        flow::Context context;
        context.settings = &settings_;
        context.deadline = query.deadline;
        context.seed = static_cast<std::uint64_t>(clock_.now().utc.time_since_epoch().count());
        const SignInPorts ports{transport_, &no_tokens_, &no_quota_,
                                &clock_,    &observer_,  &no_store_};
        async_run_flow<flow::SignIn>(ports, context, &diagnostics, std::move(handler),
                                     sign_in_request(query));
    }

    flow::SignInRequest sign_in_request(const TokenQuery& query) {
        const std::lock_guard lock(turn_->mutex);
        return {chain_, only_, std::string(query.claims), refresh_token_.clone()};
    }

    TokenKey key() const {
        bool delegated = false;
        for (const Grant& grant : chain_)
            delegated = delegated || std::holds_alternative<DeviceCode>(grant);
        return {settings_.authority.host(), settings_.tenant.text(), settings_.client_id,
                settings_.audience, delegated};
    }

    /// A token of another process, or of the last run, in place of a sign-in. A refresh token is
    /// taken over in any case.
    AccessToken take_stored(const TokenQuery& query) {
        result<StoredToken> stored = store_.load(key());
        if (!stored) observer_.notify(observed::Failure{Stage::store, stored.error()});
        if (!stored || stored->empty()) return {};
        const Now now = clock_.now();
        const std::lock_guard lock(turn_->mutex);
        if (!stored->refresh_token.empty()) refresh_token_ = std::move(stored->refresh_token);
        const Duration left = usable_life(*stored, now.utc);
        const Duration life(stored->expires_at - stored->obtained_at);
        const bool known = stored->access_token.expose() == cache_.token().secret().expose();
        if (left <= Duration::zero() || known || !query.claims.empty()) return {};
        cache_.keep(
            AccessToken(std::move(stored->access_token), saturating_add(now.monotonic, left)), life,
            {});
        return cache_.token().clone();
    }

    void store_token(const flow::SignedIn& signed_in, const Now& now) {
        StoredToken token;
        token.access_token = signed_in.token.secret().clone();
        token.obtained_at = now.utc;
        token.expires_at = now.utc + std::chrono::duration_cast<Ticks>(
                                         signed_in.token.expires_at() - now.monotonic);
        token.refresh_token = signed_in.refresh_token.clone();
        if (const error_code ec = store_.save(key(), token))
            observer_.notify(observed::Failure{Stage::store, ec});
    }

    /// Keeps a token, or the failure. A failure for now is none while the last token still lasts.
    AccessToken end_sign_in(error_code& ec, flow::SignedIn signed_in, const TokenQuery& query,
                            Diagnostics& diagnostics) {
        const Now now = clock_.now();
        if (!ec) store_token(signed_in, now);
        const std::lock_guard lock(turn_->mutex);
        if (!ec) {
            only_ = signed_in.grant;
            refresh_token_ = std::move(signed_in.refresh_token);
            const Duration life = signed_in.token.expires_at() - now.monotonic;
            cache_.keep(std::move(signed_in.token), life, query.claims);
        } else if (ec == condition::retry_later && cache_.postpone(query, now.monotonic)) {
            ec = error_code();
            diagnostics = Diagnostics();
        } else {
            end_failed(ec, diagnostics);
        }
        return ec ? AccessToken() : cache_.token().clone();
    }

    /// That one caller left, or ran out of time, is no failure of the others.
    void end_failed(const error_code& ec, const Diagnostics& diagnostics) {
        if (ec == errc::credential_unavailable) only_.reset();
        if (ec != net::error::operation_aborted && ec != errc::deadline_exceeded)
            cache_.fail(ec, diagnostics);
    }

    /// A timer that runs out at the deadline and is cancelled when the sign-in ends. The mutex is
    /// held.
    std::shared_ptr<Timer> add_waiter(MonotonicTime deadline) {
        auto end = (Timer::time_point::max)();
        const Duration left = deadline - clock_.now().monotonic;
        if (left < std::chrono::hours(24 * 365))
            end = Timer::clock_type::now() +
                  std::chrono::duration_cast<typename Timer::duration>(left);
        return turn_->waiters.emplace_back(
            std::make_shared<Timer>(transport_->get_executor(), end));
    }

    Settings settings_;
    Chain chain_;
    TransportT* transport_;
    TokenStoreRef store_;
    ClockT clock_;
    FunctionObserver observer_;
    [[no_unique_address]] NoTokens no_tokens_;
    [[no_unique_address]] exemplar::NoQuota no_quota_;
    [[no_unique_address]] exemplar::NoStore no_store_;
    const std::shared_ptr<Turn> turn_ = std::make_shared<Turn>();
    detail::TokenCache cache_;
    std::optional<std::size_t> only_;
    Secret refresh_token_;
};

template <Transport TransportT, Clock ClockT>
void Credential<TransportT, ClockT>::initiate(Handler handler, const TokenQuery& query,
                                              Diagnostics& diagnostics) {
    net::async_compose<Handler, void(error_code, AccessToken)>(Operation{this, query, &diagnostics},
                                                               handler, transport_->get_executor());
}

} // namespace mde::inline MDE_ABI

#endif
