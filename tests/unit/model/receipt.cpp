// SPDX-License-Identifier: BSL-1.0
#include <mde/model/receipt.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("receipts are equal if every field is") {
    Receipt receipt;
    CHECK(receipt == Receipt());
    receipt.sha256.bytes[0] = std::byte{1};
    CHECK(receipt != Receipt());
    receipt = Receipt();
    receipt.request_ids.push_back("x");
    CHECK(receipt != Receipt());
}
