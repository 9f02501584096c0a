// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/tee_store.hpp>

#include <mde/adapter/memory_store.hpp>
#include <mde/adapter/receipt_store.hpp>

#include "support/bytes.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

const PackageKey teed{*MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};

template <class Store>
error_code store_hello(Store& store) {
    auto writer = store.open(teed);
    if (!writer) return writer.error();
    error_code ec = writer->begin({5, "", 0});
    if (!ec) ec = writer->write(0, bytes("hello"));
    return ec ? ec : writer->commit(Receipt());
}

} // namespace

TEST_CASE("a tee puts a package into both stores") {
    MemoryStore first;
    MemoryStore second;
    TeeStore tee(first, second);
    static_assert(PackageStore<decltype(tee)>);
    CHECK_FALSE(store_hello(tee));
    CHECK(first.find(teed)->bytes == second.find(teed)->bytes);
    CHECK(store_hello(tee) == errc::store_has_package);
}

TEST_CASE("a tee brings the store up that lacks the package") {
    MemoryStore first;
    MemoryStore second;
    CHECK_FALSE(store_hello(first));
    TeeStore tee(first, second);
    CHECK_FALSE(store_hello(tee));
    CHECK(second.find(teed));
}

TEST_CASE("an error of either store ends the tee and leaves nothing unfinished") {
    MemoryStore roomy;
    MemoryStore small(3);
    TeeStore one(small, roomy);
    CHECK(store_hello(one) == errc::store_no_space);
    TeeStore two(roomy, small);
    CHECK(store_hello(two) == errc::store_no_space);
    CHECK_FALSE(roomy.find(teed));
    CHECK_FALSE(store_hello(roomy));
}

TEST_CASE("a receipt store keeps what was proven and nothing else") {
    ReceiptStore store;
    CHECK_FALSE(store.find(teed));
    auto writer = store.open(teed);
    CHECK_FALSE(writer->begin({}));
    CHECK_FALSE(writer->write(0, bytes("hello")));
    Receipt receipt;
    receipt.length = 5;
    CHECK_FALSE(writer->commit(receipt));
    CHECK(store.find(teed) == receipt);
    CHECK_FALSE(store_hello(store));
    CHECK(store.find(teed) == Receipt());
}
