// SPDX-License-Identifier: BSL-1.0
#include <mde/request/list_machine_actions.hpp>

#include <doctest/doctest.h>

#include <mde/wire/link_grammar.hpp>

#include <chrono>
#include <limits>
#include <string>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

/// The filter as a server reads it.
std::string filter_of(const ListMachineActions& request) {
    const auto target = request.target();
    const auto raw = wire::query_value(target, "$filter");
    if (!raw) return "";
    return wire::percent_decoded(*raw, wire::PlusSign::is_space).value();
}

} // namespace

static_assert(ListMachineActions{}.target() == "/api/machineactions");
static_assert(ListMachineActions{.top = 5, .skip = 10}.target() ==
              "/api/machineactions?$top=5&$skip=10");

TEST_CASE("nothing asked for is nothing sent") {
    CHECK(ListMachineActions{}.target() == "/api/machineactions");
    CHECK(ListMachineActions{.skip = 7}.target() == "/api/machineactions?$skip=7");
}

TEST_CASE("each filter is written as the page writes it") {
    CHECK(filter_of({.machine = "00112233445566778899aabbccddeeff00112233"_machine}) ==
          "machineId eq '00112233445566778899aabbccddeeff00112233'");
    CHECK(filter_of({.type = MachineActionType::collect_investigation_package}) ==
          "type eq 'CollectInvestigationPackage'");
    CHECK(filter_of({.status = MachineActionStatus::cancelled}) == "status eq 'Cancelled'");
    CHECK(filter_of({.created_since =
                         UtcTime(std::chrono::sys_days(std::chrono::year(2019) / 11 / 22))}) ==
          "creationDateTimeUtc ge 2019-11-22T00:00:00Z");
}

TEST_CASE("all filters must hold and paging stands behind them") {
    const ListMachineActions request{.machine = "00112233445566778899aabbccddeeff00112233"_machine,
                                     .type = MachineActionType::collect_investigation_package,
                                     .status = MachineActionStatus::in_progress,
                                     .created_since = UtcTime(Ticks(17060601887283693)),
                                     .top = (std::numeric_limits<unsigned>::max)(),
                                     .skip = 1};
    CHECK(filter_of(request) ==
          "machineId eq '00112233445566778899aabbccddeeff00112233' and type eq "
          "'CollectInvestigationPackage' and status eq 'InProgress' and "
          "creationDateTimeUtc ge 2024-01-24T01:36:28.7283693Z");
    CHECK(request.target().view().ends_with("&$top=4294967295&$skip=1"));
    CHECK(request.target().view().starts_with(
        "/api/machineactions?$filter=machineId%20eq%20%2700112233445566778899aabbccddeeff00112233"
        "%27%20and%20type"));
}

TEST_CASE("a machine name cannot get out of its quotes and the longest one has room") {
    CHECK(filter_of({.machine = *MachineId::undocumented("x' or '1' eq '1&$top=9#")}) ==
          "machineId eq 'x'' or ''1'' eq ''1&$top=9#'");
    const ListMachineActions request{.machine = *MachineId::undocumented(std::string(64, '\'')),
                                     .type = MachineActionType::collect_investigation_package,
                                     .status = MachineActionStatus::in_progress,
                                     .created_since = UtcTime(Ticks(17060601887283693)),
                                     .top = (std::numeric_limits<unsigned>::max)(),
                                     .skip = (std::numeric_limits<unsigned>::max)()};
    CHECK(request.target().view().ends_with("&$top=4294967295&$skip=4294967295"));
    CHECK(filter_of(request).starts_with("machineId eq '" + std::string(128, '\'') + "' and type"));
}

TEST_CASE("every target is made of characters that a request line carries") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const ListMachineActions request{.machine =
                                             *MachineId::undocumented(std::string_view(&c, 1))};
        CHECK(wire::is_target_text(request.target()));
    }
}

TEST_CASE("an unknown type or status is not asked for") {
    const ListMachineActions request{.type = MachineActionType::unknown,
                                     .status = MachineActionStatus::unknown};
    CHECK(request.target() == "/api/machineactions");
}
