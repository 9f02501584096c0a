// SPDX-License-Identifier: BSL-1.0
// Each request of each way to sign in goes wrong in each way.
#include "faults/run_cases.hpp"

#include <doctest/doctest.h>

using namespace mde_test::faults;

TEST_CASE("sign-ins end as declared") { check_all(sign_in_scenarios(), 3000); }
