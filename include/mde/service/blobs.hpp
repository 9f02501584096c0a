// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_BLOBS_HPP
#define MDE_SERVICE_BLOBS_HPP

/// @file
/// What the blob host holds: live-response results and the files of exports.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/model/machine_action_id.hpp>
#include <mde/service/gzip_writer.hpp>
#include <mde/service/package.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// The files of one export at one time.
struct ExportSnapshot {
    /// Empty: the answer says null.
    std::optional<UtcTime> generated;
    /// In their order.
    std::vector<Package> files;
};

/// The default snapshot: two small files, made anew every six hours as the page "Export software
/// vulnerabilities assessment per device" says. The bytes depend on kind and time only.
MDE_DECL ExportSnapshot sample_snapshot(ExportKind kind, UtcTime now);

/// Results by action and command, snapshots by kind. A result exists only if it was put here; a
/// kind without a snapshot of its own has the sample. Distinct objects: safe. Shared objects:
/// unsafe.
class Blobs {
  public:
    /// Puts a result there, in place of an earlier one.
    void put_result(const MachineActionId& action, unsigned index, std::string bytes);

    /// Nothing if none was put there.
    std::optional<Package> find_result(const MachineActionId& action, unsigned index) const;

    /// Takes the place of the one before: its files are gone.
    void put_snapshot(ExportKind kind, std::optional<UtcTime> generated,
                      std::vector<std::string> files);

    /// The one that was put there, else the sample.
    ExportSnapshot snapshot(ExportKind kind, UtcTime now) const;

  private:
    std::map<std::pair<MachineActionId, unsigned>, Package> results_;
    std::map<ExportKind, ExportSnapshot> snapshots_;
};

#if MDE_DEFINITIONS

MDE_DECL ExportSnapshot sample_snapshot(ExportKind kind, UtcTime now) {
    constexpr auto period = std::chrono::duration_cast<Ticks>(std::chrono::hours(6));
    ExportSnapshot snapshot;
    snapshot.generated = now - now.time_since_epoch() % period;
    const std::string about = std::string(name_of(kind)) + "\",\"snapshot\":" +
                              std::to_string(snapshot.generated->time_since_epoch() / period);
    for (const char* device : {"ws-1", "ws-2"})
        snapshot.files.push_back(memory_package(
            stored_gzip("{\"deviceName\":\"" + std::string(device) + "\",\"export\":\"" + about +
                        "}\n{\"deviceName\":\"" + std::string(device) + "\",\"last\":true}\n")));
    return snapshot;
}

MDE_DECL void Blobs::put_result(const MachineActionId& action, unsigned index, std::string bytes) {
    results_.insert_or_assign({action, index}, memory_package(std::move(bytes)));
}

MDE_DECL std::optional<Package> Blobs::find_result(const MachineActionId& action,
                                                   unsigned index) const {
    const auto found = results_.find({action, index});
    return found == results_.end() ? std::nullopt : std::optional<Package>(found->second);
}

MDE_DECL void Blobs::put_snapshot(ExportKind kind, std::optional<UtcTime> generated,
                                  std::vector<std::string> files) {
    ExportSnapshot snapshot{generated, {}};
    for (std::string& file : files) snapshot.files.push_back(memory_package(std::move(file)));
    snapshots_.insert_or_assign(kind, std::move(snapshot));
}

MDE_DECL ExportSnapshot Blobs::snapshot(ExportKind kind, UtcTime now) const {
    const auto found = snapshots_.find(kind);
    return found == snapshots_.end() ? sample_snapshot(kind, now) : found->second;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
