// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT sections 1 to 4: each recorded or documented answer, as the client reads it and, for
// what the service side writes, as it is written.
#include <mde/flow/classify.hpp>
#include <mde/wire/export_files_codec.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/odata.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include "support/data.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace std::chrono_literals;

namespace {

const Now asked_at{MonotonicTime(1000s),
                   UtcTime(std::chrono::sys_days(std::chrono::year(2021) / 1 / 11) + 12h)};

template <class T>
result<T> decoded(std::string_view body, LinkLife life = LinkLife::assumed) {
    wire::Answer answer;
    answer.body = body;
    answer.sent = asked_at;
    answer.life = life;
    return wire::Codec<T>::decode(answer);
}

std::string url_of(result<PackageUri> uri) {
    if (!uri) return uri.error().message();
    const auto live = std::move(*uri).redeem(asked_at.monotonic);
    return live ? std::string(live->expose_url()) : live.error().message();
}

UtcTime date(std::string_view text) { return *wire::parse_date(text); }

constexpr std::string_view document_a = R"({"id":"11111111-2222-4333-8444-555555555555",
 "type":"CollectInvestigationPackage","scope":null,
 "requestor":"analyst@example.com","requestorComment":"why","status":"Succeeded",
 "machineId":"00112233445566778899aabbccddeeff00112233","computerDnsName":"ws-1",
 "creationDateTimeUtc":"2024-05-01T10:00:00.1234567Z",
 "lastUpdateDateTimeUtc":"2024-05-01T10:02:31.5511934Z","relatedFileInfo":null})";

constexpr std::string_view document_b =
    R"({"@odata.context":"https://api.securitycenter.microsoft.com/api/$metadata#MachineActions/)"
    R"($entity","id":"11111111-2222-4333-8444-555555555555",)"
    R"("type":"CollectInvestigationPackage","title":null,"requestor":"App name",)"
    R"("requestorComment":"why","status":"Pending",)"
    R"("machineId":"00112233445566778899aabbccddeeff00112233","computerDnsName":"ws-1",)"
    R"("creationDateTimeUtc":"2024-01-24T01:36:28.7283693Z",)"
    R"("lastUpdateDateTimeUtc":"2024-01-24T01:36:28.7283702Z","cancellationRequestor":null,)"
    R"("cancellationComment":null,"cancellationDateTimeUtc":null,"errorHResult":0,"scope":null,)"
    R"("externalId":null,"requestSource":"PublicApi","relatedFileInfo":null,"commands":[],)"
    R"("troubleshootInfo":null})";

} // namespace

TEST_CASE("1.2 the page's answer holds its link in two layers of quotes") {
    const std::string link = test_support::read_data("get-package-sas-uri.link");
    const bool same =
        url_of(decoded<PackageUri>(test_support::read_data("get-package-sas-uri.json"))) == link;
    CHECK(same);
    CHECK(link.size() == 1720);
}

TEST_CASE("1.2 the integrations' answer holds the bare link") {
    CHECK(
        url_of(decoded<PackageUri>(R"({"@odata.context":"x","value":"https://h:443/p?t=%2f"})")) ==
        "https://h:443/p?t=%2f");
}

TEST_CASE("1.3 an id of another type of action is InvalidInput") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"InvalidInput","message":"Provided Guid is not a valid id for a )"
        R"(CollectInvestigationPackage action","target":"|76dce355-471ae6d819782413."}})");
    CHECK(error.code == "InvalidInput");
    CHECK(error.message ==
          "Provided Guid is not a valid id for a CollectInvestigationPackage action");
    CHECK(flow::error_of_status(400, error.code) == errc::request_refused);
}

TEST_CASE("1.3 an id that is no GUID is BadRequest") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"BadRequest","message":"The key value '7327' is not valid, it should )"
        R"(be of type 'Edm.Guid'","target":"t"}})");
    CHECK(error.code == "BadRequest");
    CHECK(flow::error_of_status(400, error.code) == errc::request_refused);
}

TEST_CASE("1.3 a wrong verb is NotFound and its message names the resource") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"NotFound","message":"No HTTP resource was found that matches the )"
        R"(request URI 'https://api.example/x'.","target":"t"}})");
    CHECK(error.code == "NotFound");
    CHECK(flow::error_of_status(404, error.code) == errc::not_found);
}

TEST_CASE("1.3 a missing permission is Forbidden and its message names the permissions") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"Forbidden","message":"The application does not have any of the )"
        R"(required application permissions (Machine.Read.All, Machine.ReadWrite.All) to access )"
        R"(the resource","target":"t"}})");
    CHECK(flow::error_of_status(403, error.code) == errc::forbidden);
    CHECK(flow::safe_message(error.message, {}) == error.message);
}

TEST_CASE("3.2 A the fields of the page's example are read") {
    const auto action = decoded<MachineAction>(document_a);
    REQUIRE(action);
    CHECK(action->id.text() == "11111111-2222-4333-8444-555555555555");
    CHECK(action->type == MachineActionType::collect_investigation_package);
    CHECK(action->status == MachineActionStatus::succeeded);
    CHECK(action->requestor == "analyst@example.com");
    CHECK(action->requestor_comment == "why");
    CHECK(action->created == date("2024-05-01T10:00:00.1234567Z"));
    CHECK(action->last_updated == date("2024-05-01T10:02:31.5511934Z"));
    CHECK_FALSE(action->error_hresult);
    CHECK_FALSE(action->request_source);
}

TEST_CASE("3.2 B a recorded fresh action is read whole") {
    const auto action = decoded<MachineAction>(document_b);
    REQUIRE(action);
    CHECK(action->status == MachineActionStatus::pending);
    CHECK(action->requestor == "App name");
    CHECK(action->machine_id == "00112233445566778899aabbccddeeff00112233");
    CHECK(action->computer_dns_name == "ws-1");
    CHECK(action->error_hresult == 0);
    CHECK(action->request_source == "PublicApi");
    CHECK(action->commands.empty());
    CHECK(*action->last_updated - *action->created == Ticks(9));
}

TEST_CASE("3.2 B a fresh action is written in the recorded order byte for byte") {
    CHECK(wire::Codec<MachineAction>::encode(*decoded<MachineAction>(document_b),
                                             "https://api.securitycenter.microsoft.com") ==
          document_b);
}

TEST_CASE("3.2 the context of a list is MachineActions") {
    const std::string page =
        wire::Codec<MachineActionPage>::encode({}, "https://api.securitycenter.microsoft.com");
    CHECK(page == R"({"@odata.context":"https://api.securitycenter.microsoft.com/api/)"
                  R"($metadata#MachineActions","value":[]})");
}

TEST_CASE("3.3 the commands of a live response are read in all three states") {
    const auto action = decoded<MachineAction>(
        R"({"id":"11111111-2222-4333-8444-555555555555","type":"LiveResponse","status":"Failed",)"
        R"("commands":[)"
        R"({"index":0,"startTime":null,"endTime":"2021-02-04T15:36:35.3Z",)"
        R"("commandStatus":"Completed","errors":[],"command":{"type":"PutFile",)"
        R"("params":[{"key":"FileName","value":"a.txt"}]}},)"
        R"({"index":1,"startTime":"2021-02-04T15:36:35.3Z","endTime":null,)"
        R"("commandStatus":"Failed","errors":["e1","e2"],"command":{"type":"RunScript",)"
        R"("params":[{"key":"ScriptName","value":"s.ps1"},{"key":"Args","value":"-x"}]}},)"
        R"({"index":2,"startTime":null,"endTime":null,"commandStatus":"Created","errors":[],)"
        R"("command":{"type":"GetFile","params":[{"key":"Path","value":"C:\\a"}]}}]})");
    REQUIRE(action);
    REQUIRE(action->commands.size() == 3);
    CHECK(action->commands[0].command_status == "Completed");
    CHECK(action->commands[0].type == "PutFile");
    CHECK(action->commands[0].parameters == std::vector<CommandParameter>{{"FileName", "a.txt"}});
    CHECK(action->commands[0].end_time == date("2021-02-04T15:36:35.3Z"));
    CHECK(action->commands[1].command_status == "Failed");
    CHECK(action->commands[1].errors == std::vector<std::string>{"e1", "e2"});
    CHECK(action->commands[1].parameters.size() == 2);
    CHECK(action->commands[2].index == 2);
    CHECK(action->commands[2].type == "GetFile");
    CHECK(action->commands[2].parameters == std::vector<CommandParameter>{{"Path", "C:\\a"}});
}

TEST_CASE("3.3 commands given as plain words are passed over") {
    const auto action = decoded<MachineAction>(
        R"({"id":"11111111-2222-4333-8444-555555555555","type":"LiveResponse",)"
        R"("status":"Succeeded","commands":["PutFile","RunScript"]})");
    REQUIRE(action);
    CHECK(action->commands.empty());
}

TEST_CASE("4 the export envelope is read and its links declare their own ends") {
    constexpr std::string_view link =
        "https://acct.blob.core.windows.net/tvm/part-0.c000.json.gz?sv=2019-12-12&"
        "st=2021-01-11T11%3A55%3A51Z&se=2021-01-11T14%3A55%3A51Z&sr=b&sp=r&sig=a%2Bb%2Fc%3D";
    const auto files = decoded<ExportFiles>(
        R"({"@odata.context":"https://api.securitycenter.microsoft.com/api/$metadata#microsoft.)"
        R"(windowsDefenderATP.api.ExportFilesResponse","exportFiles":[")" +
            std::string(link) + R"("],"generatedTime":"2021-01-11T11:01:00Z"})",
        LinkLife::declared);
    REQUIRE(files);
    CHECK(files->generated == date("2021-01-11T11:01:00Z"));
    REQUIRE(files->files.size() == 1);
    CHECK(files->files[0].expires_at() - asked_at.monotonic == 2h + 55min + 51s);
    CHECK(files->files[0].host() == "acct.blob.core.windows.net");
}

TEST_CASE("4 a recorded export link lives three hours though the page says one") {
    constexpr std::string_view target = "/p?sv=2019-12-12&st=2021-01-11T11%3A55%3A51Z&"
                                        "se=2021-01-11T14%3A55%3A51Z&sr=b&sp=r&sig=x";
    const auto value = [&](std::string_view name) {
        return date(
            *wire::percent_decoded(*wire::query_value(target, name), wire::PlusSign::is_plus));
    };
    CHECK(value("se") - value("st") == 3h);
}

TEST_CASE("4 the live-response link is bare and keeps the raw slash of its signature") {
    constexpr std::string_view link =
        "https://core.windows.net/x/result?se=2021-02-04T16%3A20%3A42Z"
        "&sp=r&sv=2020-06-12&sr=b&sig=a/b%2Bc%3D";
    auto uri = decoded<PackageUri>(
        R"({"@odata.context":"https://api.securitycenter.microsoft.com/api/$metadata#Edm.String",)"
        R"("value":")" +
            std::string(link) + R"("})",
        LinkLife::declared);
    REQUIRE(uri);
    CHECK(uri->expires_at() - asked_at.monotonic == date("2021-02-04T16:20:42Z") - asked_at.utc);
    CHECK(url_of(std::move(uri)) == link);
}
