// SPDX-License-Identifier: BSL-1.0
#include <mde/request/cancel_machine_action.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;

TEST_CASE("a cancellation names the action and says why") {
    const CancelMachineAction request{"11111111-2222-4333-8444-555555555555"_machine_action, "no"};
    CHECK(request.target() == "/api/machineactions/11111111-2222-4333-8444-555555555555/cancel");
    CHECK(request.body() == R"({"Comment":"no"})");
    CHECK_FALSE(request.check().failed());
    CHECK(CancelMachineAction{request.action, ""}.check() == errc::malformed_comment);
    CHECK(CancelMachineAction::method == Method::post);
    CHECK(CancelMachineAction::application == AnyOf{Permission::machine_collect_forensics});
}
