// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_REMOTE_PARTS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_REMOTE_PARTS_HPP

/// @file
/// What is behind `Remote`: for the files that its operations are compiled in.

#include "remote.hpp"

#include <mde/adapter/file_token_store.hpp>
#include <mde/adapter/https_client.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/system_clock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace mde_package {

namespace net = boost::asio;

/// Counts calls, or leaves that to the service.
class Quotas {
  public:
    explicit Quotas(bool counts) : counts_(counts) {}

    mde::result<mde::Duration> acquire(const mde::QuotaKey& key, const mde::Quota& quota,
                                       const mde::Now& now) {
        if (!counts_) return mde::Duration::zero();
        return local_.acquire(key, quota, now);
    }
    void throttled(const mde::QuotaKey& key, mde::Duration wait, const mde::Now& now) {
        if (counts_) local_.throttled(key, wait, now);
    }

  private:
    mde::LocalQuotas local_;
    bool counts_;
};
static_assert(mde::QuotaStore<Quotas>);

/// The parts of the SDK that this program has chosen.
struct Remote::Parts {
    using Transport = mde::BeastTransport<net::io_context::executor_type>;
    using Tokens = mde::Credential<Transport>;
    using Client =
        mde::Client<mde::OpensslSha256, Transport&, Tokens&, Quotas&, mde::SystemClock&, Progress&>;

    Parts(net::io_context& context_, Access access, mde::TlsContext tls,
          std::optional<mde::FileTokenStore> token_store_, Progress& progress_, StopSignals& stop_)
        : context(context_),
          stop(stop_),
          progress(progress_),
          token_store(std::move(token_store_)),
          transport(context_, std::move(tls), std::move(access.transport)),
          tokens(access.settings, std::move(access.chain), transport, credential_options()),
          quotas(access.counts_calls),
          client(access.settings, transport, tokens, quotas, clock, progress),
          deadline(mde::saturating_add(clock.now().monotonic, access.deadline)) {}

    /// A device code has to be shown; tokens may outlive the process.
    mde::CredentialOptions credential_options() {
        mde::CredentialOptions options;
        options.observer = [this](const mde::ObserverEvent& event) { progress.notify(event); };
        if (token_store) options.store = *token_store;
        return options;
    }

    /// What is left of the deadline, for one more operation.
    mde::Duration time_left() const {
        if (deadline == mde::no_deadline) return mde::Duration::max();
        return (std::max)(mde::Duration::zero(), deadline - clock.now().monotonic);
    }

    /// Starts an operation and runs the context until it has ended. `initiate` is given the options
    /// and a completion handler that obeys Ctrl-C.
    template <class T, class Initiate>
    Outcome<T> run(Initiate initiate) {
        Outcome<T> outcome;
        bool done = false;
        const mde::CallOptions options{&outcome.diagnostics, time_left()};
        auto handler = net::bind_cancellation_slot(stop.slot(),
                                                   [&outcome, &done](mde::error_code ec, T value) {
                                                       outcome.error = ec;
                                                       outcome.value = std::move(value);
                                                       done = true;
                                                   });
        if (stop_requested() != 0) {
            outcome.error = net::error::operation_aborted;
            return outcome;
        }
        initiate(options, std::move(handler));
        while (!done) context.run_one();
        return outcome;
    }

    net::io_context& context;
    StopSignals& stop;
    Progress& progress;
    std::optional<mde::FileTokenStore> token_store;
    Transport transport;
    Tokens tokens;
    Quotas quotas;
    mde::SystemClock clock;
    Client client;
    mde::MonotonicTime deadline;
};

} // namespace mde_package

#endif
