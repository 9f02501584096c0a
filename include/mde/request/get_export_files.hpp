// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_GET_EXPORT_FILES_HPP
#define MDE_REQUEST_GET_EXPORT_FILES_HPP

/// @file
/// The nine pages whose calls export an assessment as files, as one table and one type.

#include <mde/base/fixed_text.hpp>
#include <mde/model/export_files.hpp>
#include <mde/model/export_kind.hpp>
#include <mde/request/api_request.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI {

/// What one page says.
struct ExportPage {
    /// Which assessment.
    ExportKind kind;
    /// The path; see `ApiRequest`.
    std::string_view route;
    /// Application permissions, of which one is enough.
    AnyOf application;
    /// Delegated permissions, of which one is enough.
    AnyOf delegated;
    /// The largest `sasValidHours`; zero where the page knows no such parameter.
    unsigned most_hours;
    /// The page's limits.
    Quota quota;
};

namespace detail {

inline constexpr AnyOf vulnerability_application{Permission::vulnerability_read_all};
inline constexpr AnyOf vulnerability_delegated{Permission::vulnerability_read};
inline constexpr AnyOf software_application{Permission::software_read_all};
inline constexpr AnyOf software_delegated{Permission::software_read};
inline constexpr AnyOf baselines_application{Permission::security_baselines_assessment_read_all};
inline constexpr AnyOf baselines_delegated{Permission::security_baselines_assessment_read};
inline constexpr Quota export_quota{.per_minute = 5, .per_hour = 20};

} // namespace detail

/// In the order of `ExportKind`. Where pages or years disagree, the more cautious reading stands
/// here, and the other one beside it. Source: API-CONTRACT 4, which names each page.
inline constexpr std::array<ExportPage, 9> export_pages{{
    {ExportKind::software_vulnerabilities, "/api/machines/SoftwareVulnerabilitiesExport",
     detail::vulnerability_application, detail::vulnerability_delegated, 6, detail::export_quota},
    {ExportKind::software_inventory, "/api/machines/SoftwareInventoryExport",
     detail::software_application, detail::software_delegated, 6, detail::export_quota},
    {ExportKind::secure_configurations, "/api/machines/SecureConfigurationsAssessmentExport",
     detail::vulnerability_application, detail::vulnerability_delegated, 6, detail::export_quota},
    // The text of 2022 allows 24 hours, that of 2025 allows 6.
    {ExportKind::software_inventory_non_cpe, "/api/machines/SoftwareInventoryNonCpeExport",
     detail::software_application, detail::software_delegated, 6, detail::export_quota},
    // The permissions are stated for the call that answers with JSON.
    {ExportKind::security_baselines, "/api/machines/BaselineComplianceAssessmentExport",
     detail::baselines_application, detail::baselines_delegated, 6, detail::export_quota},
    // The pages about antivirus health allow 24 hours, and 30 calls a minute, 1,000 an hour.
    {ExportKind::information_gathering, "/api/machines/InfoGatheringExport",
     detail::vulnerability_application, detail::vulnerability_delegated, 6, detail::export_quota},
    {ExportKind::certificates, "/api/machines/certificateAssessmentExport",
     detail::vulnerability_application, detail::vulnerability_delegated, 24, detail::export_quota},
    {ExportKind::browser_extensions, "/api/machines/browserextensionsinventoryExport",
     detail::software_application, detail::software_delegated, 0, detail::export_quota},
    {ExportKind::hardware_firmware, "/api/machines/HardwareFirmwareInventoryExport",
     detail::software_application, detail::software_delegated, 0, detail::export_quota},
}};

/// The row of that kind.
constexpr const ExportPage& export_page(ExportKind kind) noexcept {
    return export_pages[static_cast<std::size_t>(kind)];
}

/// Asks for the links to the files of the newest snapshot of an assessment. All kinds share one
/// count of the quota here, since no page says that they do not.
template <ExportKind Kind>
struct GetExportFiles {
    /// How long the links are to live; empty leaves it to the service (an hour by the texts, three
    /// by every recorded answer).
    std::optional<unsigned> sas_valid_hours{};

    /// @{
    /// The page; see `ApiRequest` and `ExportPage`.
    using Response = ExportFiles;
    static constexpr ExportKind kind = Kind;
    static constexpr Method method = Method::get;
    static constexpr AnyOf application = export_page(Kind).application;
    static constexpr AnyOf delegated = export_page(Kind).delegated;
    static constexpr Quota quota = export_page(Kind).quota;
    static constexpr Stage stage = Stage::export_files;
    static constexpr std::string_view route = export_page(Kind).route;
    static constexpr unsigned most_hours = export_page(Kind).most_hours;
    static constexpr LinkLife link_life = LinkLife::declared;

    constexpr FixedText<96> target() const noexcept {
        FixedText<96> text(route);
        if (!sas_valid_hours) return text;
        text.append("?sasValidHours=");
        text.append_number(*sas_valid_hours);
        return text;
    }
    /// @}

    /// Hours from 1 to `most_hours`, or none.
    /// @par Errors errc::request_refused for hours that the page does not allow
    error_code check() const noexcept {
        if (!sas_valid_hours) return {};
        const bool documented = *sas_valid_hours >= 1 && *sas_valid_hours <= most_hours;
        return documented ? error_code() : make_error_code(errc::request_refused);
    }
};

} // namespace mde::inline MDE_ABI

#endif
