// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_WORLD_HPP
#define MDE_TESTS_SUPPORT_WORLD_HPP

/// @file
/// A service, a client's settings and a virtual clock in one process: no socket, no waiting.

#include <mde/adapter/memory_store.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/port/hasher.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/service/emulator.hpp>
#include <mde/service/in_process_transport.hpp>

#include "support/virtual_clock.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mde_test {

using namespace std::chrono_literals;

/// Not SHA-256, but enough to see that all bytes went through it in their order.
class SumHasher {
  public:
    void update(std::span<const std::byte> bytes) noexcept {
        for (const std::byte byte : bytes)
            state_ = (state_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3ull;
    }
    mde::result<mde::Sha256Digest> finish() noexcept {
        mde::Sha256Digest digest;
        for (std::size_t i = 0; i < 8; ++i)
            digest.bytes[i] = static_cast<std::byte>(state_ >> (8 * i) & 0xff);
        return digest;
    }

  private:
    std::uint64_t state_ = 0xcbf29ce484222325ull;
};

/// Remembers every event.
struct Recorder {
    std::vector<mde::ObserverEvent> events;

    void notify(const mde::ObserverEvent& event) { events.push_back(event); }

    template <class Event>
    std::size_t count() const {
        std::size_t found = 0;
        for (const auto& event : events) found += std::holds_alternative<Event>(event) ? 1u : 0u;
        return found;
    }
    mde::Duration waited(mde::WaitReason reason) const {
        mde::Duration sum{};
        for (const auto& event : events)
            if (const auto* wait = std::get_if<mde::observed::Waiting>(&event))
                if (wait->reason == reason) sum += wait->span;
        return sum;
    }
};

/// Hands out the same token until it is told that it was refused.
struct ServiceTokens {
    std::string current;
    std::string renewed;
    unsigned renewals = 0;
    std::string claims;

    mde::result<mde::AccessToken> get_token(const mde::TokenQuery& query, mde::Diagnostics&) {
        if (query.freshness == mde::TokenQuery::Freshness::renewed) {
            ++renewals;
            claims = query.claims;
            current = renewed;
        }
        return mde::AccessToken(mde::Secret(current), mde::no_deadline);
    }
};

inline constexpr std::string_view world_tenant = "11111111-2222-4333-8444-555555555555";
inline constexpr std::string_view world_machine = "00112233445566778899aabbccddeeff00112233";

inline mde::CollectInvestigationPackage collection() {
    return {*mde::MachineId::parse(world_machine), "suspicious sign-in"};
}

struct World {
    using Emulator = mde::service::Emulator<mde::service::exemplar::WeakSigner>;
    using Transport = mde::service::InProcessTransport<Emulator, VirtualClock>;
    using Ports = mde::Ports<Transport, ServiceTokens, mde::LocalQuotas, VirtualClock, Recorder,
                             mde::MemoryStore>;

    VirtualClock clock;
    Emulator emulator{mde::service::exemplar::WeakSigner()};
    Transport transport{emulator, clock};
    ServiceTokens tokens;
    mde::LocalQuotas quotas;
    Recorder recorder;
    mde::MemoryStore store;
    mde::Settings settings;
    mde::Diagnostics diagnostics;

    World() {
        mde::service::Application app = application();
        emulator.add(app);
        tokens.current = tokens.renewed = emulator.make_token(app, clock.now());
        settings = mde::Settings::for_cloud(mde::clouds().front(),
                                            *mde::TenantId::parse(world_tenant), app.client_id);
    }

    static mde::service::Application application() {
        mde::service::Application app;
        app.tenant = world_tenant;
        app.client_id = "app-1";
        app.client_secret = "world client secret";
        app.name = "Test app";
        return app;
    }

    Ports ports() { return {&transport, &tokens, &quotas, &clock, &recorder, &store}; }

    mde::flow::Context context() {
        mde::flow::Context context;
        context.settings = &settings;
        context.diagnostics = &diagnostics;
        context.seed = 7;
        return context;
    }

    template <class Flow, class... Args>
    typename Flow::Result run(Args&&... args) {
        return run_until<Flow>(mde::no_deadline, std::forward<Args>(args)...);
    }

    template <class Flow, class... Args>
    typename Flow::Result run_until(mde::MonotonicTime deadline, Args&&... args) {
        mde::flow::Context with_deadline = context();
        with_deadline.deadline = deadline;
        return mde::run_blocking<Flow>(ports(), with_deadline, diagnostics,
                                       std::forward<Args>(args)...);
    }

    /// An action that will end as `status` in a little while.
    mde::MachineActionId
    action(mde::MachineActionStatus status = mde::MachineActionStatus::succeeded) {
        mde::service::Schedule schedule;
        schedule.final_status = status;
        return emulator.add_action(std::string(world_tenant),
                                   mde::MachineActionType::collect_investigation_package,
                                   std::string(world_machine), schedule, clock.now());
    }

    /// One that has ended.
    mde::MachineActionId
    finished_action(mde::MachineActionStatus status = mde::MachineActionStatus::succeeded) {
        const mde::MachineActionId id = action(status);
        clock.advance(60s);
        return id;
    }

    std::uint64_t calls(mde::Stage stage) const { return emulator.log().count(stage); }
};

} // namespace mde_test

#endif
