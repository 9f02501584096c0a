// SPDX-License-Identifier: BSL-1.0
// What an operation holds in memory, most of all while it waits: there are thousands of them.
#include <mde/mde.hpp>

#include <mde/wire/request_head.hpp>

#include "support/blob_world.hpp"
#include "support/counted_heap.hpp"
#include "support/data.hpp"
#include "support/posting_transport.hpp"

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace mde;
using namespace mde_test;
using heap::allocations;
using heap::bytes_in_use;

namespace {

using LoopExecutor = net::io_context::executor_type;
using LoopTransport = PostingTransport<World::Transport, LoopExecutor>;

/// Each wait of a client is longer than any test.
struct WaitingWorld : BlobWorld {
    net::io_context io;
    LoopTransport posting{transport, io.get_executor()};

    WaitingWorld() {
        emulator.settings().quotas = service::Feature::off;
        settings.poll.first = settings.poll.most = 1h;
        settings.retry.least = settings.retry.first = settings.retry.most = 1h;
    }

    auto quiet_client() {
        return make_client<SumHasher>(settings, posting, tokens, exemplar::NoQuota(), clock,
                                      NoObserver());
    }
};

/// Keeps nothing; knows the largest piece that it was given.
struct PieceStore {
    struct Writer {
        std::size_t* largest;

        error_code begin(const PackagePart&) { return {}; }
        error_code write(std::uint64_t, std::span<const std::byte> bytes) {
            *largest = (std::max)(*largest, bytes.size());
            return {};
        }
        error_code commit(const Receipt&) { return {}; }
        void abort() noexcept {}
    };
    result<Writer> open(const PackageKey&) { return Writer{&largest}; }

    std::size_t largest = 0;
};
static_assert(PackageStore<PieceStore>);

/// The largest piece in which a package of that size is fetched.
std::size_t largest_piece(std::uint64_t size) {
    WaitingWorld world;
    world.emulator.packages().put_for_all(service::GeneratedPackage(size));
    PieceStore store;
    std::optional<error_code> outcome;
    auto client = world.quiet_client();
    client.async_fetch(world.finished_action(), store, [&](error_code ec, Receipt receipt) {
        outcome = ec;
        CHECK(receipt.length == size);
    });
    world.io.run();
    CHECK(outcome == error_code());
    return store.largest;
}

} // namespace

TEST_CASE("a watched action takes less than four kibibytes while it waits") {
    constexpr std::size_t count = 1000;
    WaitingWorld world;
    std::vector<MachineActionId> actions;
    for (std::size_t i = 0; i < count + 10; ++i) actions.push_back(world.action());
    auto client = world.quiet_client();
    const auto watch = [&](const MachineActionId& action) {
        client.async_await_action(action, [](error_code, MachineAction) { FAIL("it ended"); });
    };
    // The first ones fill what is shared.
    for (std::size_t i = count; i < actions.size(); ++i) watch(actions[i]);
    world.io.poll();
    const std::size_t before = bytes_in_use;
    for (std::size_t i = 0; i < count; ++i) watch(actions[i]);
    world.io.poll();
    CHECK(world.calls(Stage::get_action) == actions.size());
    const std::size_t each = (bytes_in_use - before) / count;
    CHECK(each > sizeof(flow::AwaitAction));
    CHECK(each < 4096);
}

TEST_CASE("a download that waits to be tried again holds no buffer") {
    WaitingWorld world;
    world.emulator.packages().put_for_all(service::GeneratedPackage(4u << 20));
    service::Fault fault = WaitingWorld::fault(Stage::download);
    fault.cut_after = 1u << 20;
    world.emulator.faults().add(fault);
    PieceStore store;
    auto client = world.quiet_client();
    const MachineActionId action = world.finished_action();
    const std::size_t before = bytes_in_use;
    client.async_fetch(action, store, [](error_code, Receipt) { FAIL("it ended"); });
    world.io.poll();
    CHECK(store.largest == bounds::stream_buffer);
    CHECK(bytes_in_use - before < 16 * bounds::kib);
}

TEST_CASE("a package is read in pieces that are worth its size") {
    CHECK(largest_piece(2000) <= 2000);
    CHECK(largest_piece(64 * bounds::kib) == bounds::stream_buffer_least);
    CHECK(largest_piece(512 * bounds::kib) == 64 * bounds::kib);
    CHECK(largest_piece(1 * bounds::mib) == bounds::stream_buffer);
    CHECK(largest_piece(8 * bounds::mib) == bounds::stream_buffer);
}

TEST_CASE("a request is built and written without an allocation") {
    const auto action = *MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a");
    const std::string token = "Bearer " + std::string(1500, 't');
    Secret head;
    const auto write = [&] {
        const GetPackageUri request{action};
        const auto target = request.target();
        const HeaderField field{"Authorization", token};
        HttpRequest message;
        message.host = "api.securitycenter.microsoft.com";
        message.target = std::string_view(target);
        message.fields = {&field, 1};
        head.clear();
        return wire::append_request_head(message, head);
    };
    // The first one makes the room.
    CHECK_FALSE(write());
    const std::size_t before = allocations;
    const error_code ec = write();
    CHECK(allocations == before);
    CHECK_FALSE(ec);
    CHECK(head.size() > token.size());
}

TEST_CASE("the documented answer becomes a link with one allocation") {
    wire::Answer answer;
    const std::string text = test_support::read_data("get-package-sas-uri.json");
    answer.body = text;
    const std::size_t before = allocations;
    const auto link = wire::Codec<PackageUri>::decode(answer);
    CHECK(allocations - before == 1);
    CHECK(link.has_value());
}
