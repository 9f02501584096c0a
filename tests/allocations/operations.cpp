// SPDX-License-Identifier: BSL-1.0
// Operations on an executor without memory: what runs out in the middle leaves through the
// executor.
#include <mde/adapter/credential.hpp>
#include <mde/async/client.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/wire/fleet_state_codec.hpp>

#include "allocations/short_world.hpp"
#include "support/posting_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <optional>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

using LoopExecutor = net::io_context::executor_type;
using LoopTransport = PostingTransport<QuietTransport, LoopExecutor>;

/// Making a strand takes up to three pieces of memory, and Boost 1.81 reads what was never written
/// if it does not get the second or the third.
constexpr std::size_t spared_for_strands =
    sizeof(net::detail::strand_executor_service::strand_impl);

/// A client that signs in by itself.
struct LoopWorld : ShortWorld {
    MachineActionId id = finished_action();
    net::io_context io{1};
    LoopTransport posting{quiet, io.get_executor()};
    Credential<LoopTransport, VirtualClock> credential{
        settings, client_secret(Secret(application().client_secret)), posting, {}, clock};
    NoObserver observer;

    auto client() {
        return make_client<SumHasher>(settings, posting, credential, quotas, clock, observer);
    }

    /// Begins an operation with a handler that takes what it ends with, and lets all that can be
    /// done happen. True if it ended well.
    template <class Begin>
    bool run(Begin begin) {
        // What another operation left on its way when memory ran out for it comes to its end first.
        io.restart();
        io.poll();
        const auto ended = std::make_shared<std::optional<error_code>>();
        begin([ended](error_code ec, auto&&...) { *ended = ec; });
        io.restart();
        io.poll();
        // It has not come to an end, and nothing will bring it there.
        CHECK(*ended);
        return *ended == error_code();
    }
};

void package_is_whole_or_absent(LoopWorld& world, bool succeeded) {
    const auto stored = world.store.find(PackageKey{world.id});
    CHECK(stored.has_value() == succeeded);
    if (stored) CHECK(stored->bytes.size() == stored->receipt.length);
}

} // namespace

TEST_CASE("a fetch on an executor survives the want of memory at each allocation") {
    survive_shortage(
        std::make_unique<LoopWorld>,
        [](LoopWorld& world) {
            auto client = world.client();
            return world.run([&](auto handler) {
                client.async_fetch(world.id, world.store, std::move(handler));
            });
        },
        package_is_whole_or_absent);
}

TEST_CASE("a fetch over several connections survives the want of memory at each allocation") {
    struct WideWorld : LoopWorld {
        WideWorld() {
            heap::spared_after = spared_for_strands;
            settings.connections_per_package = 2;
            emulator.packages().put_for_all(service::GeneratedPackage(300'000));
        }
    };
    survive_shortage(
        std::make_unique<WideWorld>,
        [](WideWorld& world) {
            auto client = world.client();
            return world.run([&](auto handler) {
                client.async_fetch(world.id, world.store, std::move(handler));
            });
        },
        package_is_whole_or_absent);
}

TEST_CASE("a sign-in that many wait for survives the want of memory at each allocation") {
    struct WaitingWorld : LoopWorld {
        WaitingWorld() {
            // With room in its list of timers Asio never fails behind the point where it has moved
            // a handler: Boost 1.81 asks an any_completion_handler for its allocator after that.
            std::vector<net::steady_timer> timers;
            for (int i = 0; i < 8; ++i) timers.emplace_back(io, std::chrono::hours(1));
            for (net::steady_timer& timer : timers) timer.async_wait([](error_code) {});
            timers.clear();
            io.poll();
        }
    };
    survive_shortage(
        std::make_unique<WaitingWorld>,
        [](WaitingWorld& world) {
            struct Ends {
                int good = 0;
                Diagnostics diagnostics;
            };
            const auto ends = std::make_shared<Ends>();
            for (int i = 0; i < 3; ++i)
                world.credential.async_get_token(
                    {}, ends->diagnostics,
                    [ends](error_code ec, AccessToken) { ends->good += ec ? 0 : 1; });
            world.io.restart();
            world.io.poll();
            return ends->good == 3;
        },
        [](LoopWorld&, bool) {});
}

TEST_CASE("a fleet survives the want of memory at each allocation and goes on from its state") {
    struct FleetWorld : LoopWorld {
        exemplar::MemoryState saved;
        FleetState state() const {
            if (saved.text) return wire::decode_fleet_state(*saved.text).value();
            FleetState fresh =
                FleetState::of(settings.tenant, "why", {*MachineId::parse(world_machine)});
            fresh.jobs[0].phase = JobPhase::ready;
            fresh.jobs[0].action = id;
            return fresh;
        }
        FleetWorld() { heap::spared_after = spared_for_strands; }
    };
    survive_shortage(
        std::make_unique<FleetWorld>,
        [](FleetWorld& world) {
            auto client = world.client();
            const bool ended = world.run([&](auto handler) {
                client.async_collect_many(world.state(), world.store, world.saved,
                                          std::move(handler));
            });
            return ended && world.state().jobs[0].phase == JobPhase::stored;
        },
        [](FleetWorld& world, bool succeeded) {
            // A package that is whole may be there though that could not be written down.
            const bool is_there = world.store.find(PackageKey{world.id}).has_value();
            package_is_whole_or_absent(world, succeeded || is_there);
        });
}
