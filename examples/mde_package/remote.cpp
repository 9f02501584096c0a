// SPDX-License-Identifier: BSL-1.0
#include "remote_parts.hpp"

#include <mde/request/get_machine_action.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace mde_package {

mde::result<Remote> Remote::connect(net::io_context& context, Access access,
                                    const std::optional<std::string>& ca_pem, Progress& progress,
                                    StopSignals& stop) {
    auto tls = ca_pem ? mde::TlsContext::trusting(*ca_pem) : mde::TlsContext::system();
    if (!tls) return tls.error();
    std::optional<mde::FileTokenStore> store;
    if (!access.token_cache.empty()) {
        auto opened = mde::FileTokenStore::in(access.token_cache);
        if (!opened) return opened.error();
        store = std::move(*opened);
    }
    return Remote(std::make_unique<Parts>(context, std::move(access), std::move(*tls),
                                          std::move(store), progress, stop));
}

Remote::Remote(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
Remote::Remote(Remote&&) noexcept = default;
Remote::~Remote() = default;

Outcome<SignedIn> Remote::sign_in() {
    Parts& parts = *parts_;
    auto token = parts.run<mde::AccessToken>([&](const mde::CallOptions& options, auto handler) {
        mde::TokenQuery query;
        query.deadline = parts.deadline;
        parts.progress.notify(mde::observed::Token{});
        parts.tokens.async_get_token(query, *options.diagnostics, std::move(handler));
    });
    Outcome<SignedIn> outcome{token.error, std::move(token.diagnostics), {}};
    if (outcome.error) return outcome;
    const mde::Now now = parts.clock.now();
    const mde::Duration left = token.value.expires_at() - now.monotonic;
    outcome.value.until = now.utc + std::chrono::duration_cast<mde::Ticks>(left);
    outcome.value.claims = mde::wire::decode_token_claims(token.value.secret().expose());
    return outcome;
}

Outcome<mde::MachineAction> Remote::collect(const mde::CollectInvestigationPackage& request) {
    return parts_->run<mde::MachineAction>([&](const mde::CallOptions& options, auto handler) {
        parts_->client.async_collect(request, options, std::move(handler));
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

Outcome<std::vector<mde::MachineAction>> Remote::list(const mde::ListMachineActions& request) {
    return parts_->run<std::vector<mde::MachineAction>>(
        [&](const mde::CallOptions& options, auto handler) {
            parts_->client.async_list(request, options, std::move(handler));
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
