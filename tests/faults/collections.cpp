// SPDX-License-Identifier: BSL-1.0
// Each request of a collection, a watch and a list goes wrong in each way.
#include "faults/run_cases.hpp"

#include <doctest/doctest.h>

using namespace mde_test::faults;

TEST_CASE("collections end as declared") { check_all(collection_scenarios(), 7000); }

TEST_CASE("watches and lists end as declared") { check_all(look_scenarios(), 3000); }
