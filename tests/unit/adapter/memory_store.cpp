// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/memory_store.hpp>

#include "support/bytes.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

const PackageKey key{*MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};
const PackageKey other{*MachineActionId::parse("8327b54f-d718-525c-bca0-7dacde913b5a")};
const PackagePart resumable{10, "\"tag\"", 0};

MemoryStore::Writer begun(MemoryStore& store, const PackageKey& which = key,
                          const PackagePart& part = {}) {
    auto writer = store.open(which);
    REQUIRE(writer);
    CHECK_FALSE(writer->begin(part));
    return std::move(*writer);
}

} // namespace

TEST_CASE("a package is there after its commit and not before") {
    MemoryStore store;
    auto writer = begun(store);
    CHECK_FALSE(writer.write(0, bytes("hel")));
    CHECK_FALSE(writer.write(3, bytes("lo")));
    CHECK_FALSE(store.find(key));
    CHECK_FALSE(writer.commit({}));
    REQUIRE(store.find(key));
    CHECK(store.find(key)->bytes.size() == 5);
    CHECK(store.open(key).error() == errc::store_has_package);
}

TEST_CASE("bytes may come in any order and twice") {
    MemoryStore store;
    auto writer = begun(store, key, resumable);
    CHECK_FALSE(writer.write(1, bytes("x")));
    CHECK(writer.part().stored == 0);
    CHECK_FALSE(writer.write(0, bytes("ab")));
    CHECK(writer.part().stored == 2);
    CHECK_FALSE(writer.write(1, bytes("z")));
    CHECK_FALSE(writer.commit({}));
    CHECK(store.find(key)->bytes.size() == 2);
    CHECK(store.find(key)->bytes[1] == std::byte{'z'});
}

TEST_CASE("nothing is written behind the declared end or the cap") {
    MemoryStore store(10);
    auto writer = begun(store, key, resumable);
    const std::uint64_t end = *resumable.total;
    CHECK(writer.write(end, bytes("x")) == errc::store_failed);
    CHECK(writer.write(end - 1, bytes("xy")) == errc::store_failed);
    CHECK(writer.write(static_cast<std::uint64_t>(-1), bytes("x")) == errc::store_failed);
    CHECK_FALSE(writer.write(end - 1, bytes("x")));
    auto undeclared = begun(store, other);
    CHECK(undeclared.write(10, bytes("x")) == errc::store_no_space);
    CHECK(undeclared.write(static_cast<std::uint64_t>(-1), bytes("x")) == errc::store_no_space);
}

TEST_CASE("the cap is for all packages together") {
    for (const std::uint64_t cap : {9u, 10u, 11u}) {
        MemoryStore store(cap);
        auto first = begun(store);
        CHECK_FALSE(first.write(0, bytes("hello")));
        CHECK_FALSE(first.commit({}));
        auto second = begun(store, other);
        CHECK(static_cast<bool>(second.write(0, bytes("world"))) == (cap < 10));
        CHECK(store.open(other).error() == errc::store_busy);
    }
    MemoryStore store(4);
    CHECK(store.open(key)->begin({5, "", 0}) == errc::store_no_space);
    CHECK_FALSE(store.open(key)->begin({4, "", 0}));
}

TEST_CASE("an abort gives the space back") {
    MemoryStore store(5);
    {
        auto writer = begun(store);
        CHECK_FALSE(writer.write(0, bytes("hello")));
        CHECK(store.open(key).error() == errc::store_busy);
    }
    auto again = begun(store);
    CHECK_FALSE(again.write(0, bytes("hello")));
}

TEST_CASE("what can be gone on with stays and is shown") {
    MemoryStore store;
    {
        auto writer = begun(store, key, resumable);
        CHECK_FALSE(writer.write(0, bytes("hello")));
    }
    {
        auto writer = store.open(key);
        REQUIRE(writer);
        CHECK(writer->part() == PackagePart{10, "\"tag\"", 5});
        std::array<std::byte, 8> back{};
        CHECK(*writer->read(1, back) == 4);
        CHECK(back[0] == std::byte{'e'});
        CHECK_FALSE(writer->write(5, bytes("world")));
        CHECK_FALSE(writer->commit({}));
    }
    CHECK(store.find(key)->bytes.size() == 10);
}

TEST_CASE("what was dropped or cannot be gone on with is gone") {
    MemoryStore store;
    begun(store, key, {10, "", 0}).write(0, bytes("hello"));
    CHECK(store.open(key)->part() == PackagePart{});
    begun(store, key, resumable).write(0, bytes("hello"));
    store.open(key)->abort();
    CHECK(store.open(key)->part() == PackagePart{});
    begun(store, key, resumable).write(0, bytes("hello"));
    begun(store, key, resumable);
    CHECK(store.open(key)->part() == PackagePart{});
}

TEST_CASE("unfinished parts make room") {
    MemoryStore store(12);
    begun(store, key, resumable).write(0, bytes("hello"));
    auto writer = begun(store, other, {10, "", 0});
    CHECK_FALSE(writer.write(0, bytes("0123456789")));
    CHECK(store.open(key)->part() == PackagePart{});
}
