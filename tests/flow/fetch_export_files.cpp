// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/fetch_export_files.hpp>

#include "support/blob_world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

constexpr ExportKind inventory = ExportKind::software_inventory;
using FetchInventory = flow::FetchExportFiles<SumHasher, inventory>;
using InventoryRequest = GetExportFiles<inventory>;

const UtcTime snapshot_time{std::chrono::sys_days(std::chrono::year(2024) / 4 / 30)};

struct ExportWorld : BlobWorld {
    ExportWorld() { put(snapshot_time); }

    /// Three files, made at `generated`.
    void put(std::optional<UtcTime> generated, std::size_t count = 3) {
        std::vector<std::string> files;
        for (std::size_t i = 0; i < count; ++i) files.push_back(file(i));
        emulator.blobs().put_snapshot(inventory, generated, std::move(files));
    }
    static std::string file(std::size_t index) {
        return service::stored_gzip("{\"file\":" + std::to_string(index) + "}\n");
    }

    FetchInventory::Result fetch(InventoryRequest request = {}) {
        return run<FetchInventory>(request);
    }
    error_code failure(InventoryRequest request = {}) {
        const auto fetched = fetch(request);
        REQUIRE_FALSE(fetched);
        return fetched.error();
    }
    bool has(unsigned index, UtcTime generated = snapshot_time) const {
        const auto stored = store.find(file_key(inventory, generated, index));
        return stored && text_of_bytes(stored->bytes) == file(index);
    }
};

/// When a link's download would be late: `delay` before the answer to each download.
service::Fault slow_downloads(Duration delay) {
    service::Fault fault = BlobWorld::fault(Stage::download, 1, 0);
    fault.delay = delay;
    return fault;
}

} // namespace

TEST_CASE("all files of a snapshot are stored as they are with a receipt each") {
    ExportWorld world;
    const auto fetched = world.fetch();
    REQUIRE(fetched);
    CHECK(fetched->generated == snapshot_time);
    CHECK(fetched->already_stored == 0);
    REQUIRE(fetched->receipts.size() == 3);
    for (unsigned i = 0; i < 3; ++i) {
        const Receipt& receipt = fetched->receipts[i];
        CHECK(world.has(i));
        CHECK(receipt.content == "SoftwareInventoryExport");
        CHECK(receipt.index == i);
        CHECK(receipt.generated == snapshot_time);
        CHECK(receipt.tenant == world_tenant);
        CHECK(receipt.machine.empty());
        CHECK(receipt.action.empty());
        CHECK(receipt.request_ids.size() == 2);
        CHECK(receipt.length == ExportWorld::file(i).size());
        CHECK(receipt.link_requested < receipt.stored + Ticks(1));
        CHECK(world.store.find(world.file_key(inventory, snapshot_time, i))->receipt == receipt);
    }
    CHECK(world.calls(Stage::export_files) == 1);
    CHECK(world.calls(Stage::download) == 3);
}

TEST_CASE("links live as long as they say and not for the assumed minute") {
    ExportWorld world;
    world.emulator.add(slow_downloads(30min));
    REQUIRE(world.fetch());
    CHECK(world.calls(Stage::export_files) == 1);
}

TEST_CASE("links that died in the meantime are replaced by asking again") {
    ExportWorld world;
    world.emulator.settings().blob.export_lifetime = 90min;
    world.emulator.add(slow_downloads(1h));
    const auto fetched = world.fetch();
    REQUIRE(fetched);
    CHECK(fetched->receipts.size() == 3);
    for (unsigned i = 0; i < 3; ++i) CHECK(world.has(i));
    // The third link had half an hour left when an hour had passed twice.
    CHECK(world.calls(Stage::export_files) == 2);
    CHECK(world.calls(Stage::download) == 3);
    CHECK(fetched->receipts[2].link_requested > fetched->receipts[0].link_requested);
}

TEST_CASE("a link that storage refuses is replaced and the others are too") {
    ExportWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download, 2);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    REQUIRE(world.fetch());
    CHECK(world.calls(Stage::export_files) == 2);
    CHECK(world.calls(Stage::download) == 4);
}

TEST_CASE("each file may be asked for again only once") {
    ExportWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download, 2, 2);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    CHECK(world.failure() == errc::link_dead);
    CHECK(world.calls(Stage::export_files) == 2);
    CHECK(world.has(0));
    CHECK_FALSE(world.has(1));

    ExportWorld bound;
    bound.settings.links_per_package = 1;
    fault.first = 1;
    bound.emulator.add(fault);
    CHECK(bound.failure() == errc::link_dead);
    CHECK(bound.calls(Stage::export_files) == 1);
}

TEST_CASE("a fetch that broke off goes on behind the files that it stored") {
    ExportWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download, 2, 2);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    CHECK(world.failure() == errc::link_dead);
    const auto rest = world.fetch();
    REQUIRE(rest);
    CHECK(rest->already_stored == 1);
    REQUIRE(rest->receipts.size() == 2);
    CHECK(rest->receipts[0].index == 1);
    const auto none = world.fetch();
    REQUIRE(none);
    CHECK(none->already_stored == 3);
    CHECK(none->receipts.empty());
}

namespace {

/// Runs until the first link dies; by then `change` has been made to the world.
template <class Change>
error_code failure_after(ExportWorld& world, Change change) {
    // The change happens between the two answers: the quota is asked for right before each of them.
    struct ChangingQuotas {
        ExportWorld* world;
        Change* change;
        unsigned asked = 0;

        result<Duration> acquire(const QuotaKey& key, const Quota& quota, const Now& now) {
            if (++asked == 2) (*change)(*world);
            return world->quotas.acquire(key, quota, now);
        }
        void throttled(const QuotaKey&, Duration, const Now&) {}
    };
    ChangingQuotas quotas{&world, &change};
    const Ports<World::Transport, ServiceTokens, ChangingQuotas, VirtualClock, Recorder,
                MemoryStore>
        ports{&world.transport, &world.tokens,   &quotas,
              &world.clock,     &world.recorder, &world.store};
    service::Fault fault = BlobWorld::fault(Stage::download, 2);
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    const auto fetched =
        run_blocking<FetchInventory>(ports, world.context(), world.diagnostics, InventoryRequest{});
    return fetched ? error_code() : fetched.error();
}

} // namespace

TEST_CASE("the same snapshot is gone on with") {
    ExportWorld world;
    CHECK_FALSE(failure_after(world, [](ExportWorld& w) { w.put(snapshot_time); }));
    for (unsigned i = 0; i < 3; ++i) CHECK(world.has(i));
}

TEST_CASE("another snapshot is not mixed with the first one") {
    const auto refused = [](auto change) {
        ExportWorld world;
        CHECK(failure_after(world, change) == errc::link_dead);
        CHECK(world.diagnostics.message == "the service has made a new snapshot");
        CHECK(world.has(0));
        CHECK_FALSE(world.has(1));
        CHECK(world.calls(Stage::download) == 2);
    };
    refused([](ExportWorld& w) { w.put(snapshot_time + Ticks(1)); });
    refused([](ExportWorld& w) { w.put(snapshot_time, 4); });
    refused([](ExportWorld& w) { w.put(snapshot_time, 2); });
    refused([](ExportWorld& w) { w.put(std::nullopt); });
}

TEST_CASE("a snapshot without a time cannot be gone on with but can be fetched") {
    ExportWorld world;
    world.put(std::nullopt);
    const UtcTime asked = world.clock.now().utc;
    const auto fetched = world.fetch();
    REQUIRE(fetched);
    CHECK_FALSE(fetched->generated);
    CHECK(world.has(2, asked));

    ExportWorld broken;
    broken.put(std::nullopt);
    CHECK(failure_after(broken, [](ExportWorld&) {}) == errc::link_dead);
}

TEST_CASE("a declared start in the future is waited for and one behind the end is not") {
    ExportWorld world;
    world.emulator.settings().blob.start_after = 20s;
    REQUIRE(world.fetch());
    CHECK(world.recorder.waited(WaitReason::link_start) >= 20s);
    CHECK(world.recorder.waited(WaitReason::link_start) < 25s);
    CHECK(world.emulator.log().count(Stage::download, 403) == 0);

    ExportWorld deadline;
    deadline.emulator.settings().blob.start_after = 20s;
    const auto late = deadline.run_until<FetchInventory>(deadline.clock.now().monotonic + 10s,
                                                         InventoryRequest{});
    REQUIRE_FALSE(late);
    CHECK(late.error() == errc::deadline_exceeded);
    CHECK(deadline.recorder.waited(WaitReason::link_start) == 0s);

    ExportWorld backwards;
    backwards.emulator.settings().blob.start_after = 20s;
    backwards.emulator.settings().blob.export_lifetime = 1s;
    CHECK(backwards.failure() == errc::package_uri_expired);
    CHECK(backwards.recorder.waited(WaitReason::link_start) == 0s);
}

TEST_CASE("hours are asked for and those that no page allows are not sent") {
    ExportWorld world;
    world.emulator.add(slow_downloads(100min));
    REQUIRE(world.fetch({6}));
    CHECK(world.calls(Stage::export_files) == 1);

    ExportWorld refused;
    CHECK(refused.failure({7}) == errc::request_refused);
    CHECK(refused.calls(Stage::export_files) == 0);
}

TEST_CASE("an export without files is fetched at once") {
    ExportWorld world;
    world.put(snapshot_time, 0);
    const auto fetched = world.fetch();
    REQUIRE(fetched);
    CHECK(fetched->receipts.empty());
    CHECK(world.calls(Stage::download) == 0);
}

TEST_CASE("the samples of the service are fetched for each kind that is allowed") {
    BlobWorld world;
    CHECK(world.run<flow::FetchExportFiles<SumHasher, ExportKind::certificates>>(
        GetExportFiles<ExportKind::certificates>{24}));
    const auto refused =
        world.run<flow::FetchExportFiles<SumHasher, ExportKind::security_baselines>>(
            GetExportFiles<ExportKind::security_baselines>{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == errc::forbidden);
}

TEST_CASE("a file that is no gzip is not stored whatever its media type") {
    for (const char* type : {"application/gzip", "application/json", "application/octet-stream"}) {
        ExportWorld world;
        world.emulator.settings().blob.media_type = type;
        world.emulator.blobs().put_snapshot(
            inventory, snapshot_time, {ExportWorld::file(0), "{\"error\":\"something else\"}"});
        CHECK(world.failure() == errc::not_a_package);
        CHECK(world.has(0));
        CHECK(world.calls(Stage::export_files) == 1);
    }
}

TEST_CASE("a file kept in gzip by its maker is stored as it is kept") {
    ExportWorld world;
    service::Fault fault = BlobWorld::fault(Stage::download, 1, 0);
    fault.fields.emplace_back("Content-Encoding", "gzip");
    world.emulator.add(fault);
    CHECK(world.fetch());
    ExportWorld other;
    fault.fields = {{"Content-Encoding", "br"}};
    other.emulator.add(fault);
    CHECK(other.failure() == errc::not_a_package);
}

TEST_CASE("one link to a host that is not allowed stops the whole export before a download") {
    ExportWorld world;
    world.emulator.settings().blob.host = "files.attacker.example";
    CHECK(world.failure() == errc::link_not_allowed);
    CHECK(world.diagnostics.message == "link host files.attacker.example:443");
    CHECK(world.calls(Stage::download) == 0);
}

TEST_CASE("the quota of five exports a minute is kept") {
    ExportWorld world;
    for (int i = 0; i < 7; ++i) CHECK(world.fetch());
    CHECK(world.emulator.log().count(Stage::export_files, 429) == 0);
    CHECK(world.recorder.waited(WaitReason::quota) > 0s);
}

TEST_CASE("a store that fails ends the export and keeps what is whole") {
    ExportWorld world;
    world.store = MemoryStore(ExportWorld::file(0).size() * 2);
    CHECK(world.failure() == errc::store_no_space);
    CHECK(world.diagnostics.stage == Stage::store);
    CHECK(world.has(0));
    CHECK(world.has(1));
    CHECK_FALSE(world.has(2));
}
