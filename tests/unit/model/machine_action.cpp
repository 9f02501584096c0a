// SPDX-License-Identifier: BSL-1.0
#include <mde/model/machine_action.hpp>

#include <doctest/doctest.h>

using namespace mde;

TEST_CASE("four statuses are final and an unknown one is not") {
    CHECK(is_terminal(MachineActionStatus::succeeded));
    CHECK(is_terminal(MachineActionStatus::failed));
    CHECK(is_terminal(MachineActionStatus::time_out));
    CHECK(is_terminal(MachineActionStatus::cancelled));
    CHECK_FALSE(is_terminal(MachineActionStatus::pending));
    CHECK_FALSE(is_terminal(MachineActionStatus::in_progress));
    CHECK_FALSE(is_terminal(MachineActionStatus::unknown));
}

TEST_CASE("a fresh action knows nothing and equals another one") {
    const MachineAction action;
    CHECK(action.id.empty());
    CHECK(action.type == MachineActionType::unknown);
    CHECK(action.status == MachineActionStatus::unknown);
    CHECK(action == MachineAction());
    MachineAction other;
    other.created = UtcTime(Ticks(1));
    CHECK(action != other);
}
