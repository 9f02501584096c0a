// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT sections 1, 2, 4 and 6: each call that ends in a link, as its pages have it, and
// what was seen of the links themselves.
#include <mde/flow/classify.hpp>
#include <mde/model/cloud.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_export_files.hpp>
#include <mde/request/get_live_response_result_link.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/odata.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include "support/data.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

constexpr auto collected_action = "11111111-2222-4333-8444-555555555555"_machine_action;

/// What a row of section 4 says.
struct ExportRow {
    std::string_view path;
    AnyOf application;
    AnyOf delegated;
    unsigned most_hours;
};

template <ExportKind Kind>
void check_export(const ExportRow& row) {
    using Request = GetExportFiles<Kind>;
    CHECK(Request{}.target() == row.path);
    CHECK(Request::method == Method::get);
    CHECK(Request::application == row.application);
    CHECK(Request::delegated == row.delegated);
    CHECK(Request::quota == Quota{.per_minute = 5, .per_hour = 20});
    CHECK(Request::most_hours == row.most_hours);
    CHECK(Request::link_life == LinkLife::declared);
    // The texts' default is never sent: the service may know better.
    CHECK(Request{}.target().view().find("sasValidHours") == std::string_view::npos);
}

constexpr AnyOf vulnerability{Permission::vulnerability_read_all};
constexpr AnyOf vulnerability_of_user{Permission::vulnerability_read};
constexpr AnyOf software{Permission::software_read_all};
constexpr AnyOf software_of_user{Permission::software_read};

result<PackageUri> adopted(std::string_view link) {
    return wire::adopt_link(Secret(link), Now{MonotonicTime(1000s), UtcTime()});
}

} // namespace

TEST_CASE("1.1 the link call is a GET under the page's URL and the client's case is the page's") {
    CHECK(GetPackageUri::method == Method::get);
    CHECK(GetPackageUri{collected_action}.target() ==
          "/api/machineactions/11111111-2222-4333-8444-555555555555/getPackageUri");
}

TEST_CASE("1.1 each generation's permission of the link call is enough for the preflight") {
    for (const Permission permission :
         {Permission::machine_collect_forensics, Permission::machine_read_all,
          Permission::machine_read_write_all})
        CHECK(GetPackageUri::application.contains(permission));
    CHECK(GetPackageUri::delegated == AnyOf{Permission::machine_collect_forensics});
}

TEST_CASE("1.1 two links a minute and 120 an hour") {
    CHECK(GetPackageUri::quota == Quota{.per_minute = 2, .per_hour = 120});
}

TEST_CASE("1.3 an action that has not finished is a 404 whatever its body says") {
    for (const char* body : {"", R"({"error":{"code":"NotFound","message":"m","target":"t"}})",
                             R"({"error":{"code":"ResourceNotFound"}})", "<html></html>"})
        CHECK(flow::error_of_status(404, wire::decode_service_error(body).code) == errc::not_found);
}

TEST_CASE("1.3 links over their quota are throttled") {
    CHECK(flow::error_of_status(429, "429") == errc::throttled);
    CHECK(flow::error_of_status(429, "TooManyRequests") == errc::throttled);
}

TEST_CASE("1.4 the token of 2017 is one opaque parameter whose escapes stay in lower case") {
    const std::string link = test_support::read_data("get-package-sas-uri.link");
    auto uri = adopted(link);
    REQUIRE(uri);
    CHECK(uri->host() == "userrequests-us.securitycenter.windows.com");
    const auto live = std::move(*uri).redeem(MonotonicTime(1000s));
    REQUIRE(live);
    const bool same = live->expose_url() == link;
    CHECK(same);
    CHECK(live->expose_target().starts_with("/safedownload/WDATP_Investigation_Package.zip?"));
    CHECK(live->expose_target().find("%3b") != std::string_view::npos);
}

TEST_CASE("1.4 the token of 2020 is another format and just as opaque") {
    constexpr std::string_view link =
        "https://userrequests-us.securitycenter.windows.com:443/safedownload/"
        "WDATP_Investigation_Package.zip?token=MIICYwYJKoZIhvcNAQcCoIICVDCCAlACAQ%3d%3d";
    auto uri = adopted(link);
    REQUIRE(uri);
    const auto live = std::move(*uri).redeem(MonotonicTime(1000s));
    REQUIRE(live);
    const bool same = live->expose_url() == link;
    CHECK(same);
}

TEST_CASE("1.4 no end can be read from a package's link so that it is assumed") {
    const auto uri = adopted(test_support::read_data("get-package-sas-uri.link"));
    REQUIRE(uri);
    CHECK(uri->expires_at() == MonotonicTime(1000s) + 60s);
}

TEST_CASE("2 a collection is a POST with a comment under the page's URL and quota") {
    const CollectInvestigationPackage request{"00112233445566778899aabbccddeeff00112233"_machine,
                                              "why"};
    CHECK(CollectInvestigationPackage::method == Method::post);
    CHECK(request.target() ==
          "/api/machines/00112233445566778899aabbccddeeff00112233/collectInvestigationPackage");
    CHECK(request.body() == R"({"Comment":"why"})");
    CHECK(CollectInvestigationPackage::application == AnyOf{Permission::machine_collect_forensics});
    CHECK(CollectInvestigationPackage::delegated == AnyOf{Permission::machine_collect_forensics});
    CHECK(CollectInvestigationPackage::quota == Quota{.per_minute = 100, .per_hour = 1500});
}

TEST_CASE("2 a collection without a comment is not asked for") {
    CHECK(CollectInvestigationPackage{"00112233445566778899aabbccddeeff00112233"_machine, ""}
              .check() == errc::malformed_comment);
}

TEST_CASE("2 the answer of 2017 is in progress and has an error of its own") {
    wire::Answer answer;
    answer.body = R"({"id":"11111111-2222-4333-8444-555555555555",)"
                  R"("type":"CollectInvestigationPackage","requestor":"a@b",)"
                  R"("requestorComment":"why","status":"InProgress","error":"None",)"
                  R"("machineId":"00112233445566778899aabbccddeeff00112233",)"
                  R"("creationDateTimeUtc":"2017-12-04T12:09:24.1785079Z",)"
                  R"("lastUpdateTimeUtc":"2017-12-04T12:09:24.1785079Z"})";
    const auto action = wire::Codec<MachineAction>::decode(answer);
    REQUIRE(action);
    CHECK(action->status == MachineActionStatus::in_progress);
    CHECK(action->created == action->last_updated);
}

TEST_CASE("2 a machine where a collection runs is refused with 400") {
    CHECK(flow::error_of_status(400, "ActiveRequestAlreadyExists") == errc::already_running);
}

TEST_CASE("4 a live-response result is asked for by the number of its command") {
    CHECK(GetLiveResponseResultLink{collected_action, 3}.target() ==
          "/api/machineactions/11111111-2222-4333-8444-555555555555/"
          "GetLiveResponseResultDownloadLink(index=3)");
    CHECK(GetLiveResponseResultLink::application ==
          AnyOf{Permission::machine_read_all, Permission::machine_read_write_all});
    CHECK(GetLiveResponseResultLink::delegated == AnyOf{Permission::machine_live_response});
    CHECK(GetLiveResponseResultLink::quota == Quota{100, 1500});
    CHECK(GetLiveResponseResultLink::link_life == LinkLife::declared);
}

TEST_CASE("4 software vulnerabilities are exported for up to six hours") {
    check_export<ExportKind::software_vulnerabilities>(
        {"/api/machines/SoftwareVulnerabilitiesExport", vulnerability, vulnerability_of_user, 6});
}

TEST_CASE("4 software inventory is exported for up to six hours") {
    check_export<ExportKind::software_inventory>(
        {"/api/machines/SoftwareInventoryExport", software, software_of_user, 6});
}

TEST_CASE("4 secure configurations are exported for up to six hours") {
    check_export<ExportKind::secure_configurations>(
        {"/api/machines/SecureConfigurationsAssessmentExport", vulnerability, vulnerability_of_user,
         6});
}

TEST_CASE("4 the non-CPE inventory is exported for six hours by the newer text") {
    check_export<ExportKind::software_inventory_non_cpe>(
        {"/api/machines/SoftwareInventoryNonCpeExport", software, software_of_user, 6});
}

TEST_CASE("4 security baselines are exported with the permissions of their twin") {
    check_export<ExportKind::security_baselines>(
        {"/api/machines/BaselineComplianceAssessmentExport",
         AnyOf{Permission::security_baselines_assessment_read_all},
         AnyOf{Permission::security_baselines_assessment_read}, 6});
}

TEST_CASE("4 gathered information is exported with the limits of its own page") {
    check_export<ExportKind::information_gathering>(
        {"/api/machines/InfoGatheringExport", vulnerability, vulnerability_of_user, 6});
}

TEST_CASE("4 certificates are exported for up to 24 hours") {
    check_export<ExportKind::certificates>(
        {"/api/machines/certificateAssessmentExport", vulnerability, vulnerability_of_user, 24});
}

TEST_CASE("4 browser extensions are exported without a parameter") {
    check_export<ExportKind::browser_extensions>(
        {"/api/machines/browserextensionsinventoryExport", software, software_of_user, 0});
}

TEST_CASE("4 hardware and firmware are exported without a parameter") {
    check_export<ExportKind::hardware_firmware>(
        {"/api/machines/HardwareFirmwareInventoryExport", software, software_of_user, 0});
}

TEST_CASE("4 the hours of a link are asked for by their name without a dollar sign") {
    CHECK(GetExportFiles<ExportKind::information_gathering>{1}.target() ==
          "/api/machines/InfoGatheringExport?sasValidHours=1");
}

TEST_CASE("6 the commercial cloud has a new API host and the audience of the old one") {
    const Cloud& cloud = *find_cloud("commercial");
    CHECK(cloud.authority.url() == "https://login.microsoftonline.com");
    CHECK(cloud.api.url() == "https://api.security.microsoft.com");
    CHECK(cloud.audience == "https://api.securitycenter.microsoft.com");
}

TEST_CASE("6 each of the six regions has its host and the common audience") {
    for (const std::string region : {"us", "eu", "uk", "au", "swa", "ina"}) {
        CAPTURE(region);
        const Cloud* cloud = find_cloud(region);
        REQUIRE(cloud != nullptr);
        CHECK(cloud->api.url() == "https://" + region + ".api.security.microsoft.com");
        CHECK(cloud->authority.url() == "https://login.microsoftonline.com");
        CHECK(cloud->audience == "https://api.securitycenter.microsoft.com");
    }
}

TEST_CASE("6 GCC signs in at com and calls us and its own host is its audience") {
    const Cloud& cloud = *find_cloud("gcc");
    CHECK(cloud.authority.url() == "https://login.microsoftonline.com");
    CHECK(cloud.api.url() == "https://api-gcc.securitycenter.microsoft.us");
    CHECK(cloud.audience == "https://api-gcc.securitycenter.microsoft.us");
}

TEST_CASE("6 GCC High and DoD share their hosts") {
    for (const char* name : {"gcc-high", "dod"}) {
        const Cloud& cloud = *find_cloud(name);
        CHECK(cloud.authority.url() == "https://login.microsoftonline.us");
        CHECK(cloud.api.url() == "https://api-gov.securitycenter.microsoft.us");
        CHECK(cloud.audience == "https://api-gov.securitycenter.microsoft.us");
    }
}

TEST_CASE("6 China has no API host and so no row") {
    CHECK(find_cloud("china") == nullptr);
    for (const Cloud& cloud : clouds())
        CHECK(cloud.authority.host() != "login.partner.microsoftonline.cn");
}
