// SPDX-License-Identifier: BSL-1.0
// The documentation as constants: where each cloud is, and what each call needs. main is empty:
// compiling is the demonstration.

#include <mde/model/cloud.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>

using namespace mde::literals;
using mde::Permission;

//[cloud_table
// One row for each cloud: API, authority, audience, link hosts.
static_assert(mde::find_cloud("eu")->api == "https://eu.api.security.microsoft.com"_endpoint);
static_assert(mde::find_cloud("gcc-high")->authority ==
              "https://login.microsoftonline.us"_endpoint);
static_assert(mde::find_cloud("DoD")->audience == "https://api-gov.securitycenter.microsoft.us");
static_assert(mde::clouds().front().package_hosts == ".securitycenter.windows.com");
static_assert(mde::find_cloud("moon") == nullptr);

// One struct for each page: where the request goes, how often, and with which permission.
constexpr auto action = "7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action;
static_assert(mde::GetPackageUri{action}.target() ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/getPackageUri");
static_assert(mde::GetPackageUri::quota == mde::Quota{.per_minute = 2, .per_hour = 120});
static_assert(mde::GetPackageUri::delegated == mde::AnyOf{Permission::machine_collect_forensics});
static_assert(mde::GetMachineAction::application.contains(Permission::machine_read_all));
static_assert(mde::CollectInvestigationPackage::method == mde::Method::post);

constexpr mde::ListMachineActions pending{.status = mde::MachineActionStatus::pending, .top = 5};
static_assert(pending.target() == "/api/machineactions?$filter=status%20eq%20%27Pending%27&$top=5");
//]

int main() {}
