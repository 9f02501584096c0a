// SPDX-License-Identifier: BSL-1.0
#include <mde/model/permission.hpp>

#include <doctest/doctest.h>

using namespace mde;

static_assert(AnyOf{Permission::machine_read}.contains(Permission::machine_read));

TEST_CASE("every permission is found by its own name and by no other") {
    for (std::size_t i = 0; i < permission_names.size(); ++i) {
        const auto permission = static_cast<Permission>(i);
        CHECK(find_permission(name_of(permission)) == permission);
    }
    for (const char* name : {"", "Machine", "machine.read", "Machine.Read ", "Machine.Read.Al"})
        CHECK_FALSE(find_permission(name));
}

TEST_CASE("the names stand beside their enumerators") {
    CHECK(name_of(Permission::machine_read) == "Machine.Read");
    CHECK(name_of(Permission::machine_read_write) == "Machine.ReadWrite");
    CHECK(name_of(Permission::machine_read_all) == "Machine.Read.All");
    CHECK(name_of(Permission::machine_read_write_all) == "Machine.ReadWrite.All");
    CHECK(name_of(Permission::machine_collect_forensics) == "Machine.CollectForensics");
    CHECK(name_of(Permission::machine_isolate) == "Machine.Isolate");
    CHECK(name_of(Permission::machine_restrict_execution) == "Machine.RestrictExecution");
    CHECK(name_of(Permission::machine_scan) == "Machine.Scan");
    CHECK(name_of(Permission::machine_offboard) == "Machine.Offboard");
    CHECK(name_of(Permission::machine_stop_and_quarantine) == "Machine.StopAndQuarantine");
    CHECK(name_of(Permission::machine_live_response) == "Machine.LiveResponse");
    CHECK(name_of(Permission::vulnerability_read) == "Vulnerability.Read");
    CHECK(name_of(Permission::vulnerability_read_all) == "Vulnerability.Read.All");
    CHECK(name_of(Permission::software_read) == "Software.Read");
    CHECK(name_of(Permission::software_read_all) == "Software.Read.All");
    CHECK(name_of(Permission::security_baselines_assessment_read) ==
          "SecurityBaselinesAssessment.Read");
    CHECK(name_of(Permission::security_baselines_assessment_read_all) ==
          "SecurityBaselinesAssessment.Read.All");
}

TEST_CASE("one granted permission of a set is enough") {
    constexpr AnyOf needed{Permission::machine_read_all, Permission::machine_read_write_all};
    CHECK(needed.satisfied_by(AnyOf{Permission::machine_read_write_all}));
    CHECK(needed.satisfied_by(AnyOf{Permission::machine_scan, Permission::machine_read_all}));
    CHECK_FALSE(needed.satisfied_by(AnyOf{Permission::machine_read}));
    CHECK_FALSE(needed.satisfied_by(AnyOf{}));
    CHECK_FALSE(AnyOf{}.satisfied_by(needed));
}

TEST_CASE("a set grows without changing the first one") {
    constexpr AnyOf none;
    CHECK(none.empty());
    const AnyOf one = none.with(Permission::machine_live_response);
    CHECK(one.contains(Permission::machine_live_response));
    CHECK_FALSE(one.contains(Permission::machine_read));
    CHECK(none.empty());
    CHECK(one == AnyOf{Permission::machine_live_response});
    CHECK(one.with(Permission::machine_live_response) == one);
}
