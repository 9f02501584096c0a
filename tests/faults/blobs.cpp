// SPDX-License-Identifier: BSL-1.0
// Each request for what does not prove its own end goes wrong in each way.
#include "faults/run_cases.hpp"

#include <doctest/doctest.h>

using namespace mde_test::faults;

TEST_CASE("results and exports end as declared") {
    check_all({result_scenario(), export_scenario()}, 3000);
}
