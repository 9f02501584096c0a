// SPDX-License-Identifier: BSL-1.0
// Each request of a download goes wrong in each way.
#include "faults/run_cases.hpp"

#include <doctest/doctest.h>

using namespace mde_test::faults;

TEST_CASE("links end as declared") { check_all(link_scenarios(), 1500); }

TEST_CASE("downloads end as declared") { check_all(fetch_scenarios(), 7000); }
