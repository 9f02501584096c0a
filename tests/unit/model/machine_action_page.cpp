// SPDX-License-Identifier: BSL-1.0
#include <mde/model/machine_action_page.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("a fresh page is empty and the last one") {
    const MachineActionPage page;
    CHECK(page.actions.empty());
    CHECK_FALSE(page.next_link);
    CHECK(page == MachineActionPage());
}
