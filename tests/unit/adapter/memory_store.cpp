// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/memory_store.hpp>

#include "support/bytes.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

const PackageKey key{*MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};
const PackageKey other{*MachineActionId::parse("8327b54f-d718-525c-bca0-7dacde913b5a")};

} // namespace

TEST_CASE("a package is there after its commit and not before") {
    MemoryStore store;
    auto writer = store.open(key, 5);
    REQUIRE(writer);
    CHECK_FALSE(writer->write(0, bytes("hel")));
    CHECK_FALSE(writer->write(3, bytes("lo")));
    CHECK_FALSE(store.find(key));
    CHECK_FALSE(writer->commit({}));
    REQUIRE(store.find(key));
    CHECK(store.find(key)->bytes.size() == 5);
    CHECK(store.open(key, 5).error() == errc::store_has_package);
}

TEST_CASE("offsets come in order") {
    MemoryStore store;
    auto writer = store.open(key, std::nullopt);
    CHECK(writer->write(1, bytes("x")) == errc::store_failed);
    CHECK_FALSE(writer->write(0, bytes("x")));
    CHECK(writer->write(0, bytes("x")) == errc::store_failed);
}

TEST_CASE("the cap is for all packages together") {
    for (const std::uint64_t cap : {9u, 10u, 11u}) {
        MemoryStore store(cap);
        auto first = store.open(key, std::nullopt);
        CHECK_FALSE(first->write(0, bytes("hello")));
        CHECK_FALSE(first->commit({}));
        auto second = store.open(other, std::nullopt);
        CHECK(static_cast<bool>(second->write(0, bytes("world"))) == (cap < 10));
        CHECK(store.open(other, 5).error() == errc::store_busy);
    }
    MemoryStore store(4);
    CHECK(store.open(key, 5).error() == errc::store_no_space);
    CHECK(store.open(key, 4));
}

TEST_CASE("an abort gives the space back") {
    MemoryStore store(5);
    {
        auto writer = store.open(key, std::nullopt);
        CHECK_FALSE(writer->write(0, bytes("hello")));
        CHECK(store.open(key, std::nullopt).error() == errc::store_busy);
    }
    auto again = store.open(key, std::nullopt);
    REQUIRE(again);
    CHECK_FALSE(again->write(0, bytes("hello")));
}
