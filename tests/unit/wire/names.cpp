// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/names.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::wire;

static_assert(machine_action_statuses.find("Canceled") == MachineActionStatus::cancelled);
static_assert(machine_action_types.name_of(MachineActionType::unknown).empty());

TEST_CASE("every row is found by its name in any case") {
    const auto check = [](const auto& table) {
        for (const auto& row : table.rows) {
            CHECK(table.find(row.name) == row.value);
            std::string lower;
            for (const char c : row.name) lower.push_back(ascii::to_lower(c));
            CHECK(table.find(lower) == row.value);
            CHECK(table.read(row.name) == row.value);
            CHECK(table.read(row.name).unknown_text().empty());
        }
    };
    check(machine_action_types);
    check(machine_action_statuses);
}

TEST_CASE("every value but unknown has a name") {
    for (int i = 1; i <= static_cast<int>(MachineActionType::unrestrict_code_execution); ++i)
        CHECK_FALSE(machine_action_types.name_of(static_cast<MachineActionType>(i)).empty());
    for (int i = 1; i <= static_cast<int>(MachineActionStatus::cancelled); ++i)
        CHECK_FALSE(machine_action_statuses.name_of(static_cast<MachineActionStatus>(i)).empty());
}

TEST_CASE("both spellings are read and the documented one is written") {
    CHECK(machine_action_statuses.read("Cancelled") == MachineActionStatus::cancelled);
    CHECK(machine_action_statuses.read("Canceled") == MachineActionStatus::cancelled);
    CHECK(machine_action_statuses.name_of(MachineActionStatus::cancelled) == "Cancelled");
    CHECK(machine_action_statuses.name_of(MachineActionStatus::time_out) == "TimeOut");
}

TEST_CASE("an unknown name is kept as it came") {
    CHECK(machine_action_statuses.read("Paused") == MachineActionStatus::unknown);
    CHECK(machine_action_statuses.read("Paused").unknown_text() == "Paused");
    CHECK(machine_action_statuses.read("").unknown_text().empty());
    CHECK(machine_action_statuses.find("Pending ") == MachineActionStatus::unknown);
    CHECK(machine_action_statuses.find("Pend") == MachineActionStatus::unknown);
}
