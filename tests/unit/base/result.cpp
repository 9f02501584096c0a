// SPDX-License-Identifier: BSL-1.0
#include <mde/base/result.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace mde;

namespace {

result<std::unique_ptr<int>> made(bool well) {
    if (!well) return make_error_code(errc::timed_out);
    return std::make_unique<int>(7);
}

} // namespace

TEST_CASE("a result holds a move-only value or an error") {
    result<std::unique_ptr<int>> good = made(true);
    REQUIRE(good.has_value());
    CHECK(**good == 7);
    CHECK_FALSE(good.error().failed());
    const result<std::unique_ptr<int>> bad = made(false);
    CHECK(bad.has_error());
    CHECK(bad.error() == errc::timed_out);
    CHECK_THROWS_AS(static_cast<void>(bad.value()), boost::system::system_error);
}
