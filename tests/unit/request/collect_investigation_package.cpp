// SPDX-License-Identifier: BSL-1.0
#include <mde/request/collect_investigation_package.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde::literals;

TEST_CASE("a collection names the machine and says why") {
    const CollectInvestigationPackage request{"00112233445566778899aabbccddeeff00112233"_machine,
                                              "why \"quoted\""};
    CHECK(request.target() ==
          "/api/machines/00112233445566778899aabbccddeeff00112233/collectInvestigationPackage");
    CHECK(request.body() == R"({"Comment":"why \"quoted\""})");
    CHECK_FALSE(request.check().failed());
    CHECK(CollectInvestigationPackage{request.machine, "\xff"}.check() == errc::malformed_comment);
    CHECK(CollectInvestigationPackage::application == AnyOf{Permission::machine_collect_forensics});
    CHECK(CollectInvestigationPackage::delegated == AnyOf{Permission::machine_collect_forensics});
}

TEST_CASE("a machine of an undocumented name stays in its place of the path") {
    const CollectInvestigationPackage request{*MachineId::undocumented("ws-1/../x?y"), "why"};
    CHECK(request.target() == "/api/machines/ws-1%2F%2E%2E%2Fx%3Fy/collectInvestigationPackage");
    const CollectInvestigationPackage longest{*MachineId::undocumented(std::string(64, '/')), ""};
    CHECK(longest.target().view().ends_with("%2F/collectInvestigationPackage"));
}
