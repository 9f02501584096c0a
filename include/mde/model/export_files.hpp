// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_EXPORT_FILES_HPP
#define MDE_MODEL_EXPORT_FILES_HPP

/// @file
/// The answer of an export call: links to the files of one snapshot.

#include <mde/base/time.hpp>
#include <mde/model/package_uri.hpp>

#include <optional>
#include <vector>

namespace mde::inline MDE_ABI {

/// Source: "Export software vulnerabilities assessment per device" and its siblings. As little
/// copyable or printable as the links in it. Distinct objects: safe. Shared objects: unsafe.
struct [[nodiscard]] ExportFiles {
    ExportFiles() = default;
    /// Leaves the other one without links.
    ExportFiles(ExportFiles&&) noexcept = default;
    /// Likewise.
    ExportFiles& operator=(ExportFiles&&) noexcept = default;
    // By themselves, vectors of what cannot be copied pretend that they can.
    ExportFiles(const ExportFiles&) = delete;
    ExportFiles& operator=(const ExportFiles&) = delete;

    /// Each declares its own end. A file is named by its place here.
    std::vector<PackageUri> files;
    /// When the service made the snapshot; the call never triggers a new one.
    std::optional<UtcTime> generated;
};

} // namespace mde::inline MDE_ABI

#endif
