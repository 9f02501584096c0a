// SPDX-License-Identifier: BSL-1.0
// Every way to wait for an operation, and cancelling it at each of its steps.
#include <mde/mde.hpp>

#include "support/blob_world.hpp"
#include "support/posting_transport.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using Executor = net::io_context::executor_type;
using AsyncTransport = PostingTransport<World::Transport, Executor>;

/// The virtual world with an executor: steps are posts, waits are real but tiny.
struct AsyncWorld : BlobWorld {
    net::io_context io;
    AsyncTransport posting{transport, io.get_executor()};

    AsyncWorld() {
        emulator.settings().schedule.to_in_progress = emulator.settings().schedule.to_final = 0s;
        settings.poll.first = settings.poll.most = 1us;
    }

    auto client() {
        return make_client<SumHasher>(settings, posting, tokens, quotas, clock, recorder);
    }
    /// Runs until nothing is left to do; returns how many handlers ran.
    std::size_t run_all() {
        io.restart();
        return io.run();
    }
};

} // namespace

TEST_CASE("an operation never completes inside its initiating function") {
    AsyncWorld world;
    auto client = world.client();
    bool done = false;
    // Refused without a single step that waits.
    client.async_call(CollectInvestigationPackage{*MachineId::parse(world_machine), ""},
                      [&](error_code ec, MachineAction) {
                          CHECK(ec == errc::malformed_comment);
                          done = true;
                      });
    CHECK_FALSE(done);
    world.run_all();
    CHECK(done);
}

TEST_CASE("a callback gets the receipt") {
    AsyncWorld world;
    auto client = world.client();
    bool done = false;
    client.async_collect_to_store(collection(), world.store, [&](error_code ec, Receipt receipt) {
        CHECK_FALSE(ec);
        CHECK(receipt.machine == world_machine);
        done = true;
    });
    world.run_all();
    CHECK(done);
}

TEST_CASE("a future gets the receipt or the error") {
    AsyncWorld world;
    auto client = world.client();
    auto receipt = client.async_fetch(world.finished_action(), world.store, net::use_future);
    auto failure = client.async_fetch(world.action(), world.store, net::use_future);
    world.run_all();
    CHECK(receipt.get().machine == world_machine);
    CHECK_THROWS_AS(failure.get(), boost::system::system_error);
}

TEST_CASE("a coroutine awaits a move-only link") {
    AsyncWorld world;
    auto client = world.client();
    const MachineActionId id = world.finished_action();
    bool done = false;
    const auto job = [&]() -> net::awaitable<void> {
        PackageUri uri = co_await client.async_mint_link(id, net::use_awaitable);
        CHECK_FALSE(uri.valueless());
        const PackageKey key{id};
        const Receipt receipt =
            co_await client.async_download(std::move(uri), key, world.store, net::use_awaitable);
        CHECK(receipt.length > 0);
        done = true;
    };
    net::co_spawn(world.io, job, net::detached);
    world.run_all();
    CHECK(done);
}

TEST_CASE("a deferred operation starts when it is called") {
    AsyncWorld world;
    auto client = world.client();
    auto operation = client.async_mint_link(world.finished_action(), net::deferred);
    world.run_all();
    CHECK(world.calls(Stage::get_link) == 0);
    bool done = false;
    std::move(operation)([&](error_code ec, PackageUri uri) {
        CHECK_FALSE(ec);
        CHECK_FALSE(uri.valueless());
        done = true;
    });
    world.run_all();
    CHECK(done);
}

TEST_CASE("a tuple token gives error and value together") {
    AsyncWorld world;
    auto client = world.client();
    const MachineActionId id = world.action();
    bool done = false;
    const auto job = [&]() -> net::awaitable<void> {
        auto outcome = co_await client.async_mint_link(id, net::as_tuple(net::use_awaitable));
        CHECK(std::get<0>(outcome) == errc::action_not_finished);
        CHECK(std::get<1>(outcome).valueless());
        done = true;
    };
    world.emulator.set_schedule(id, {1s, 1h, MachineActionStatus::succeeded, 0});
    net::co_spawn(world.io, job, net::detached);
    world.run_all();
    CHECK(done);
}

TEST_CASE("a type-erased handler is accepted") {
    AsyncWorld world;
    auto client = world.client();
    bool done = false;
    net::any_completion_handler<void(error_code, PackageUri)> handler = [&](error_code ec,
                                                                            PackageUri) {
        CHECK_FALSE(ec);
        done = true;
    };
    client.async_mint_link(world.finished_action(), std::move(handler));
    world.run_all();
    CHECK(done);
}

TEST_CASE("the handler's own executor runs the handler") {
    AsyncWorld world;
    auto client = world.client();
    auto strand = net::make_strand(world.io);
    bool done = false;
    client.async_fetch(world.finished_action(), world.store,
                       net::bind_executor(strand, [&](error_code, Receipt) {
                           CHECK(strand.running_in_this_thread());
                           done = true;
                       }));
    world.run_all();
    CHECK(done);
}

namespace {

/// Counts what is allocated through it and what is given back.
template <class T>
struct CountingAllocator {
    using value_type = T;
    std::ptrdiff_t* live;
    std::size_t* made;

    CountingAllocator(std::ptrdiff_t* live_, std::size_t* made_) : live(live_), made(made_) {}
    template <class U>
    CountingAllocator(const CountingAllocator<U>& other) : live(other.live), made(other.made) {}

    T* allocate(std::size_t count) {
        ++*live;
        ++*made;
        return std::allocator<T>().allocate(count);
    }
    void deallocate(T* memory, std::size_t count) {
        --*live;
        std::allocator<T>().deallocate(memory, count);
    }
    template <class U>
    bool operator==(const CountingAllocator<U>& other) const noexcept {
        return live == other.live;
    }
};

} // namespace

TEST_CASE("the handler's own allocator is used and given everything back before the handler runs") {
    AsyncWorld world;
    auto client = world.client();
    std::ptrdiff_t live = 0;
    std::size_t made = 0;
    bool done = false;
    client.async_fetch(
        world.finished_action(), world.store,
        net::bind_allocator(CountingAllocator<void*>(&live, &made), [&](error_code ec, Receipt) {
            CHECK_FALSE(ec);
            done = true;
        }));
    world.run_all();
    CHECK(done);
    CHECK(made > 0);
    CHECK(live == 0);
}

TEST_CASE("cancelling at each step ends the job and leaves nothing in the store") {
    // Once without, to count the steps.
    std::size_t steps = 0;
    {
        AsyncWorld world;
        auto client = world.client();
        client.async_collect_to_store(collection(), world.store, net::detached);
        steps = world.run_all();
    }
    REQUIRE(steps > 5);
    for (const auto kind : {net::cancellation_type::total, net::cancellation_type::partial,
                            net::cancellation_type::terminal}) {
        for (std::size_t step = 0; step < steps; ++step) {
            CAPTURE(step);
            AsyncWorld world;
            auto client = world.client();
            net::cancellation_signal signal;
            unsigned completed = 0;
            error_code outcome;
            client.async_collect_to_store(
                collection(), world.store,
                net::bind_cancellation_slot(signal.slot(), [&](error_code ec, Receipt receipt) {
                    ++completed;
                    outcome = ec;
                    CHECK(receipt.length == 0);
                }));
            for (std::size_t i = 0; i < step; ++i) world.io.run_one();
            REQUIRE(completed == 0);
            signal.emit(kind);
            world.run_all();
            CHECK(completed == 1);
            CHECK(outcome == net::error::operation_aborted);
            CHECK(world.recorder.count<observed::Committed>() == 0);
        }
    }
}

TEST_CASE("what came along with the head of an answer is read without a step") {
    // Also in many pieces, and more than the bound.
    const auto ask = [](auto& world, auto& transport, std::size_t padding) {
        service::Fault fault = AsyncWorld::fault(Stage::get_action);
        fault.status = 200;
        fault.body = R"({"id":"7327b54f-d718-525c-bca0-7dacde913b5a","type":"LiveResponse",)"
                     R"("status":"Pending"})" +
                     std::string(padding, ' ');
        world.emulator.faults().add(fault);
        auto client = make_client<SumHasher>(world.settings, transport, world.tokens, world.quotas,
                                             world.clock, world.recorder);
        std::pair<error_code, std::size_t> outcome;
        client.async_call(GetMachineAction{world.action()},
                          [&](error_code ec, MachineAction) { outcome.first = ec; });
        outcome.second = world.run_all();
        return outcome;
    };
    for (const std::size_t padding : {std::size_t(0), std::size_t(50'000), bounds::json_text}) {
        AsyncWorld world;
        PostingTransport<World::Transport, Executor, Arrival::at_once> at_once(
            world.transport, world.io.get_executor());
        const auto [slow_error, slow_steps] = ask(world, world.posting, padding);
        const auto [error, steps] = ask(world, at_once, padding);
        CHECK(error == slow_error);
        CHECK(error == (padding == bounds::json_text ? make_error_code(errc::answer_too_large)
                                                     : error_code()));
        CHECK(slow_steps >= 3);
        CHECK(steps == 1);
    }
}

namespace {

/// Takes what any operation gives.
struct Outcome {
    unsigned completed = 0;
    error_code error{};

    auto handler(net::cancellation_signal& signal) {
        return net::bind_cancellation_slot(signal.slot(), [this](error_code ec, const auto&) {
            ++completed;
            error = ec;
        });
    }
};

/// `start(world, client, handler)` begins an operation, which is cancelled after each number of
/// steps and in each way.
template <class Start>
void cancel_at_each_step(Start start) {
    net::cancellation_signal unused;
    std::size_t steps = 0;
    {
        AsyncWorld world;
        auto client = world.client();
        Outcome outcome;
        start(world, client, outcome.handler(unused));
        steps = world.run_all();
        REQUIRE(outcome.completed == 1);
        REQUIRE_MESSAGE(!outcome.error, outcome.error.message());
    }
    for (const auto kind : {net::cancellation_type::total, net::cancellation_type::partial,
                            net::cancellation_type::terminal}) {
        for (std::size_t step = 0; step < steps; ++step) {
            CAPTURE(step);
            AsyncWorld world;
            auto client = world.client();
            net::cancellation_signal signal;
            Outcome outcome;
            start(world, client, outcome.handler(signal));
            for (std::size_t i = 0; i < step; ++i) world.io.run_one();
            REQUIRE(outcome.completed == 0);
            signal.emit(kind);
            world.run_all();
            CHECK(outcome.completed == 1);
            CHECK(outcome.error == net::error::operation_aborted);
            CHECK(world.recorder.count<observed::Committed>() == 0);
        }
    }
}

/// A link in the hand, without an operation of its own.
PackageUri link_to(AsyncWorld& world, const MachineActionId& id) {
    auto uri = world.run<flow::MintLink>(id);
    REQUIRE(uri);
    return std::move(*uri);
}

} // namespace

TEST_CASE("every operation of a client is cancelled at each of its steps") {
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_call(GetMachineAction{world.finished_action()}, std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld&, auto& client, auto handler) {
        client.async_collect(collection(), std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        world.finished_action();
        client.async_list(ListMachineActions{}, std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_await_action(world.finished_action(), std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_await_actions({world.finished_action(), world.finished_action()},
                                   std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_mint_link(world.finished_action(), std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        const MachineActionId id = world.finished_action();
        client.async_download(link_to(world, id), PackageKey{id}, world.store, std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_fetch(world.finished_action(), world.store, std::move(handler));
    });
    cancel_at_each_step([](AsyncWorld& world, auto& client, auto handler) {
        client.async_fetch_live_response_result(GetLiveResponseResultLink{world.live_response(), 0},
                                                world.store, std::move(handler));
    });
}

TEST_CASE("diagnostics are delivered with the error") {
    AsyncWorld world;
    auto client = world.client();
    Diagnostics diagnostics;
    CallOptions options;
    options.diagnostics = &diagnostics;
    bool done = false;
    client.async_call(
        GetMachineAction{*MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff")}, options,
        [&](error_code ec, MachineAction) {
            CHECK(ec == errc::not_found);
            CHECK(diagnostics.code == "ResourceNotFound");
            done = true;
        });
    world.run_all();
    CHECK(done);
}

TEST_CASE("a live-response result is fetched") {
    AsyncWorld world;
    auto client = world.client();
    const MachineActionId id = world.live_response();
    bool done = false;
    client.async_fetch_live_response_result(GetLiveResponseResultLink{id, 0}, world.store,
                                            [&](error_code ec, Receipt receipt) {
                                                CHECK_FALSE(ec);
                                                CHECK(receipt.content == "LiveResponseResult");
                                                done = true;
                                            });
    world.run_all();
    CHECK(done);
    CHECK(world.store.find(PackageKey::live_response(id, 0)));
}

TEST_CASE("an export is fetched with its options") {
    AsyncWorld world;
    auto client = world.client();
    Diagnostics diagnostics;
    CallOptions options;
    options.diagnostics = &diagnostics;
    unsigned done = 0;
    client.async_fetch_export_files(GetExportFiles<ExportKind::certificates>{24}, world.store,
                                    options, [&](error_code ec, FetchedExport fetched) {
                                        CHECK_FALSE(ec);
                                        CHECK(fetched.receipts.size() == 2);
                                        ++done;
                                    });
    client.async_fetch_export_files(GetExportFiles<ExportKind::security_baselines>{}, world.store,
                                    [&](error_code ec, FetchedExport fetched) {
                                        CHECK(ec == errc::forbidden);
                                        CHECK(fetched.receipts.empty());
                                        ++done;
                                    });
    world.run_all();
    CHECK(done == 2);
}

TEST_CASE("links of an export are awaited and stay move-only") {
    AsyncWorld world;
    auto client = world.client();
    bool done = false;
    const auto job = [&]() -> net::awaitable<void> {
        const GetExportFiles<ExportKind::software_inventory> request;
        ExportFiles files = co_await client.async_call(request, net::use_awaitable);
        CHECK(files.files.size() == 2);
        const PackageKey key = PackageKey::export_file(
            ExportKind::software_inventory, world.settings.tenant, files.generated.value(), 1);
        const Receipt receipt = co_await client.async_download(std::move(files.files[1]), key,
                                                               world.store, net::use_awaitable);
        CHECK(receipt.content == "SoftwareInventoryExport");
        CHECK(receipt.action.empty());
        done = true;
    };
    net::co_spawn(world.io, job, net::detached);
    world.run_all();
    CHECK(done);
}
