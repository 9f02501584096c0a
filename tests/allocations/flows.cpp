// SPDX-License-Identifier: BSL-1.0
// Flows that block, and both stores, without memory.
#include <mde/adapter/file_store.hpp>
#include <mde/flow/await_actions.hpp>
#include <mde/flow/collect_to_store.hpp>
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>

#include "allocations/short_world.hpp"
#include "support/temporary_directory.hpp"

using namespace mde;
using namespace mde_test;

namespace {

template <class Flow, class Store, class... Args>
bool run_in(ShortWorld& world, Store& store, Args&&... args) {
    NoObserver observer;
    const Ports<QuietTransport, QuietTokens, LocalQuotas, VirtualClock, NoObserver, Store> ports{
        &world.quiet, &world.quiet_tokens, &world.quotas, &world.clock, &observer, &store};
    return run_blocking<Flow>(ports, world.context(), world.diagnostics,
                              std::forward<Args>(args)...)
        .has_value();
}

/// A world with a finished action, and what it is stored under.
struct PackageWorld : ShortWorld {
    MachineActionId id = finished_action();
    PackageKey key{id};
};

void is_whole_or_absent(PackageWorld& world, bool succeeded) {
    const auto stored = world.store.find(world.key);
    CHECK(stored.has_value() == succeeded);
    if (stored) CHECK(stored->bytes.size() == stored->receipt.length);
}

void nothing_to_see(ShortWorld&, bool) {}

/// A directory of its own, and a store in it.
struct FileWorld : PackageWorld {
    TemporaryDirectory directory;
    FileStore files = *FileStore::in(directory.path());
};

void file_is_whole_or_absent(FileWorld& world, bool succeeded) {
    const std::string name = FileStore::file_name_of(world.key);
    const auto names = world.directory.names();
    CHECK(names.contains(name) == succeeded);
    CHECK(names.contains(std::string(world.key.name()) + ".receipt.json") == succeeded);
    CHECK_FALSE(names.contains(std::string(world.key.name()) + ".receipt.json.part"));
    if (!succeeded) return;
    CHECK(names.size() == 2);
    const std::string bytes = world.directory.read(name);
    const auto receipt =
        wire::decode_receipt(world.directory.read(std::string(world.key.name()) + ".receipt.json"));
    REQUIRE(receipt);
    CHECK(receipt->length == bytes.size());
}

} // namespace

TEST_CASE("a fetch into memory survives the want of memory at each allocation") {
    survive_shortage(
        std::make_unique<PackageWorld>,
        [](PackageWorld& world) {
            return run_in<flow::FetchPackage<SumHasher>>(world, world.store, world.id);
        },
        is_whole_or_absent);
}

TEST_CASE("a fetch into files survives the want of memory at each allocation") {
    survive_shortage(
        std::make_unique<FileWorld>,
        [](FileWorld& world) {
            return run_in<flow::FetchPackage<SumHasher>>(world, world.files, world.id);
        },
        file_is_whole_or_absent);
}

TEST_CASE("a part that is there outlives the want of memory at each allocation of its resumption") {
    struct PartWorld : FileWorld {
        PartWorld() {
            service::Fault cut = fault(Stage::download, 1, 0);
            cut.cut_after = 100;
            settings.retry.tries = 1;
            settings.links_per_package = 1;
            emulator.faults().add(cut);
            CHECK_FALSE(run_in<flow::FetchPackage<SumHasher>>(*this, files, id));
            emulator.faults().clear();
            CHECK(directory.names().size() == 2);
        }
    };
    survive_shortage(
        std::make_unique<PartWorld>,
        [](PartWorld& world) {
            return run_in<flow::FetchPackage<SumHasher>>(world, world.files, world.id);
        },
        [](PartWorld& world, bool succeeded) {
            file_is_whole_or_absent(world, succeeded);
            if (!succeeded)
                CHECK(
                    world.directory.names().contains(FileStore::file_name_of(world.key) + ".part"));
        });
}

TEST_CASE("the whole job survives the want of memory at each allocation") {
    survive_shortage(
        std::make_unique<ShortWorld>,
        [](ShortWorld& world) {
            // A collection that began goes on.
            world.settings.running_collection = RunningCollection::adopt;
            world.clock.advance(10min);
            return run_in<flow::CollectToStore<SumHasher>>(world, world.store, collection());
        },
        nothing_to_see);
}

TEST_CASE("a result and an export survive the want of memory at each allocation") {
    constexpr ExportKind kind = ExportKind::software_inventory;
    struct ResultWorld : ShortWorld {
        MachineActionId id = live_response();
        UtcTime generated = clock.now().utc;
        ResultWorld() {
            emulator.blobs().put_snapshot(kind, generated, {service::stored_gzip("one file")});
        }
    };
    survive_shortage(
        std::make_unique<ResultWorld>,
        [](ResultWorld& world) {
            return run_in<flow::FetchLiveResponseResult<SumHasher>>(
                world, world.store, GetLiveResponseResultLink{world.id, 0});
        },
        [](ResultWorld& world, bool succeeded) {
            CHECK(world.store.find(PackageKey::live_response(world.id, 0)).has_value() ==
                  succeeded);
        });
    survive_shortage(
        std::make_unique<ResultWorld>,
        [](ResultWorld& world) {
            return run_in<flow::FetchExportFiles<SumHasher, kind>>(world, world.store,
                                                                   GetExportFiles<kind>{});
        },
        [](ResultWorld& world, bool succeeded) {
            // A file that is whole may be there though the list of them could not be made.
            const auto file = world.store.find(world.file_key(kind, world.generated, 0));
            if (succeeded) CHECK(file);
            if (file) CHECK(file->bytes.size() == file->receipt.length);
        });
}

TEST_CASE("calls and watches survive the want of memory at each allocation") {
    exemplar::NoStore none;
    survive_shortage(
        std::make_unique<PackageWorld>,
        [&](PackageWorld& world) { return run_in<flow::MintLink>(world, none, world.id); },
        nothing_to_see);
    survive_shortage(
        std::make_unique<PackageWorld>,
        [&](PackageWorld& world) {
            return run_in<flow::AwaitActions>(world, none, std::vector{world.id, world.id});
        },
        nothing_to_see);
}

TEST_CASE("a sign-in survives the want of memory at each allocation") {
    exemplar::NoStore none;
    const auto secret = client_secret(Secret(World::application().client_secret));
    survive_shortage(
        std::make_unique<ShortWorld>,
        [&](ShortWorld& world) {
            return run_in<flow::SignIn>(world, none, flow::SignInRequest{{secret}});
        },
        nothing_to_see);
}
