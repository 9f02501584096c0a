// SPDX-License-Identifier: BSL-1.0
#include <mde/request/get_machine_action.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;

TEST_CASE("reading an action asks for it by its id") {
    const GetMachineAction request{"11111111-2222-4333-8444-555555555555"_machine_action};
    CHECK(request.target() == "/api/machineactions/11111111-2222-4333-8444-555555555555");
    CHECK(GetMachineAction::method == Method::get);
    CHECK(GetMachineAction::application ==
          AnyOf{Permission::machine_read_all, Permission::machine_read_write_all});
    CHECK(GetMachineAction::delegated ==
          AnyOf{Permission::machine_read, Permission::machine_read_write});
}

TEST_CASE("who may only collect may not read") {
    CHECK_FALSE(
        GetMachineAction::application.satisfied_by(AnyOf{Permission::machine_collect_forensics}));
}
