// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/request/list_machine_actions.hpp>

#include <doctest/doctest.h>

using namespace mde_test;

namespace {

mde::MachineActionPage list(Fixture& fixture, std::string_view target) {
    const HttpReply reply = fixture.get(target);
    REQUIRE(reply.status == 200);
    return *wire::Codec<mde::MachineActionPage>::decode({nullptr, reply.body, {}, {}});
}

std::size_t matching(Fixture& fixture, std::string_view filter) {
    std::string target = "/api/machineactions?$filter=";
    wire::append_percent_encoded(target, filter);
    return list(fixture, target).actions.size();
}

struct Listing : Fixture {
    std::string first = finished();
    std::string second = collected(other_machine);
    MachineActionId scan =
        emulator.add_action(std::string(tenant), mde::MachineActionType::run_anti_virus_scan,
                            std::string(machine), {}, now);
};

} // namespace

TEST_CASE_FIXTURE(Listing, "actions are listed newest first") {
    const auto page = list(*this, "/api/machineactions");
    REQUIRE(page.actions.size() == 3);
    CHECK(page.actions[0].id == scan);
    CHECK(page.actions[1].id.text() == second);
    CHECK(page.actions[2].id.text() == first);
    CHECK(!page.next_link);
}

TEST_CASE_FIXTURE(Listing, "what the client sends is understood") {
    mde::ListMachineActions request;
    request.machine = *mde::MachineId::parse(machine);
    request.type = mde::MachineActionType::collect_investigation_package;
    request.status = MachineActionStatus::succeeded;
    request.created_since = now.utc - 60s;
    request.top = 5;
    auto page = list(*this, request.target());
    REQUIRE(page.actions.size() == 1);
    CHECK(page.actions[0].id.text() == first);
    request.created_since = now.utc - 9s;
    CHECK(list(*this, request.target()).actions.empty());
    request.created_since.reset();
    request.skip = 1;
    CHECK(list(*this, request.target()).actions.empty());
}

TEST_CASE_FIXTURE(Listing, "the six names are filtered in any case") {
    CHECK(matching(*this, "id eq '" + first + "'") == 1);
    CHECK(matching(*this, "id eq " + first) == 1);
    CHECK(matching(*this, "Status eq 'Succeeded'") == 1);
    CHECK(matching(*this, "machineId eq '" + std::string(machine) + "'") == 2);
    CHECK(matching(*this, "MACHINEID EQ '" + std::string(machine) +
                              "' AND type eq 'RunAntiVirusScan'") == 1);
    CHECK(matching(*this, "requestor eq 'Test app'") == 2);
    CHECK(matching(*this, "requestor eq 'O''Brien'") == 0);
    CHECK(matching(*this, "type ne 'RunAntiVirusScan'") == 2);
    CHECK(matching(*this, "startswith(requestor,'Test')") == 2);
    CHECK(matching(*this, "creationDateTimeUtc ge 2024-05-01T00:00:00Z") == 3);
    CHECK(matching(*this, "creationDateTimeUtc gt 2024-05-01T00:00:00Z") == 2);
    CHECK(matching(*this, "creationDateTimeUtc le 2024-05-01T00:00:00Z") == 1);
    CHECK(matching(*this, "creationDateTimeUtc lt 2024-05-01T00:00:00Z") == 0);
    CHECK(matching(*this, "creationDateTimeUtc eq 2024-05-01T00:00:10Z") == 2);
}

TEST_CASE_FIXTURE(Listing, "spaces may be plus signs") {
    CHECK(list(*this, "/api/machineactions?$filter=status+eq+'Succeeded'&$top=1").actions.size() ==
          1);
    CHECK(list(*this, "/api/machineactions?other=1").actions.size() == 3);
    CHECK(list(*this, "/api/machineactions?").actions.size() == 3);
}

TEST_CASE_FIXTURE(Listing, "an ill-formed query is an OData error and nothing worse") {
    for (const std::string_view query :
         {"$filter=",
          "$filter=status",
          "$filter=status%20eq",
          "$filter=status%20eq%20'Succeeded",
          "$filter=status%20in%20('a')",
          "$filter=title%20eq%20'x'",
          "$filter=status%20gt%20'Pending'",
          "$filter=creationDateTimeUtc%20ge%20yesterday",
          "$filter=status%20eq%20'Pending'%20or%20status%20eq%20'Failed'",
          "$filter=status%20eq%20'Pending'%20and",
          "$filter=startswith(status,'x'",
          "$top=10001",
          "$top=-1",
          "$top=x",
          "$skip=",
          "$top=1&$top=2",
          "$orderby=id",
          "$select=id",
          "$count=true",
          "$filter=%zz",
          "$filter=%",
          "[",
          "?#",
          "#",
          "a b",
          "\x01",
          "$top=1#",
          "$filter=\xff"}) {
        CAPTURE(query);
        const HttpReply reply = get("/api/machineactions?" + std::string(query));
        CHECK(reply.status == 400);
        CHECK(error_code_of(reply) == "ODataError");
    }
}

TEST_CASE_FIXTURE(Listing, "pages are linked and lose nothing") {
    emulator.settings().page_size = 2;
    auto page = list(*this, "/api/machineactions?$filter=machineId%20ne%20'x'");
    REQUIRE(page.actions.size() == 2);
    REQUIRE(page.next_link);
    CHECK(page.next_link->starts_with("https://api.securitycenter.microsoft.com/api/"));
    page = list(*this, target_of(*page.next_link));
    REQUIRE(page.actions.size() == 1);
    CHECK(page.actions[0].id.text() == first);
    CHECK(!page.next_link);

    page = list(*this, "/api/machineactions?$top=2");
    CHECK(page.actions.size() == 2);
    CHECK(!page.next_link);
    page = list(*this, "/api/machineactions?$top=3");
    REQUIRE(page.next_link);
    CHECK(list(*this, target_of(*page.next_link)).actions.size() == 1);
    CHECK(list(*this, "/api/machineactions?$top=0").actions.empty());
}
