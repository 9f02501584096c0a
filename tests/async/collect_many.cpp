// SPDX-License-Identifier: BSL-1.0
// A fleet on a real executor: to its end, cancelled at each step, on several threads.
#include <mde/mde.hpp>

#include "support/posting_transport.hpp"
#include "support/world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using Executor = net::io_context::executor_type;

/// The virtual world with an executor: steps are posts, waits are real but tiny.
struct FleetWorld : World {
    net::io_context io;
    PostingTransport<World::Transport, Executor> posting{transport, io.get_executor()};
    exemplar::MemoryState saved;

    FleetWorld() {
        emulator.settings().schedule.to_in_progress = emulator.settings().schedule.to_final = 0s;
        emulator.settings().quotas = service::Feature::off;
        settings.poll.first = settings.poll.most = 1us;
    }

    auto client() {
        return make_client<SumHasher>(settings, posting, tokens, exemplar::NoQuota(), clock,
                                      recorder);
    }

    static FleetState fleet(std::size_t count) {
        FleetState state{*TenantId::parse(world_tenant), "many", {}};
        for (std::size_t i = 0; i < count; ++i) {
            std::string id(40, 'b');
            id.replace(0, 3, std::to_string(100 + i));
            state.add(*MachineId::parse(id));
        }
        return state;
    }

    std::size_t stored(const FleetState& state) {
        std::size_t found = 0;
        for (const FleetJob& job : state.jobs)
            found += job.action && store.find(PackageKey{*job.action}) ? 1u : 0u;
        return found;
    }
};

/// Saves so often, then never again.
struct FullDisk {
    unsigned left = 0;
    std::optional<std::string> text{};

    error_code save(std::string_view saved) {
        if (left == 0) return make_error_code(errc::store_no_space);
        --left;
        text = std::string(saved);
        return {};
    }
    result<std::optional<std::string>> load() const { return text; }
};

} // namespace

TEST_CASE("a fleet of one process comes to its end") {
    FleetWorld world;
    auto client = world.client();
    auto done =
        client.async_collect_many(world.fleet(12), world.store, world.saved, net::use_future);
    world.io.run();
    const FleetState state = done.get();
    CHECK(state.count(JobPhase::stored) == 12);
    CHECK(world.stored(state) == 12);
    CHECK(*wire::decode_fleet_state(*world.saved.text) == state);
    CHECK(world.calls(Stage::collect) == 12);
    CHECK(world.calls(Stage::get_link) == 12);
    CHECK(world.recorder.count<observed::Fleet>() > 2);
}

TEST_CASE("an empty fleet is done at once but not inside the call") {
    FleetWorld world;
    auto client = world.client();
    bool done = false;
    client.async_collect_many(world.fleet(0), world.store, world.saved,
                              [&](error_code ec, const FleetState& state) {
                                  CHECK_FALSE(ec);
                                  CHECK(state.jobs.empty());
                                  done = true;
                              });
    CHECK_FALSE(done);
    world.io.run();
    CHECK(done);
}

TEST_CASE("cancelled at any step a fleet can be picked up from what it saved") {
    std::size_t steps = 0;
    {
        FleetWorld world;
        auto client = world.client();
        client.async_collect_many(world.fleet(3), world.store, world.saved,
                                  [](error_code, const FleetState&) {});
        steps = world.io.run();
    }
    REQUIRE(steps > 30);
    for (std::size_t step = 0; step < steps; ++step) {
        CAPTURE(step);
        FleetWorld world;
        auto client = world.client();
        net::cancellation_signal signal;
        error_code outcome;
        unsigned completed = 0;
        client.async_collect_many(
            world.fleet(3), world.store, world.saved,
            net::bind_cancellation_slot(signal.slot(), [&](error_code ec, const FleetState&) {
                outcome = ec;
                ++completed;
            }));
        for (std::size_t i = 0; i < step; ++i) world.io.run_one();
        signal.emit(net::cancellation_type::total);
        world.io.run();
        REQUIRE(completed == 1);
        CHECK((!outcome || outcome == net::error::operation_aborted));

        FleetState state = world.fleet(3);
        if (world.saved.text) state = *wire::decode_fleet_state(*world.saved.text);
        world.io.restart();
        auto again = client.async_collect_many(state, world.store, world.saved, net::use_future);
        world.io.run();
        state = again.get();
        CHECK(state.count(JobPhase::stored) == 3);
        CHECK(world.stored(state) == 3);
        CHECK(world.emulator.log().count(Stage::collect, 201) == 3);
        CHECK(world.recorder.count<observed::Committed>() == 3);
    }
}

TEST_CASE("what cannot be saved is not begun") {
    for (unsigned saves = 0; saves < 4; ++saves) {
        CAPTURE(saves);
        FleetWorld world;
        auto client = world.client();
        FullDisk disk{saves};
        Diagnostics diagnostics;
        error_code outcome;
        client.async_collect_many(world.fleet(20), world.store, disk,
                                  FleetOptions{.collections = 1}, CallOptions{&diagnostics},
                                  [&](error_code ec, const FleetState&) { outcome = ec; });
        world.io.run();
        CHECK(outcome == errc::store_no_space);
        CHECK(diagnostics.stage == Stage::store);
        CHECK(world.calls(Stage::collect) <= saves);
    }
}

TEST_CASE("a fleet ends at its time limit") {
    FleetWorld world;
    world.emulator.settings().schedule.to_final = 1h;
    world.settings.poll.first = world.settings.poll.most = 2ms;
    auto client = make_client<SumHasher>(world.settings, world.posting, world.tokens,
                                         exemplar::NoQuota(), SystemClock(), world.recorder);
    error_code outcome;
    client.async_collect_many(world.fleet(1), world.store, world.saved, FleetOptions(),
                              CallOptions{nullptr, 40ms},
                              [&](error_code ec, const FleetState& state) {
                                  outcome = ec;
                                  CHECK(state.count(JobPhase::running) == 1);
                              });
    world.io.run();
    CHECK(outcome == errc::deadline_exceeded);
}
