// SPDX-License-Identifier: BSL-1.0
// A handler's own allocator, executor and cancellation slot, with transports that go over a
// network.
#include "support/https_world.hpp"
#include "support/service_thread.hpp"

#include "2_plug/curl_multi_transport.hpp"

#include <mde/adapter/memory_store.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>

using namespace mde;
using namespace mde_test;

namespace {

/// How much of it is out; handlers may be made and dropped on any thread.
struct Tally {
    std::atomic<std::ptrdiff_t> live{0};
    std::atomic<std::size_t> made{0};
};

template <class T>
struct TallyAllocator {
    using value_type = T;
    Tally* tally;

    explicit TallyAllocator(Tally& counted) : tally(&counted) {}
    template <class U>
    TallyAllocator(const TallyAllocator<U>& other) : tally(other.tally) {}

    T* allocate(std::size_t count) {
        ++tally->live;
        ++tally->made;
        return std::allocator<T>().allocate(count);
    }
    void deallocate(T* memory, std::size_t count) {
        --tally->live;
        std::allocator<T>().deallocate(memory, count);
    }
    template <class U>
    bool operator==(const TallyAllocator<U>& other) const noexcept {
        return tally == other.tally;
    }
};

auto make_transport(net::io_context& io, LoopbackTransport*) {
    return LoopbackTransport(io.get_executor(), trust());
}
auto make_transport(net::io_context& io, example::CurlMultiTransport<Executor>*) {
    return example::CurlMultiTransport<Executor>(io.get_executor(), authority().ca_pem());
}

/// A fetch whose handler has everything of its own.
template <class TransportT>
struct Fetch {
    explicit Fetch(service::Fault fault = {}) {
        world.emulator.packages().put_for_all(service::GeneratedPackage(700'000));
        if (fault.stage != Stage::other) world.emulator.add(std::move(fault));
        id = world.finished_action();
        tokens.token = AccessToken(
            Secret(world.emulator.make_token(HttpsWorld::application(), SystemClock().now())),
            no_deadline);
        service.emplace(world);
    }

    void begin() {
        client.async_fetch(
            id, store,
            net::bind_allocator(
                TallyAllocator<void*>(tally),
                net::bind_executor(strand,
                                   net::bind_cancellation_slot(
                                       signal.slot(), [this](error_code ec, const Receipt&) {
                                           ++completed;
                                           error = ec;
                                           in_strand = strand.running_in_this_thread();
                                           live_then = tally.live;
                                       }))));
    }

    /// True if the operation has ended then.
    bool run() {
        const auto end = std::chrono::steady_clock::now() + 20s;
        io.restart();
        while (completed == 0 && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
        return completed == 1;
    }

    HttpsWorld world;
    std::optional<ServiceThread> service;
    net::io_context io;
    net::strand<Executor> strand = net::make_strand(io.get_executor());
    TransportT transport = make_transport(io, static_cast<TransportT*>(nullptr));
    exemplar::FixedToken tokens;
    decltype(make_client<OpensslSha256>(std::declval<Settings>(), std::declval<TransportT&>(),
                                        std::declval<exemplar::FixedToken&>())) client =
        make_client<OpensslSha256>(world.settings, transport, tokens);
    MachineActionId id;
    MemoryStore store;
    Tally tally;
    net::cancellation_signal signal;
    unsigned completed = 0;
    error_code error;
    bool in_strand = false;
    std::ptrdiff_t live_then = -1;
};

template <class TransportT>
void what_a_handler_has_is_used() {
    Fetch<TransportT> fetch;
    fetch.begin();
    REQUIRE(fetch.run());
    CHECK_MESSAGE(!fetch.error, fetch.error.message());
    CHECK(fetch.in_strand);
    CHECK(fetch.tally.made > 0);
    // Everything was given back before the handler ran.
    CHECK(fetch.live_then == 0);
}

template <class TransportT>
void a_fetch_that_waits_for_the_server_is_cancelled_in_each_way() {
    for (const auto kind : {net::cancellation_type::total, net::cancellation_type::partial,
                            net::cancellation_type::terminal}) {
        service::Fault slow;
        slow.stage = Stage::download;
        slow.delay = 1h;
        Fetch<TransportT> fetch(slow);
        fetch.begin();
        const auto asked = [&] {
            return fetch.service->ask(
                [&] { return fetch.world.emulator.log().count(Stage::download) != 0; });
        };
        while (fetch.completed == 0 && !asked()) fetch.io.run_one_for(10ms);
        REQUIRE(fetch.completed == 0);
        fetch.signal.emit(kind);
        REQUIRE(fetch.run());
        CHECK(fetch.error == net::error::operation_aborted);
        CHECK(fetch.in_strand);
        CHECK(fetch.live_then == 0);
    }
}

template <class TransportT>
void a_fetch_is_cancelled_at_each_of_its_steps() {
    bool cancelled = true;
    std::size_t step = 0;
    for (; cancelled && step < 2000; ++step) {
        CAPTURE(step);
        Fetch<TransportT> fetch;
        fetch.begin();
        for (std::size_t i = 0; i < step && fetch.completed == 0; ++i) fetch.io.run_one_for(20s);
        // Once it has ended before, all steps have been seen.
        cancelled = fetch.completed == 0;
        if (!cancelled) break;
        fetch.signal.emit(net::cancellation_type::total);
        REQUIRE(fetch.run());
        CHECK((fetch.error == net::error::operation_aborted || !fetch.error));
        CHECK(fetch.live_then == 0);
        CHECK(fetch.store.find(PackageKey(fetch.id)).has_value() == !fetch.error);
    }
    CHECK(step > 10);
    CHECK_FALSE(cancelled);
}

} // namespace

#define MDE_ASSOCIATED_CASE(name)                                                                  \
    TEST_CASE("beast: " #name) { name<LoopbackTransport>(); }                                      \
    TEST_CASE("curl multi: " #name) { name<example::CurlMultiTransport<Executor>>(); }

MDE_ASSOCIATED_CASE(what_a_handler_has_is_used)
MDE_ASSOCIATED_CASE(a_fetch_that_waits_for_the_server_is_cancelled_in_each_way)
MDE_ASSOCIATED_CASE(a_fetch_is_cancelled_at_each_of_its_steps)

#undef MDE_ASSOCIATED_CASE
