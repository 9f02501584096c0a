// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_EXPORT_KIND_HPP
#define MDE_MODEL_EXPORT_KIND_HPP

/// @file
/// The assessments that the service exports as files.

#include <mde/base/ascii.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// One export call each; see `GetExportFiles`. The order is that of `export_names`.
enum class ExportKind {
    /// Known vulnerabilities of installed software, per device.
    software_vulnerabilities,
    /// Installed software, per device.
    software_inventory,
    /// Security configurations, per device.
    secure_configurations,
    /// Installed software without a CPE, per device.
    software_inventory_non_cpe,
    /// Compliance with security baselines.
    security_baselines,
    /// Additional data about devices.
    information_gathering,
    /// Certificates, per device.
    certificates,
    /// Browser extensions, per device.
    browser_extensions,
    /// Hardware and firmware, per device.
    hardware_firmware,
};

/// The last segment of each call's path, as its page spells it.
inline constexpr std::array<std::string_view, 9> export_names{
    "SoftwareVulnerabilitiesExport",        "SoftwareInventoryExport",
    "SecureConfigurationsAssessmentExport", "SoftwareInventoryNonCpeExport",
    "BaselineComplianceAssessmentExport",   "InfoGatheringExport",
    "certificateAssessmentExport",          "browserextensionsinventoryExport",
    "HardwareFirmwareInventoryExport",
};

/// See `export_names`.
constexpr std::string_view name_of(ExportKind kind) noexcept {
    return export_names[static_cast<std::size_t>(kind)];
}

/// Case is ignored, since the pages disagree about it.
constexpr std::optional<ExportKind> find_export_kind(std::string_view name) noexcept {
    for (std::size_t i = 0; i < export_names.size(); ++i)
        if (ascii::equal_ignoring_case(export_names[i], name)) return static_cast<ExportKind>(i);
    return std::nullopt;
}

} // namespace mde::inline MDE_ABI

#endif
