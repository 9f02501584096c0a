// SPDX-License-Identifier: BSL-1.0
#include <mde/request/get_export_files.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <string>

using namespace mde;

namespace {

using Vulnerabilities = GetExportFiles<ExportKind::software_vulnerabilities>;
using Certificates = GetExportFiles<ExportKind::certificates>;
using Extensions = GetExportFiles<ExportKind::browser_extensions>;

} // namespace

static_assert(ApiRequest<Vulnerabilities> && !ApiRequestWithBody<Vulnerabilities>);
static_assert(std::same_as<Vulnerabilities::Response, ExportFiles>);
static_assert(Vulnerabilities{}.target() == "/api/machines/SoftwareVulnerabilitiesExport");
static_assert(Certificates{24}.target() ==
              "/api/machines/certificateAssessmentExport?sasValidHours=24");

TEST_CASE("the table stands in the order of the kinds and its paths end with their names") {
    for (std::size_t i = 0; i < export_pages.size(); ++i) {
        const ExportPage& page = export_pages[i];
        CAPTURE(std::string(page.route));
        CHECK(page.kind == static_cast<ExportKind>(i));
        CHECK(page.route == "/api/machines/" + std::string(name_of(page.kind)));
        CHECK_FALSE(page.application.empty());
        CHECK_FALSE(page.delegated.empty());
        CHECK(page.quota == Quota{.per_minute = 5, .per_hour = 20});
    }
}

TEST_CASE("each page's permissions and hours are those of its row") {
    using enum ExportKind;
    const AnyOf vulnerability{Permission::vulnerability_read_all};
    const AnyOf software{Permission::software_read_all};
    for (const ExportKind kind :
         {software_vulnerabilities, secure_configurations, information_gathering, certificates})
        CHECK(export_page(kind).application == vulnerability);
    for (const ExportKind kind :
         {software_inventory, software_inventory_non_cpe, browser_extensions, hardware_firmware})
        CHECK(export_page(kind).application == software);
    CHECK(export_page(security_baselines).application ==
          AnyOf{Permission::security_baselines_assessment_read_all});
    CHECK(Vulnerabilities::delegated == AnyOf{Permission::vulnerability_read});
    CHECK(Extensions::delegated == AnyOf{Permission::software_read});
    CHECK(GetExportFiles<security_baselines>::delegated ==
          AnyOf{Permission::security_baselines_assessment_read});
    CHECK(Certificates::most_hours == 24);
    CHECK(Extensions::most_hours == 0);
    CHECK(GetExportFiles<hardware_firmware>::most_hours == 0);
    for (const ExportKind kind :
         {software_vulnerabilities, software_inventory, secure_configurations,
          software_inventory_non_cpe, security_baselines, information_gathering})
        CHECK(export_page(kind).most_hours == 6);
}

TEST_CASE("hours that the page does not allow are refused before anything is sent") {
    CHECK_FALSE(Vulnerabilities{}.check());
    CHECK_FALSE(Vulnerabilities{1}.check());
    CHECK_FALSE(Vulnerabilities{6}.check());
    CHECK(Vulnerabilities{0}.check() == errc::request_refused);
    CHECK(Vulnerabilities{7}.check() == errc::request_refused);
    CHECK_FALSE(Certificates{24}.check());
    CHECK(Certificates{25}.check() == errc::request_refused);
    CHECK_FALSE(Extensions{}.check());
    CHECK(Extensions{1}.check() == errc::request_refused);
}

TEST_CASE("the longest path and number have room") {
    const GetExportFiles<ExportKind::secure_configurations> request{4294967295u};
    CHECK(request.target().view().ends_with("?sasValidHours=4294967295"));
}
