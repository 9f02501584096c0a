// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT section 10: where pages and answers disagree, or mislead, one case each.
#include <mde/flow/classify.hpp>
#include <mde/flow/download_check.hpp>
#include <mde/flow/retry.hpp>
#include <mde/model/cloud.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/wire/export_files_codec.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/package_uri_codec.hpp>
#include <mde/wire/route_match.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

result<MachineAction> read_action(std::string_view body) {
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<MachineAction>::decode(answer);
}

/// An action with its three certain members and `more`.
result<MachineAction> action_with(std::string_view more) {
    return read_action(
        R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate","status":"Pending",)" +
        std::string(more) + "}");
}

MachineActionStatus status_of(std::string_view status) {
    const auto action =
        read_action(R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate","status":")" +
                    std::string(status) + R"("})");
    return action ? action->status.value() : MachineActionStatus::unknown;
}

error_code link_refusal(std::string_view body) {
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<PackageUri>::decode(answer).error();
}

Ticks fraction_of(std::string_view text) {
    const UtcTime utc = *wire::parse_date(text);
    return utc - std::chrono::floor<std::chrono::seconds>(utc);
}

} // namespace

TEST_CASE("10.1 machine ids are 40 hex and in some pages 32") {
    CHECK(MachineId::parse("00112233445566778899aabbccddeeff00112233"));
    CHECK(MachineId::parse("fb9ab6be3965095a09c057be7c90f0a2"));
    CHECK_FALSE(MachineId::parse("11111111-2222-4333-8444-555555555555x"));
}

TEST_CASE("10.1 action ids are GUIDs and in the page's example 40 hex") {
    CHECK(MachineActionId::parse("11111111-2222-4333-8444-555555555555"));
    CHECK(MachineActionId::parse("7327b54fd718525cbca07dacde913b5ac3c85673"));
}

TEST_CASE("10.1 the service's refusal of a 40 hex action id is final") {
    CHECK(flow::error_of_status(400, "BadRequest") == errc::request_refused);
    CHECK(flow::error_of_status(400, "BadRequest") == condition::give_up);
}

TEST_CASE("10.2 a link is unwrapped at most once and lone quotes are refused") {
    CHECK_FALSE(link_refusal(R"({"value":"https://h/p"})"));
    CHECK_FALSE(link_refusal(R"({"value":"\"https://h/p\""})"));
    CHECK(link_refusal(R"({"value":"\"\\\"https://h/p\\\"\""})") == errc::malformed_link);
    CHECK(link_refusal(R"({"value":"\"https://h/p"})") == errc::malformed_answer);
    CHECK(link_refusal(R"({"value":"https://h/p\""})") == errc::malformed_link);
}

TEST_CASE("10.3 a token's lower-case escapes and the explicit port are kept") {
    constexpr std::string_view link = "https://h:443/p.zip?token=a%2fb%2bc%3b%3d%3d";
    auto uri = wire::adopt_link(Secret(link), Now());
    REQUIRE(uri);
    const auto live = std::move(*uri).redeem(MonotonicTime());
    REQUIRE(live);
    CHECK(live->expose_url() == link);
    CHECK(live->expose_target() == "/p.zip?token=a%2fb%2bc%3b%3d%3d");
}

TEST_CASE("10.4 a 404 says the same for each of its causes") {
    for (const char* code : {"NotFound", "ResourceNotFound", ""})
        CHECK(flow::error_of_status(404, code) == errc::not_found);
}

TEST_CASE("10.5 dates have seven and six and five and three and two and no fraction digits") {
    CHECK(fraction_of("2024-01-24T01:36:28.7283693Z") == Ticks(7283693));
    CHECK(fraction_of("2024-01-24T01:36:19.610309Z") == Ticks(6103090));
    CHECK(fraction_of("2024-01-24T01:36:41.93163Z") == Ticks(9316300));
    CHECK(fraction_of("2024-01-24T01:36:41.931Z") == Ticks(9310000));
    CHECK(fraction_of("2024-01-24T01:36:41.93Z") == Ticks(9300000));
    CHECK(fraction_of("2024-01-24T01:36:41Z") == Ticks(0));
}

TEST_CASE("10.5 dates of sibling calls have a space and no zone or an offset") {
    CHECK(wire::parse_date("2020-12-30 14:17:26") == wire::parse_date("2020-12-30T14:17:26Z"));
    CHECK(wire::parse_date("2021-01-11 09:47:58.854") ==
          wire::parse_date("2021-01-11T09:47:58.854Z"));
    CHECK(wire::parse_date("2021-01-11T09:47:58+00:00") ==
          wire::parse_date("2021-01-11T09:47:58Z"));
}

TEST_CASE("10.5 the year 1 means none") {
    const auto action = action_with(R"("creationDateTimeUtc":"0001-01-01T00:00:00Z")");
    REQUIRE(action);
    CHECK_FALSE(action->created);
}

TEST_CASE("10.5 two dates that differ by single ticks differ") {
    const auto action = action_with(R"("creationDateTimeUtc":"2024-01-24T01:36:28.7283693Z",)"
                                    R"("lastUpdateDateTimeUtc":"2024-01-24T01:36:28.7283694Z")");
    REQUIRE(action);
    CHECK(*action->last_updated - *action->created == Ticks(1));
}

TEST_CASE("10.6 the last update has two names and the long one counts") {
    const auto old = action_with(R"("lastUpdateTimeUtc":"2024-01-24T01:36:28Z")");
    REQUIRE(old);
    CHECK(old->last_updated == *wire::parse_date("2024-01-24T01:36:28Z"));
    const auto both = action_with(R"("lastUpdateTimeUtc":"2024-01-24T01:36:28Z",)"
                                  R"("lastUpdateDateTimeUtc":"2024-01-24T01:36:29Z")");
    REQUIRE(both);
    CHECK(both->last_updated == *wire::parse_date("2024-01-24T01:36:29Z"));
    CHECK(wire::Codec<MachineAction>::encode(*both, "").find("lastUpdateTimeUtc") ==
          std::string::npos);
}

TEST_CASE("10.6 cancelled has two spellings") {
    CHECK(status_of("Cancelled") == MachineActionStatus::cancelled);
    CHECK(status_of("Canceled") == MachineActionStatus::cancelled);
    CHECK(wire::machine_action_statuses.name_of(MachineActionStatus::cancelled) == "Cancelled");
}

TEST_CASE("10.6 the external id has two spellings") {
    CHECK(action_with(R"("externalId":"x")")->external_id == "x");
    CHECK(action_with(R"("externalID":"x")")->external_id == "x");
}

TEST_CASE("10.6 all six statuses are read and a new one is kept") {
    CHECK(status_of("Pending") == MachineActionStatus::pending);
    CHECK(status_of("InProgress") == MachineActionStatus::in_progress);
    CHECK(status_of("Succeeded") == MachineActionStatus::succeeded);
    CHECK(status_of("Failed") == MachineActionStatus::failed);
    CHECK(status_of("TimeOut") == MachineActionStatus::time_out);
    CHECK(status_of("Resting") == MachineActionStatus::unknown);
    CHECK_FALSE(is_terminal(MachineActionStatus::unknown));
}

TEST_CASE("10.7 every member but three may be null or missing") {
    const auto least = action_with(R"("x":0)");
    const auto nulls = action_with(
        R"("title":null,"requestor":null,"requestorComment":null,"machineId":null,)"
        R"("computerDnsName":null,"creationDateTimeUtc":null,"lastUpdateDateTimeUtc":null,)"
        R"("cancellationRequestor":null,"cancellationComment":null,"cancellationDateTimeUtc":null,)"
        R"("errorHResult":null,"scope":null,"externalId":null,"requestSource":null,)"
        R"("relatedFileInfo":null,"commands":null,"troubleshootInfo":null)");
    REQUIRE(least);
    REQUIRE(nulls);
    CHECK(*least == *nulls);
    for (const char* missing :
         {R"({"type":"Isolate","status":"Pending"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","status":"Pending"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate"})"})
        CHECK(read_action(missing).error() == errc::malformed_answer);
}

TEST_CASE("10.7 unknown members and types are borne") {
    const auto action = read_action(
        R"({"id":"11111111-2222-4333-8444-555555555555","type":"Dance","status":"Pending",)"
        R"("future":{"a":[1]}})");
    REQUIRE(action);
    CHECK(action->type == MachineActionType::unknown);
    CHECK(action->type.unknown_text() == "Dance");
}

TEST_CASE("10.8 the host of the context is not looked at") {
    for (const char* host : {"api-eu.securitycenter.windows.com", "127.0.0.1", "api-df.example"})
        CHECK(action_with(R"("@odata.context":"https://)" + std::string(host) + R"(/x")"));
    CHECK(action_with(R"("@odata.context":7)"));
}

TEST_CASE("10.9 routes are matched without regard to case") {
    CHECK(wire::match_route(GetPackageUri::route, "/API/MachineActions/x/GETPACKAGEURI") == "x");
    CHECK(wire::match_route(GetPackageUri::route, "/api/v1.0/machineactions/x/GetPackageUri") ==
          "x");
}

TEST_CASE("10.9 the client writes the documented case in paths and bodies") {
    CHECK(GetPackageUri{"11111111-2222-4333-8444-555555555555"_machine_action}
              .target()
              .view()
              .ends_with("/getPackageUri"));
    CHECK(comment_body("why") == R"({"Comment":"why"})");
}

TEST_CASE("10.9 names in bodies are case-sensitive") {
    CHECK(action_with(R"("RequestorComment":"x")")->requestor_comment == std::nullopt);
    CHECK(link_refusal(R"({"Value":"https://h/p"})") == errc::malformed_answer);
}

TEST_CASE("10.10 samples that are no JSON are refused") {
    for (const char* sample :
         {R"({"id":"x" "y"})", R"({id:"x"})", R"({"id":"x",})", R"(json{"id":"x"})"})
        CHECK(read_action(sample).error() == errc::malformed_answer);
}

TEST_CASE("10.11 a media type may have parameters and any case") {
    for (const char* type : {"application/json", "application/json; charset=utf-8",
                             "application/json; odata.metadata=minimal; odata.streaming=true; "
                             "charset=utf-8",
                             "Application/JSON ;x=y"})
        CHECK(flow::is_refused_media_type(type, ContentKind::zip));
    for (const char* type : {"application/zip; name=x", "application/jsonx", ""})
        CHECK_FALSE(flow::is_refused_media_type(type, ContentKind::zip));
}

TEST_CASE("10.12 any 2xx is a success") {
    for (const unsigned status : {200u, 201u, 202u, 204u, 299u})
        CHECK_FALSE(flow::error_of_status(status, ""));
}

TEST_CASE("10.13 a Retry-After beyond the deadline is not waited for") {
    flow::Retry retry(RetryPolicy(), MonotonicTime(60s), 1);
    CHECK_FALSE(retry.next(Duration(3600s), MonotonicTime()));
    flow::Retry patient(RetryPolicy(), no_deadline, 1);
    const auto wait = patient.next(Duration(3600s), MonotonicTime());
    REQUIRE(wait);
    CHECK(*wait >= 3600s);
}

TEST_CASE("10.14 GCC signs in at com and calls us") {
    CHECK(find_cloud("gcc")->authority.host() == "login.microsoftonline.com");
    CHECK(find_cloud("gcc")->api.host() == "api-gcc.securitycenter.microsoft.us");
}

TEST_CASE("10.15 a mock's 400 for an unfinished action is a refused request") {
    CHECK(flow::error_of_status(400, "ActionNotCompleted") == errc::request_refused);
}

TEST_CASE("10.15 a mock's fileInstances are no link and no export") {
    constexpr std::string_view body =
        R"({"fileInstances":[{"uri":"https://h/p","expiry":"2024-05-02T00:00:00Z"}]})";
    CHECK(link_refusal(body) == errc::malformed_answer);
    wire::Answer answer;
    answer.body = body;
    CHECK(wire::Codec<ExportFiles>::decode(answer).error() == errc::malformed_answer);
}

TEST_CASE("10.15 a mock's actionId in place of id is refused") {
    CHECK(read_action(R"({"actionId":"11111111-2222-4333-8444-555555555555","type":"Isolate",)"
                      R"("status":"Pending"})")
              .error() == errc::malformed_answer);
}
