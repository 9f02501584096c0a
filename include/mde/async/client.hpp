// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ASYNC_CLIENT_HPP
#define MDE_ASYNC_CLIENT_HPP

/// @file
/// The client: one object that offers every flow as an asynchronous operation.

#include <mde/async/collect_many.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/run_flow.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/flow/await_action.hpp>
#include <mde/flow/await_actions.hpp>
#include <mde/flow/collect_action.hpp>
#include <mde/flow/collect_to_store.hpp>
#include <mde/flow/download.hpp>
#include <mde/flow/exchange.hpp>
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/flow/fetch_package.hpp>
#include <mde/flow/list_actions.hpp>
#include <mde/flow/mint_link.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/list_machine_actions.hpp>

#include <boost/asio/async_result.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI {

/// What may be said beside a call. Trivial, so that it can be written as a braced temporary even in
/// a `co_await` expression of g++ 12.
struct CallOptions {
    /// Takes what the service said about a failure; outlives completion.
    Diagnostics* diagnostics = nullptr;
    /// For the whole operation, waits included.
    Duration time_limit = (Duration::max)();
};

/// What a program talks to the service with. Every part is a template parameter and may be a
/// reference: `make_client` makes one for each lvalue it is given and owns what it is given as
/// rvalue. Operations may run at the same time; each of them leaves the client as it is.
///
/// Every initiating function has two forms, with and without `CallOptions`. For all of them:
/// @par Cancellation     total, partial, terminal; a store keeps what can be gone on with
/// @par Executor         token's, else get_executor(); never inside the call
/// @par Lifetimes        `*this` and what is passed by reference outlive completion
/// @par Exception safety throws only what the token or allocation throws; see below
///
/// Where memory runs out later, std::bad_alloc leaves through the executor (`io_context::run()`),
/// once: the operation is gone, its handler is destroyed without being called, and everything that
/// was passed by reference may be used again. A store keeps what can be gone on with, has nothing
/// under its final name that is not whole, and no other operation waits for the one that is gone.
/// An operation of many parts (several connections, a fleet) whose part is gone so ends with
/// boost::system::errc::not_enough_memory.
///
/// Distinct objects: safe. Shared objects: as safe as the parts; with those of this SDK, safe.
template <Hasher PackageHasher, class TransportT, class TokensT, class QuotasT = LocalQuotas,
          class ClockT = SystemClock, class ObserverT = NoObserver>
    requires Transport<std::remove_reference_t<TransportT>> &&
        TokenSource<std::remove_reference_t<TokensT>> &&
        QuotaStore<std::remove_reference_t<QuotasT>> && Clock<std::remove_reference_t<ClockT>> &&
        Observer<std::remove_reference_t<ObserverT>>
class Client {
  public:
    /// That of the transport.
    using executor_type = typename std::remove_reference_t<TransportT>::executor_type;

    /// Takes the parts; `make_client` spells their types.
    Client(Settings settings, TransportT transport, TokensT tokens, QuotasT quotas, ClockT clock,
           ObserverT observer)
        : settings_(std::move(settings)),
          transport_(std::forward<TransportT>(transport)),
          tokens_(std::forward<TokensT>(tokens)),
          quotas_(std::forward<QuotasT>(quotas)),
          clock_(std::forward<ClockT>(clock)),
          observer_(std::forward<ObserverT>(observer)) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Where completions run by default.
    executor_type get_executor() noexcept { return transport_.get_executor(); }
    /// As given; they do not change.
    const Settings& settings() const noexcept { return settings_; }

    /// Makes one call of the API: any type that meets `ApiRequest`.
    /// @par Completion Signature void(error_code, Request::Response)
    /// @par Errors               see `flow::Exchange`
    template <ApiRequest Request,
              net::completion_token_for<void(error_code, typename Request::Response)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_call(Request request, CompletionToken&& token = {}) {
        return async_call(std::move(request), CallOptions(), std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <ApiRequest Request,
              net::completion_token_for<void(error_code, typename Request::Response)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_call(Request request, const CallOptions& options, CompletionToken&& token = {}) {
        return run<flow::Exchange<Request>>(
            no_store_, options, std::forward<CompletionToken>(token), std::move(request));
    }

    /// Starts a collection, once, whatever becomes of the answer.
    /// @par Completion Signature void(error_code, MachineAction)
    /// @par Errors               see `flow::CollectAction`
    template <net::completion_token_for<void(error_code, MachineAction)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect(CollectInvestigationPackage request, CompletionToken&& token = {}) {
        return async_collect(std::move(request), CallOptions(),
                             std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <net::completion_token_for<void(error_code, MachineAction)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect(CollectInvestigationPackage request, const CallOptions& options,
                       CompletionToken&& token = {}) {
        return run<flow::CollectAction>(no_store_, options, std::forward<CompletionToken>(token),
                                        std::move(request), std::optional<flow::EarlierAttempt>());
    }

    /// Reads a list to its end, over as many answers as it takes.
    /// @par Completion Signature void(error_code, std::vector<MachineAction>)
    /// @par Errors               see `flow::ListActions`
    template <net::completion_token_for<void(error_code, std::vector<MachineAction>)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_list(const ListMachineActions& request, CompletionToken&& token = {}) {
        return async_list(request, CallOptions(), std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <net::completion_token_for<void(error_code, std::vector<MachineAction>)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_list(const ListMachineActions& request, const CallOptions& options,
                    CompletionToken&& token = {}) {
        return run<flow::ListActions>(no_store_, options, std::forward<CompletionToken>(token),
                                      request);
    }

    /// Waits until an action has succeeded.
    /// @par Completion Signature void(error_code, MachineAction)
    /// @par Errors               see `flow::AwaitAction`
    template <net::completion_token_for<void(error_code, MachineAction)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_await_action(const MachineActionId& action, CompletionToken&& token = {}) {
        return async_await_action(action, CallOptions(), std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <net::completion_token_for<void(error_code, MachineAction)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_await_action(const MachineActionId& action, const CallOptions& options,
                            CompletionToken&& token = {}) {
        return run<flow::AwaitAction>(no_store_, options, std::forward<CompletionToken>(token),
                                      action);
    }

    /// Waits until each of many actions has ended, by one list call for all of them.
    /// @par Completion Signature void(error_code, std::vector<flow::AwaitedAction>)
    /// @par Errors               see `flow::AwaitActions`
    template <net::completion_token_for<void(error_code, std::vector<flow::AwaitedAction>)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_await_actions(std::vector<MachineActionId> actions, CompletionToken&& token = {}) {
        return async_await_actions(std::move(actions), CallOptions(),
                                   std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <net::completion_token_for<void(error_code, std::vector<flow::AwaitedAction>)>
                  CompletionToken = net::default_completion_token_t<executor_type>>
    auto async_await_actions(std::vector<MachineActionId> actions, const CallOptions& options,
                             CompletionToken&& token = {}) {
        return run<flow::AwaitActions>(no_store_, options, std::forward<CompletionToken>(token),
                                       std::move(actions));
    }

    /// Trades a finished action for a link. Use it at once: see `PackageUri`.
    /// @par Completion Signature void(error_code, PackageUri)
    /// @par Errors               see `flow::MintLink`
    template <net::completion_token_for<void(error_code, PackageUri)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_mint_link(const MachineActionId& action, CompletionToken&& token = {}) {
        return async_mint_link(action, CallOptions(), std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <net::completion_token_for<void(error_code, PackageUri)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_mint_link(const MachineActionId& action, const CallOptions& options,
                         CompletionToken&& token = {}) {
        return run<flow::MintLink>(no_store_, options, std::forward<CompletionToken>(token),
                                   action);
    }

    /// Redeems a link into `store`. Takes the link itself, never a string: a link is used once.
    /// @par Completion Signature void(error_code, Receipt)
    /// @par Errors               see `flow::Download`
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_download(PackageUri&& uri, const PackageKey& key, Store& store,
                        CompletionToken&& token = {}) {
        return async_download(std::move(uri), key, store, CallOptions(),
                              std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_download(PackageUri&& uri, const PackageKey& key, Store& store,
                        const CallOptions& options, CompletionToken&& token = {}) {
        Receipt receipt;
        receipt.tenant = settings_.tenant.text();
        receipt.action = key.action().text();
        return run<flow::Download<PackageHasher>>(store, options,
                                                  std::forward<CompletionToken>(token),
                                                  std::move(uri), key, std::move(receipt));
    }

    /// Says in words what to do where a link was given as text.
    template <class Text, class... Args>
        requires std::convertible_to<const Text&, std::string_view>
    void async_download(const Text&, Args&&...) {
        static_assert(!std::convertible_to<const Text&, std::string_view>,
                      "a link is a PackageUri, not text: use async_mint_link(), or "
                      "wire::adopt_link() for one that was obtained elsewhere");
    }

    /// Fetches the package of a finished action into `store`.
    /// @par Completion Signature void(error_code, Receipt)
    /// @par Errors               see `flow::FetchPackage`
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch(const MachineActionId& action, Store& store, CompletionToken&& token = {}) {
        return async_fetch(action, store, CallOptions(), std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch(const MachineActionId& action, Store& store, const CallOptions& options,
                     CompletionToken&& token = {}) {
        return run<flow::FetchPackage<PackageHasher>>(store, options,
                                                      std::forward<CompletionToken>(token), action);
    }

    /// Fetches the result of one command of a live-response action into `store`.
    /// @par Completion Signature void(error_code, Receipt)
    /// @par Errors               see `flow::FetchLiveResponseResult`
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch_live_response_result(const GetLiveResponseResultLink& request, Store& store,
                                          CompletionToken&& token = {}) {
        return async_fetch_live_response_result(request, store, CallOptions(),
                                                std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch_live_response_result(const GetLiveResponseResultLink& request, Store& store,
                                          const CallOptions& options,
                                          CompletionToken&& token = {}) {
        return run<flow::FetchLiveResponseResult<PackageHasher>>(
            store, options, std::forward<CompletionToken>(token), request);
    }

    /// Fetches all files of the newest snapshot of an assessment into `store`.
    /// @par Completion Signature void(error_code, FetchedExport)
    /// @par Errors               see `flow::FetchExportFiles`
    template <ExportKind Kind, AnyPackageStore Store,
              net::completion_token_for<void(error_code, FetchedExport)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch_export_files(const GetExportFiles<Kind>& request, Store& store,
                                  CompletionToken&& token = {}) {
        return async_fetch_export_files(request, store, CallOptions(),
                                        std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <ExportKind Kind, AnyPackageStore Store,
              net::completion_token_for<void(error_code, FetchedExport)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_fetch_export_files(const GetExportFiles<Kind>& request, Store& store,
                                  const CallOptions& options, CompletionToken&& token = {}) {
        return run<flow::FetchExportFiles<PackageHasher, Kind>>(
            store, options, std::forward<CompletionToken>(token), request);
    }

    /// The whole job for one machine.
    /// @par Completion Signature void(error_code, Receipt)
    /// @par Errors               see `flow::CollectToStore`
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect_to_store(CollectInvestigationPackage request, Store& store,
                                CompletionToken&& token = {}) {
        return async_collect_to_store(std::move(request), store, CallOptions(),
                                      std::forward<CompletionToken>(token));
    }
    /// As above, with `options`.
    template <AnyPackageStore Store,
              net::completion_token_for<void(error_code, Receipt)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect_to_store(CollectInvestigationPackage request, Store& store,
                                const CallOptions& options, CompletionToken&& token = {}) {
        return run<flow::CollectToStore<PackageHasher>>(
            store, options, std::forward<CompletionToken>(token), std::move(request));
    }

    /// Collects from many machines into `store`, as fast as the quotas allow, and goes on from
    /// whatever `state` says. `saved` holds the state at every moment; see `async_run_fleet`.
    /// @par Completion Signature void(error_code, FleetState)
    /// @par Errors               what stops all jobs; that of one job is in its `FleetJob`
    template <AnyPackageStore Store, StateStore StateT,
              net::completion_token_for<void(error_code, FleetState)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect_many(FleetState state, Store& store, StateT& saved,
                            CompletionToken&& token = {}) {
        return async_collect_many(std::move(state), store, saved, FleetOptions(), CallOptions(),
                                  std::forward<CompletionToken>(token));
    }
    /// As above, with `options`; `fleet` says how hard to work.
    template <AnyPackageStore Store, StateStore StateT,
              net::completion_token_for<void(error_code, FleetState)> CompletionToken =
                  net::default_completion_token_t<executor_type>>
    auto async_collect_many(FleetState state, Store& store, StateT& saved,
                            const FleetOptions& fleet, const CallOptions& options,
                            CompletionToken&& token = {}) {
        return async_run_fleet<PackageHasher>(ports(store), context(options), std::move(state),
                                              fleet, saved, options.diagnostics,
                                              std::forward<CompletionToken>(token));
    }

  private:
    template <class Store>
    using ClientPorts = Ports<std::remove_reference_t<TransportT>, std::remove_reference_t<TokensT>,
                              std::remove_reference_t<QuotasT>, std::remove_reference_t<ClockT>,
                              std::remove_reference_t<ObserverT>, Store>;

    template <class Store>
    ClientPorts<Store> ports(Store& store) {
        return {&transport_, &tokens_, &quotas_, &clock_, &observer_, &store};
    }

    flow::Context context(const CallOptions& options) {
        const Now now = clock_.now();
        flow::Context context;
        context.settings = &settings_;
        context.deadline = options.time_limit == (Duration::max)()
                               ? no_deadline
                               : saturating_add(now.monotonic, options.time_limit);
        context.seed = static_cast<std::uint64_t>(now.utc.time_since_epoch().count()) +
                       operations_.fetch_add(1, std::memory_order_relaxed) * 0x9e3779b9u;
        return context;
    }

    template <class Flow, class Store, class CompletionToken, class... Args>
    auto run(Store& store, const CallOptions& options, CompletionToken&& token, Args... args) {
        return async_run_flow<Flow>(ports(store), context(options), options.diagnostics,
                                    std::forward<CompletionToken>(token), std::move(args)...);
    }

    Settings settings_;
    TransportT transport_;
    TokensT tokens_;
    QuotasT quotas_;
    ClockT clock_;
    ObserverT observer_;
    /// For the flows that have no store actions.
    [[no_unique_address]] exemplar::NoStore no_store_;
    std::atomic<std::uint64_t> operations_{0};
};

/// Puts a client together; see `Client` for who owns what.
template <Hasher PackageHasher, class TransportT, class TokensT, class QuotasT = LocalQuotas,
          class ClockT = SystemClock, class ObserverT = NoObserver>
auto make_client(Settings settings, TransportT&& transport, TokensT&& tokens,
                 QuotasT&& quotas = QuotasT(), ClockT&& clock = ClockT(),
                 ObserverT&& observer = ObserverT()) {
    return Client<PackageHasher, TransportT, TokensT, QuotasT, ClockT, ObserverT>(
        std::move(settings), std::forward<TransportT>(transport), std::forward<TokensT>(tokens),
        std::forward<QuotasT>(quotas), std::forward<ClockT>(clock),
        std::forward<ObserverT>(observer));
}

} // namespace mde::inline MDE_ABI

#endif
