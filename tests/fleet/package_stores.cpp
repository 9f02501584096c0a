// SPDX-License-Identifier: BSL-1.0
// One list of cases for all package stores: in memory, in files, in Redis.

#include "fleet/redis_package_store.hpp"
#include "fleet/redis_server.hpp"
#include "support/bytes.hpp"
#include "support/temporary_directory.hpp"
#include "support/world.hpp"

#include <mde/adapter/file_store.hpp>
#include <mde/adapter/memory_store.hpp>
#include <mde/flow/fetch_package.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

using namespace mde_test;
using namespace std::chrono_literals;
using fleet::is_away;
using mde::errc;
using mde::PackageKey;
using mde::Receipt;

namespace {

const PackageKey package{*mde::MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};
const PackageKey another{*mde::MachineActionId::parse("8327b54f-d718-525c-bca0-7dacde913b5a")};

Receipt receipt_for(const std::string& bytes) {
    Receipt receipt;
    receipt.tenant = "contoso.example";
    receipt.action = "7327b54f-d718-525c-bca0-7dacde913b5a";
    receipt.length = bytes.size();
    return receipt;
}

/// What lies there under the final name: the bytes, and the receipt as text.
struct Found {
    std::string bytes;
    std::string receipt;
};

struct MemoryPackagesWorld {
    mde::MemoryStore store;

    std::optional<Found> find(const PackageKey& key) const {
        const auto found = store.find(key);
        if (!found) return std::nullopt;
        const char* begin = reinterpret_cast<const char*>(found->bytes.data());
        return Found{std::string(begin, found->bytes.size()),
                     mde::wire::encode_receipt(found->receipt)};
    }
};

struct FilePackagesWorld {
    TemporaryDirectory directory;
    mde::FileStore store = mde::FileStore::in(directory.path()).value();

    std::optional<Found> find(const PackageKey& key) const {
        if (!store.has(key)) return std::nullopt;
        std::string receipt = directory.read(std::string(key.name().view()) + ".receipt.json");
        REQUIRE(receipt.ends_with('\n'));
        receipt.pop_back();
        return Found{directory.read(mde::FileStore::file_name_of(key)), receipt};
    }
};

struct RedisPackagesWorld {
    static fleet::RedisPackageOptions options() {
        fleet::RedisPackageOptions options;
        options.prefix = fresh_name();
        return options;
    }
    fleet::RedisConnection connection{shared_redis().address()};
    fleet::RedisPackageStore store{connection, options()};

    std::optional<Found> find(const PackageKey& key) {
        const auto found = store.find(key);
        REQUIRE(found.has_value());
        if (!*found) return std::nullopt;
        return Found{(*found)->bytes, mde::wire::encode_receipt((*found)->receipt)};
    }
};

/// Opened, begun, and with `bytes` in it.
template <class World>
auto writer_in(World& world, const std::string& text, const PackageKey& key = package) {
    auto writer = world.store.open(key);
    REQUIRE(writer.has_value());
    REQUIRE_FALSE(writer->begin(mde::PackagePart{}));
    REQUIRE_FALSE(writer->write(0, bytes(text)));
    return std::move(*writer);
}

} // namespace

TYPE_TO_STRING(MemoryPackagesWorld);
TYPE_TO_STRING(FilePackagesWorld);
TYPE_TO_STRING(RedisPackagesWorld);
#define MDE_PACKAGE_STORES MemoryPackagesWorld, FilePackagesWorld, RedisPackagesWorld

TEST_CASE_TEMPLATE("package and receipt are there after the commit and not before", T,
                   MDE_PACKAGE_STORES) {
    T world;
    // With what a text could not hold.
    const std::string first("PK\x03\x04\0\r\n\xff", 8);
    const std::string second(100'000, 'z');
    {
        auto writer = writer_in(world, first);
        REQUIRE_FALSE(writer.write(first.size(), bytes(second)));
        CHECK_FALSE(world.find(package));
        CHECK_FALSE(writer.commit(receipt_for(first + second)));
    }
    const auto found = world.find(package);
    REQUIRE(found.has_value());
    CHECK(found->bytes == first + second);
    CHECK(found->receipt == mde::wire::encode_receipt(receipt_for(first + second)));
    CHECK(world.store.open(package).error() == errc::store_has_package);
    CHECK_FALSE(world.find(another));
}

TEST_CASE_TEMPLATE("a key has one writer at a time", T, MDE_PACKAGE_STORES) {
    T world;
    {
        auto writer = writer_in(world, "one");
        CHECK(world.store.open(package).error() == errc::store_busy);
        // The one who was refused has taken nothing away.
        CHECK(world.store.open(package).error() == errc::store_busy);
        CHECK_FALSE(writer.write(3, bytes("two")));
        auto other = writer_in(world, "other", another);
        CHECK_FALSE(other.commit(receipt_for("other")));
        CHECK_FALSE(writer.commit(receipt_for("onetwo")));
    }
    CHECK(world.find(package)->bytes == "onetwo");
    CHECK(world.find(another)->bytes == "other");
}

TEST_CASE_TEMPLATE("what was given up leaves nothing", T, MDE_PACKAGE_STORES) {
    T world;
    {
        auto writer = writer_in(world, "given up");
        writer.abort();
    }
    CHECK_FALSE(world.find(package));
    {
        // Nobody said anything: it does not appear under the final name either.
        auto writer = writer_in(world, "left alone");
    }
    CHECK_FALSE(world.find(package));
    auto writer = writer_in(world, "new");
    CHECK_FALSE(writer.commit(receipt_for("new")));
    CHECK(world.find(package)->bytes == "new");
}

TEST_CASE_TEMPLATE("what is begun anew drops what was written", T, MDE_PACKAGE_STORES) {
    T world;
    auto writer = writer_in(world, "a long beginning");
    REQUIRE_FALSE(writer.begin(mde::PackagePart{}));
    REQUIRE_FALSE(writer.write(0, bytes("short")));
    REQUIRE_FALSE(writer.commit(receipt_for("short")));
    CHECK(world.find(package)->bytes == "short");
}

TEST_CASE_TEMPLATE("a writer that is moved goes on and the old one says nothing", T,
                   MDE_PACKAGE_STORES) {
    T world;
    auto first = writer_in(world, "half");
    {
        auto second = std::move(first);
        REQUIRE_FALSE(second.write(4, bytes("half")));
        first = std::move(second);
    }
    CHECK(world.store.open(package).error() == errc::store_busy);
    REQUIRE_FALSE(first.commit(receipt_for("halfhalf")));
    CHECK(world.find(package)->bytes == "halfhalf");
}

TEST_CASE("a package of the service goes into Redis with its receipt") {
    World service;
    RedisPackagesWorld world;
    const mde::MachineActionId action = service.finished_action();
    const mde::Ports<World::Transport, ServiceTokens, mde::LocalQuotas, VirtualClock, Recorder,
                     fleet::RedisPackageStore>
        ports{&service.transport, &service.tokens,   &service.quotas,
              &service.clock,     &service.recorder, &world.store};
    const auto fetched = mde::run_blocking<mde::flow::FetchPackage<SumHasher>>(
        ports, service.context(), service.diagnostics, action);
    REQUIRE(fetched.has_value());
    const auto found = world.find(PackageKey(action));
    REQUIRE(found.has_value());
    CHECK(found->bytes == mde::service::sample_package(action));
    CHECK(found->receipt == mde::wire::encode_receipt(*fetched));
}

TEST_CASE("a package outlives a restart and a writer goes on over it") {
    RedisServer server;
    fleet::RedisConnection connection(server.address());
    fleet::RedisPackageStore store(connection);
    auto writer = store.open(package);
    REQUIRE(writer.has_value());
    REQUIRE_FALSE(writer->begin(mde::PackagePart{}));
    REQUIRE_FALSE(writer->write(0, bytes("before")));
    server.kill();
    CHECK(is_away(writer->write(6, bytes(" and"))));
    CHECK(is_away(store.open(another).error()));
    server.start();
    CHECK(eventually([&] { return !writer->write(6, bytes(" and")); }));
    REQUIRE_FALSE(writer->write(10, bytes(" after")));
    REQUIRE_FALSE(writer->commit(receipt_for("before and after")));
    server.restart();
    CHECK(eventually([&] { return store.find(package).has_value(); }));
    CHECK((*store.find(package))->bytes == "before and after");
}

TEST_CASE("a writer that is taken for dead finds its key with somebody else") {
    fleet::RedisConnection connection(shared_redis().address());
    fleet::RedisPackageOptions options = RedisPackagesWorld::options();
    options.patience = 50ms;
    fleet::RedisPackageStore store(connection, options);
    auto dead = store.open(package);
    REQUIRE(dead.has_value());
    REQUIRE_FALSE(dead->begin(mde::PackagePart{}));
    options.patience = 1h;
    fleet::RedisPackageStore patient(connection, options);
    std::optional<fleet::RedisPackageStore::Writer> heir;
    REQUIRE(eventually([&] {
        auto writer = patient.open(package);
        if (writer) heir.emplace(std::move(*writer));
        return heir.has_value();
    }));
    REQUIRE_FALSE(heir->begin(mde::PackagePart{}));
    REQUIRE_FALSE(heir->write(0, bytes("right")));
    CHECK(dead->write(0, bytes("wrong")) == errc::store_busy);
    CHECK(dead->commit(receipt_for("wrong")) == errc::store_busy);
    dead->abort();
    REQUIRE_FALSE(heir->commit(receipt_for("right")));
    CHECK((*store.find(package))->bytes == "right");
}

TEST_CASE("a package over the cap is refused before and while it is written") {
    fleet::RedisConnection connection(shared_redis().address());
    for (const std::uint64_t most : {4u, 5u, 6u}) {
        fleet::RedisPackageOptions options = RedisPackagesWorld::options();
        options.most = most;
        fleet::RedisPackageStore store(connection, options);
        auto writer = store.open(package);
        REQUIRE(writer.has_value());
        CHECK(static_cast<bool>(writer->begin({5, "", 0})) == (most < 5));
        REQUIRE_FALSE(writer->begin(mde::PackagePart{}));
        CHECK(static_cast<bool>(writer->write(0, bytes("hello"))) == (most < 5));
        CHECK(writer->write(most, bytes("x")) == errc::store_no_space);
    }
    fleet::RedisPackageStore store(connection, RedisPackagesWorld::options());
    auto writer = store.open(package);
    REQUIRE(writer.has_value());
    CHECK(writer->write(1, bytes("x")) == errc::store_failed);
}
