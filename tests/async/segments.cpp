// SPDX-License-Identifier: BSL-1.0
// One package over several connections: whole, never spliced, and gone on with whatever happens.
#include <mde/async/run_flow.hpp>
#include <mde/flow/fetch_package.hpp>

#include "support/bytes.hpp"
#include "support/posting_transport.hpp"
#include "support/world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace mde;
using namespace mde_test;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Passes requests on, and keeps what parts were asked for.
struct SpyTransport {
    using Exchange = World::Transport::Exchange;

    World::Transport* inner;
    std::vector<std::string> ranges;

    result<Exchange> send(const HttpRequest& request) {
        for (const HeaderField& field : request.fields)
            if (field.name == "Range") ranges.emplace_back(field.value);
        return inner->send(request);
    }
};

/// A package of five segments and the first range.
struct SegmentWorld : World {
    using Executor = net::io_context::executor_type;
    using Posting = PostingTransport<SpyTransport, Executor>;
    using Ports =
        mde::Ports<Posting, ServiceTokens, LocalQuotas, VirtualClock, Recorder, MemoryStore>;

    net::io_context io;
    SpyTransport spy{&transport, {}};
    Posting posting{spy, io.get_executor()};
    MachineActionId id = finished_action();
    PackageKey key{id};
    service::GeneratedPackage package{9'000'000, 4};
    net::cancellation_signal cancel;
    std::optional<error_code> outcome;
    Receipt receipt;

    SegmentWorld() {
        emulator.packages().put(id, package);
        settings.connections_per_package = 4;
        settings.retry.least = settings.retry.first = settings.retry.most =
            std::chrono::milliseconds(1);
    }

    void begin() {
        const Ports ports{&posting, &tokens, &quotas, &clock, &recorder, &store};
        async_run_flow<flow::FetchPackage<SumHasher>>(
            ports, context(), &diagnostics,
            net::bind_cancellation_slot(cancel.slot(),
                                        [this](error_code ec, Receipt r) {
                                            outcome = ec;
                                            receipt = std::move(r);
                                        }),
            id);
    }
    error_code fetch() {
        outcome.reset();
        spy.ranges.clear();
        begin();
        io.restart();
        io.run();
        REQUIRE(outcome);
        return *outcome;
    }

    /// The n-th request of the download host, counted from 1, meets `fault`.
    void fault_at(unsigned first, service::Fault fault) {
        fault.stage = Stage::download;
        fault.first = first;
        emulator.faults().add(std::move(fault));
    }

    /// The package comes whole although the n-th request meets `fault`.
    void check_fetched_despite(unsigned first, service::Fault fault) {
        fault_at(first, std::move(fault));
        REQUIRE(fetch() == error_code());
        check_stored(package);
    }

    /// The n-th answer says something else than a good host would: the package is read over one
    /// connection then.
    void check_not_believed(unsigned first, const Fields& lie) {
        CAPTURE(lie.front().first);
        CAPTURE(lie.front().second);
        service::Fault fault;
        fault.fields = lie;
        check_fetched_despite(first, fault);
        CHECK(emulator.log().count(Stage::download, 200) == 1);
    }

    void check_stored(const service::GeneratedPackage& expected) {
        const auto stored = store.find(key);
        REQUIRE(stored);
        std::vector<std::byte> bytes(static_cast<std::size_t>(expected.size()));
        REQUIRE(expected.read(0, bytes) == bytes.size());
        CHECK(stored->bytes == bytes);
        SumHasher hasher;
        hasher.update(bytes);
        CHECK(receipt.sha256 == *hasher.finish());
        CHECK(receipt.length == expected.size());
    }
};

} // namespace

TEST_CASE("a package comes whole over several connections") {
    SegmentWorld world;
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    std::vector<std::string> ranges = world.spy.ranges;
    REQUIRE(ranges.size() == 6);
    CHECK(ranges[0] == "bytes=0-262143");
    CHECK(ranges[1] == "bytes=262144-2359295");
    CHECK(ranges[5] == "bytes=8650752-8999999");
    CHECK(world.emulator.log().count(Stage::download, 206) == 6);
    CHECK(world.calls(Stage::get_link) == 1);
}

TEST_CASE("progress over several connections counts all bytes and never steps back") {
    SegmentWorld world;
    REQUIRE(world.fetch() == error_code());
    std::uint64_t last = 0;
    for (const ObserverEvent& event : world.recorder.events)
        if (const auto* progress = std::get_if<observed::Progress>(&event)) {
            CHECK(progress->stored >= last);
            last = progress->stored;
        }
    CHECK(last == world.package.size());
}

TEST_CASE("more connections than segments are not too many") {
    SegmentWorld world;
    world.settings.connections_per_package = 1000;
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    CHECK(world.spy.ranges.size() == 6);
}

TEST_CASE("one connection is the default and asks for no part") {
    SegmentWorld world;
    world.settings.connections_per_package = Settings().connections_per_package;
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    CHECK(world.spy.ranges.empty());
}

TEST_CASE("a package that the first range holds takes one request") {
    SegmentWorld world;
    const service::GeneratedPackage small{200'000, 5};
    world.emulator.packages().put(world.id, small);
    REQUIRE(world.fetch() == error_code());
    world.check_stored(small);
    CHECK(world.spy.ranges.size() == 1);
}

TEST_CASE("a host that sends no parts is read over one connection") {
    SegmentWorld world;
    world.emulator.settings().ranges = service::Feature::off;
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    CHECK(world.calls(Stage::download) == 1);
}

TEST_CASE("parts without a strong tag are not put together") {
    SegmentWorld world;
    world.emulator.settings().etags = service::Feature::off;
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    CHECK(world.emulator.log().count(Stage::download, 200) == 1);
    CHECK(world.spy.ranges.size() == 1);
}

TEST_CASE("first parts that prove nothing are not built on") {
    const std::vector<Fields> lies = {
        {{"ETag", "W/\"a\""}},
        {{"ETag", ""}},
        {{"Content-Range", ""}},
        {{"Content-Range", "bytes 0-262143/*"}},
        {{"Content-Range", "bytes 1-262144/9000000"}},
        {{"Content-Range", "bytes 0-262142/9000000"}},
        {{"Content-Encoding", "gzip"}},
        {{"Content-Type", "multipart/byteranges"}, {"Content-Range", ""}},
    };
    for (const Fields& lie : lies) {
        SegmentWorld world;
        world.check_not_believed(1, lie);
        CHECK(world.calls(Stage::download) == 2);
    }
}

TEST_CASE("a first part of a package above the limit is refused before a byte is stored") {
    SegmentWorld world;
    world.settings.package_limit = 8'999'999;
    CHECK(world.fetch() == errc::package_too_large);
    CHECK(world.calls(Stage::download) == 1);
    CHECK(world.store.open(world.key)->part() == PackagePart());
}

TEST_CASE("a segment that breaks goes on from the byte it had") {
    SegmentWorld world;
    service::Fault fault;
    fault.cut_after = 1'000'000;
    world.check_fetched_despite(3, fault);
    CHECK(world.calls(Stage::download) == 7);
    CHECK(world.calls(Stage::get_link) == 1);
    // What was asked for again begins where the other one ended.
    CHECK(std::count(world.spy.ranges.begin(), world.spy.ranges.end(), "bytes=3359296-4456447") ==
          1);
}

TEST_CASE("a segment that is turned away is asked for again") {
    SegmentWorld world;
    service::Fault fault;
    fault.status = 503;
    world.check_fetched_despite(4, fault);
    CHECK(world.calls(Stage::download) == 7);
}

TEST_CASE("a link that dies between segments is replaced and nothing of them is lost") {
    SegmentWorld world;
    service::Fault fault;
    fault.status = 403;
    // The fourth segment; those that were begun before it come to their end.
    world.check_fetched_despite(5, fault);
    CHECK(world.calls(Stage::get_link) == 2);
    const auto& ranges = world.spy.ranges;
    // Two links, each shown to be of the same package by a first range; then what was missing.
    CHECK(std::count(ranges.begin(), ranges.end(), "bytes=6553600-6815743") == 1);
    CHECK(std::count(ranges.begin(), ranges.end(), "bytes=0-262143") == 1);
}

TEST_CASE("another package between segments is fetched from its beginning") {
    SegmentWorld world;
    service::Fault fault;
    fault.distortion = service::Distortion::changed_etag;
    world.check_fetched_despite(4, fault);
    const auto& requests = world.emulator.log().requests(Stage::download);
    CHECK(requests.back().status == 200);
    CHECK(world.receipt.etag != world.package.etag());
}

TEST_CASE("segments that lie are not put beside the others") {
    const std::vector<Fields> lies = {
        {{"ETag", "\"other\""}},
        {{"ETag", ""}},
        {{"Content-Range", ""}},
        {{"Content-Range", "bytes 2359297-4456448/9000000"}},
        {{"Content-Range", "bytes 2359296-4456447/9000001"}},
        {{"Content-Range", "bytes 2359296-4456446/9000000"}},
        {{"Content-Range", "bytes 2359296-4456448/9000000"}},
        {{"Content-Type", "text/html"}},
        {{"Content-Encoding", "gzip"}},
    };
    for (const Fields& lie : lies) {
        SegmentWorld world;
        world.check_not_believed(3, lie);
    }
}

TEST_CASE("a redirect of a segment is not followed") {
    SegmentWorld world;
    service::Fault fault;
    fault.status = 302;
    fault.fields = {{"Location", "https://elsewhere.example/p.zip"}};
    world.check_fetched_despite(3, fault);
    CHECK(world.emulator.log().count(Stage::download, 200) == 1);
}

TEST_CASE("a fetch over several connections that fails leaves a part to go on with") {
    SegmentWorld world;
    service::Fault fault;
    fault.status = 503;
    fault.count = 0;
    world.fault_at(4, fault);
    CHECK(world.fetch() == errc::service_unavailable);
    CHECK(world.diagnostics.http_status == 503);
    const std::uint64_t kept = world.store.open(world.key)->part().stored;
    CHECK(kept >= 4'456'448);
    world.emulator.faults().clear();
    REQUIRE(world.fetch() == error_code());
    world.check_stored(world.package);
    CHECK(world.spy.ranges.front() ==
          "bytes=" + std::to_string(kept) + '-' + std::to_string(kept + bounds::first_range - 1));
}

TEST_CASE("a fetch over several connections is cancelled at each of its steps") {
    SegmentWorld whole;
    whole.begin();
    std::size_t steps = 0;
    while (whole.io.run_one() != 0) ++steps;
    REQUIRE(whole.outcome == error_code());
    // All of them would take long; a prime as stride meets every kind.
    for (std::size_t stop = 1; stop < steps; stop += 29) {
        CAPTURE(stop);
        SegmentWorld world;
        world.begin();
        for (std::size_t i = 0; i < stop; ++i) world.io.run_one();
        if (world.outcome) break;
        world.cancel.emit(net::cancellation_type::terminal);
        world.io.run();
        REQUIRE(world.outcome);
        CHECK(world.outcome == net::error::operation_aborted);
        CHECK(!world.store.find(world.key));
        // What is there without a gap is gone on with, and is right.
        REQUIRE(world.fetch() == error_code());
        world.check_stored(world.package);
    }
}

TEST_CASE("an io_context that ends in mid-way takes everything along") {
    SegmentWorld world;
    world.begin();
    while (world.calls(Stage::download) < 4) world.io.run_one();
    for (int i = 0; i < 10; ++i) world.io.run_one();
    CHECK(!world.outcome);
}
