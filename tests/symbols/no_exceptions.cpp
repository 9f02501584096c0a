// SPDX-License-Identifier: BSL-1.0
// The core without exceptions and without type information: the unit tests run in this form, and
// the whole job does.
#include <mde/flow/collect_to_store.hpp>

#include "pch/tests.hpp"
#include "support/world.hpp"

#include <boost/throw_exception.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this is about a build without them"
#endif

/// Boost asks a program without exceptions for these. The core calls them for its caller's mistakes
/// only (`value()` of a result that is none); what can go wrong in the world is an error code. When
/// there is no memory a program without exceptions ends, here or in the standard library.
namespace boost {

void throw_exception(const std::exception& what) {
    std::fprintf(stderr, "%s\n", what.what());
    std::abort();
}
void throw_exception(const std::exception& what, const source_location&) {
    throw_exception(what);
}

} // namespace boost

using namespace mde;
using namespace mde_test;

TEST_CASE("the whole job runs without exceptions") {
    World world;
    const auto receipt = world.run<flow::CollectToStore<SumHasher>>(collection());
    REQUIRE(receipt);
    CHECK(world.store.find(PackageKey(*MachineActionId::parse(receipt->action))));
}

TEST_CASE("what the service refuses is a code without exceptions too") {
    World world;
    world.tokens.current = world.tokens.renewed = "nobody's token";
    const auto receipt = world.run<flow::CollectToStore<SumHasher>>(collection());
    CHECK(receipt.error() == errc::unauthorized);
}
