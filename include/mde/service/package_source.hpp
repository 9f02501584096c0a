// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_PACKAGE_SOURCE_HPP
#define MDE_SERVICE_PACKAGE_SOURCE_HPP

/// @file
/// Which package belongs to which action.

#include <mde/base/linkage.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/service/generated_package.hpp>
#include <mde/service/package.hpp>
#include <mde/service/zip_writer.hpp>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// Gives an emulator its packages.
///
/// | expression | semantics |
/// | --- | --- |
/// | `source.find(action)` | an `optional<Package>`; for one action the same bytes each time |
template <class T>
concept PackageSource = requires(T& source, const MachineActionId& action) {
    { source.find(action) } -> std::same_as<std::optional<Package>>;
};

/// A small package with the entries that the page "Take response actions on a device" lists. Its
/// bytes depend on the action only.
MDE_DECL std::string sample_package(const MachineActionId& action);

/// Packages by action; an action without one of its own gets the sample. Distinct objects: safe.
/// Shared objects: unsafe.
class MemoryPackages {
  public:
    /// @{
    /// For one action, in place of an earlier one.
    void put(const MachineActionId& action, std::string bytes);
    void put(const MachineActionId& action, const GeneratedPackage& package);
    /// @}
    /// For every action that has none of its own.
    void put_for_all(const GeneratedPackage& package) { for_all_ = package.package(); }
    /// @{
    /// Likewise.
    void put_for_all(std::string bytes) { for_all_ = memory_package(std::move(bytes)); }
    void put_for_all(Package package) { for_all_ = std::move(package); }
    /// @}

    /// Never empty: every action has a package.
    std::optional<Package> find(const MachineActionId& action) const;

  private:
    std::map<MachineActionId, Package> packages_;
    std::optional<Package> for_all_;
};
static_assert(PackageSource<MemoryPackages>);

#if MDE_DEFINITIONS

MDE_DECL std::string sample_package(const MachineActionId& action) {
    const std::string id(action.text());
    ZipWriter zip;
    zip.add("Autoruns/HKLM_Run.txt",
            "SecurityHealth  C:/Windows/System32/SecurityHealthSystray.exe\n")
        .add("Installed programs/InstalledPrograms.csv",
             "DisplayName,DisplayVersion\nContoso,1.0\n")
        .add("Network connections/ActiveNetConnections.txt", "TCP 10.0.0.4:49712 ESTABLISHED\n")
        .add("Network connections/Arp.txt", "10.0.0.1 00-00-5e-00-53-01 dynamic\n")
        .add("Network connections/DnsCache.txt", "login.example\n")
        .add("Prefetch files/PrefetchFilesList.txt", "CMD.EXE-00000000.pf\n")
        .add("Processes/Processes.csv", "Name,Pid\nSystem,4\n")
        .add("Scheduled tasks/ScheduledTasks.csv", "TaskName,Status\n")
        .add("Services/Services.csv", "Name,State\nSense,Running\n")
        .add("System Information/SystemInformation.txt", "Action: " + id + "\n")
        .add("Users and Groups/Administrators.txt", "Administrator\n")
        .add("CollectionSummaryReport.xls", "Data point\tCommand\tStatus\tError code\n");
    return zip.finish();
}

MDE_DECL void MemoryPackages::put(const MachineActionId& action, std::string bytes) {
    packages_.insert_or_assign(action, memory_package(std::move(bytes)));
}

MDE_DECL void MemoryPackages::put(const MachineActionId& action, const GeneratedPackage& package) {
    packages_.insert_or_assign(action, package.package());
}

MDE_DECL std::optional<Package> MemoryPackages::find(const MachineActionId& action) const {
    const auto found = packages_.find(action);
    if (found != packages_.end()) return found->second;
    return for_all_ ? *for_all_ : memory_package(sample_package(action));
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
