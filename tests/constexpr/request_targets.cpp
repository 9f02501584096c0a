// SPDX-License-Identifier: BSL-1.0
// The pages as constants: compiling is passing.

#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/wire/route_match.hpp>

using namespace mde;
using namespace mde::literals;

namespace {

constexpr auto action = "7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action;
constexpr auto machine = "00112233445566778899aabbccddeeff00112233"_machine;

static_assert(GetPackageUri{action}.target() ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/getPackageUri");
static_assert(GetMachineAction{action}.target() ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a");
static_assert(wire::expand_route(CancelMachineAction::route, action.segment()) ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/cancel");
static_assert(wire::expand_route(CollectInvestigationPackage::route, machine.segment()) ==
              "/api/machines/00112233445566778899aabbccddeeff00112233/collectInvestigationPackage");
static_assert(ListMachineActions{}.target() == "/api/machineactions");
static_assert(ListMachineActions{.status = MachineActionStatus::pending, .top = 1}.target() ==
              "/api/machineactions?$filter=status%20eq%20%27Pending%27&$top=1");
static_assert(ListMachineActions{.machine = machine}.target() ==
              "/api/machineactions?$filter=machineId%20eq%20%27"
              "00112233445566778899aabbccddeeff00112233%27");

static_assert(GetLiveResponseResultLink{action, 2}.target() ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/"
              "GetLiveResponseResultDownloadLink(index=2)");
static_assert(GetExportFiles<ExportKind::software_inventory>{}.target() ==
              "/api/machines/SoftwareInventoryExport");
static_assert(GetExportFiles<ExportKind::certificates>{12}.target() ==
              "/api/machines/certificateAssessmentExport?sasValidHours=12");
static_assert(PackageKey::live_response(action, 2).name() ==
              "7327b54f-d718-525c-bca0-7dacde913b5a%-result-2");

// Both sides of the protocol are the same constant.
static_assert(wire::match_route(GetPackageUri::route, GetPackageUri{action}.target()) ==
              action.text());

static_assert(GetPackageUri::quota == Quota{.per_minute = 2, .per_hour = 120});
static_assert(GetPackageUri::application.contains(Permission::machine_collect_forensics));
static_assert(!GetPackageUri::delegated.contains(Permission::machine_read_all));

} // namespace
