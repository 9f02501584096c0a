// SPDX-License-Identifier: BSL-1.0
#include "remote.hpp"

#include <mde/adapter/beast_transport.hpp>
#include <mde/adapter/credential.hpp>
#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/async/client.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/system_clock.hpp>
#include <mde/request/get_machine_action.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace mde_package {

namespace net = boost::asio;

/// The parts of the SDK that this program has chosen.
struct Remote::Parts {
    using Transport = mde::BeastTransport<net::io_context::executor_type>;
    using Tokens = mde::Credential<Transport>;
    using Client = mde::Client<mde::OpensslSha256, Transport&, Tokens&, mde::LocalQuotas,
                               mde::SystemClock, Progress&>;

    Parts(net::io_context& context_, Access access, mde::TlsContext tls, Progress& progress,
          StopSignals& stop_)
        : context(context_),
          stop(stop_),
          transport(context_, std::move(tls), std::move(access.transport)),
          tokens(access.settings, mde::client_secret(std::move(access.client_secret)), transport),
          client(access.settings, transport, tokens, mde::LocalQuotas(), clock, progress),
          deadline(mde::saturating_add(clock.now().monotonic, access.deadline)) {}

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
    Transport transport;
    Tokens tokens;
    mde::SystemClock clock;
    Client client;
    mde::MonotonicTime deadline;
};

mde::result<Remote> Remote::connect(net::io_context& context, Access access,
                                    const std::optional<std::string>& ca_pem, Progress& progress,
                                    StopSignals& stop) {
    auto tls = ca_pem ? mde::TlsContext::trusting(*ca_pem) : mde::TlsContext::system();
    if (!tls) return tls.error();
    return Remote(
        std::make_unique<Parts>(context, std::move(access), std::move(*tls), progress, stop));
}

Remote::Remote(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
Remote::Remote(Remote&&) noexcept = default;
Remote::~Remote() = default;

Outcome<mde::MachineAction> Remote::collect(const mde::CollectInvestigationPackage& request) {
    return parts_->run<mde::MachineAction>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_call(request, options, std::move(handler));
    });
}

Outcome<mde::MachineAction> Remote::look(const mde::MachineActionId& action) {
    return parts_->run<mde::MachineAction>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_call(mde::GetMachineAction{action}, options, std::move(handler));
    });
}

Outcome<mde::MachineAction> Remote::wait(const mde::MachineActionId& action) {
    return parts_->run<mde::MachineAction>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_await_action(action, options, std::move(handler));
    });
}

Outcome<mde::MachineAction> Remote::cancel(const mde::CancelMachineAction& request) {
    return parts_->run<mde::MachineAction>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_call(request, options, std::move(handler));
    });
}

Outcome<mde::MachineActionPage> Remote::list(const mde::ListMachineActions& request) {
    return parts_->run<mde::MachineActionPage>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_call(request, options, std::move(handler));
    });
}

Outcome<mde::Receipt> Remote::fetch(const mde::MachineActionId& action, mde::FileStore& store) {
    return parts_->run<mde::Receipt>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_fetch(action, store, options, std::move(handler));
    });
}

Outcome<mde::Receipt> Remote::collect_to_store(const mde::CollectInvestigationPackage& request,
                                               mde::FileStore& store) {
    return parts_->run<mde::Receipt>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_collect_to_store(request, store, options, std::move(handler));
    });
}

} // namespace mde_package
