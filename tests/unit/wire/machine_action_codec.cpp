// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/machine_action_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

result<MachineAction> decode(std::string_view body) {
    Answer answer;
    answer.body = body;
    return Codec<MachineAction>::decode(answer);
}

result<MachineActionPage> decode_page(std::string_view body) {
    Answer answer;
    answer.body = body;
    return Codec<MachineActionPage>::decode(answer);
}

/// The three members that are always there, and more.
std::string minimal(std::string_view more = "") {
    return R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate","status":"Pending")" +
           std::string(more.empty() ? "" : ",") + std::string(more) + "}";
}

UtcTime at(std::string_view text) { return *parse_date(text); }

constexpr std::string_view doc_like = R"({"id":"11111111-2222-4333-8444-555555555555",
 "type":"CollectInvestigationPackage","scope":null,
 "requestor":"analyst@example.com","requestorComment":"why","status":"Succeeded",
 "machineId":"00112233445566778899aabbccddeeff00112233","computerDnsName":"ws-1",
 "creationDateTimeUtc":"2024-05-01T10:00:00.1234567Z",
 "lastUpdateDateTimeUtc":"2024-05-01T10:02:31.5511934Z","relatedFileInfo":null})";

constexpr std::string_view recorded =
    R"({"@odata.context":"https://api.example/api/$metadata#MachineActions/$entity",)"
    R"("id":"11111111-2222-4333-8444-555555555555","type":"CollectInvestigationPackage",)"
    R"("title":null,"requestor":"App name","requestorComment":"why","status":"Pending",)"
    R"("machineId":"00112233445566778899aabbccddeeff00112233","computerDnsName":"ws-1",)"
    R"("creationDateTimeUtc":"2024-01-24T01:36:28.7283693Z",)"
    R"("lastUpdateDateTimeUtc":"2024-01-24T01:36:28.7283702Z",)"
    R"("cancellationRequestor":null,"cancellationComment":null,"cancellationDateTimeUtc":null,)"
    R"("errorHResult":0,"scope":null,"externalId":null,"requestSource":"PublicApi",)"
    R"("relatedFileInfo":null,"commands":[],"troubleshootInfo":null})";

MachineAction full() {
    MachineAction action;
    action.id = "11111111-2222-4333-8444-555555555555"_machine_action;
    action.type = MachineActionType::live_response;
    action.status = MachineActionStatus::cancelled;
    action.title = "t";
    action.scope = "Full";
    action.requestor = "a@b";
    action.requestor_comment = "line\n\"quoted\" \xc3\xa9";
    action.machine_id = "odd";
    action.computer_dns_name = "ws-1";
    action.created = at("2024-01-24T01:36:28.7283693Z");
    action.last_updated = at("2024-01-24T01:36:28.7283702Z");
    action.cancellation_requestor = "c";
    action.cancellation_comment = "";
    action.cancelled_at = at("2024-01-24T01:36:29Z");
    action.external_id = "e";
    action.request_source = "PublicApi";
    action.related_file = RelatedFileInfo{"abc", "Sha1"};
    action.commands = {{0,
                        at("2024-01-24T01:36:28Z"),
                        std::nullopt,
                        "Completed",
                        {"x", "y"},
                        "RunScript",
                        {{"ScriptName", "s.ps1"}, {"Args", ""}}},
                       {1, std::nullopt, std::nullopt, "Created", {}, "GetFile", {}}};
    action.error_hresult = -2147024891;
    return action;
}

} // namespace

TEST_CASE("the documented object is read") {
    const auto action = decode(doc_like);
    REQUIRE(action);
    CHECK(action->id == "11111111-2222-4333-8444-555555555555"_machine_action);
    CHECK(action->type == MachineActionType::collect_investigation_package);
    CHECK(action->status == MachineActionStatus::succeeded);
    CHECK(action->requestor == "analyst@example.com");
    CHECK(action->requestor_comment == "why");
    CHECK(action->machine_id == "00112233445566778899aabbccddeeff00112233");
    CHECK(action->computer_dns_name == "ws-1");
    CHECK(action->created == at("2024-05-01T10:00:00.1234567Z"));
    CHECK(action->last_updated == at("2024-05-01T10:02:31.5511934Z"));
    CHECK_FALSE(action->scope);
    CHECK_FALSE(action->related_file);
    CHECK_FALSE(action->error_hresult);
    CHECK(action->commands.empty());
}

TEST_CASE("the recorded object is read and written in the recorded order byte for byte") {
    const auto action = decode(recorded);
    REQUIRE(action);
    CHECK(action->status == MachineActionStatus::pending);
    CHECK(*action->last_updated - *action->created == Ticks(9));
    CHECK(action->error_hresult == 0);
    CHECK(action->request_source == "PublicApi");
    CHECK(Codec<MachineAction>::encode(*action, "https://api.example") == recorded);
}

TEST_CASE("an action with every field survives being written and read") {
    const MachineAction action = full();
    const auto back = decode(Codec<MachineAction>::encode(action, "https://h"));
    REQUIRE(back);
    CHECK(*back == action);
    MachineAction least;
    least.id = action.id;
    least.type = MachineActionType::offboard;
    least.status = MachineActionStatus::in_progress;
    const auto least_back = decode(Codec<MachineAction>::encode(least, "https://h"));
    REQUIRE(least_back);
    CHECK(*least_back == least);
}

TEST_CASE("all types and statuses survive being written and read") {
    for (const auto& type : machine_action_types.rows)
        for (const auto& status : machine_action_statuses.rows) {
            MachineAction action;
            action.id = "11111111-2222-4333-8444-555555555555"_machine_action;
            action.type = type.value;
            action.status = status.value;
            const auto back = decode(Codec<MachineAction>::encode(action, ""));
            REQUIRE(back);
            CHECK(*back == action);
        }
}

TEST_CASE("values that nobody knows yet are kept and written back") {
    const auto action = decode(
        R"({"id":"11111111-2222-4333-8444-555555555555","type":"Defrost","status":"Paused"})");
    REQUIRE(action);
    CHECK(action->type == MachineActionType::unknown);
    CHECK(action->type.unknown_text() == "Defrost");
    CHECK(action->status.unknown_text() == "Paused");
    CHECK_FALSE(is_terminal(action->status));
    CHECK(*decode(Codec<MachineAction>::encode(*action, "")) == *action);
}

TEST_CASE("both spellings of each clashing name are read and the documented one wins") {
    CHECK(decode(minimal(R"("lastUpdateTimeUtc":"2024-05-01T10:00:00Z")"))->last_updated ==
          at("2024-05-01T10:00:00Z"));
    CHECK(decode(minimal(R"("lastUpdateTimeUtc":"2024-05-01T10:00:00Z",)"
                         R"("lastUpdateDateTimeUtc":"2024-05-01T11:00:00Z")"))
              ->last_updated == at("2024-05-01T11:00:00Z"));
    CHECK(decode(minimal(R"("lastUpdateTimeUtc":"2024-05-01T10:00:00Z",)"
                         R"("lastUpdateDateTimeUtc":null)"))
              ->last_updated == at("2024-05-01T10:00:00Z"));
    CHECK(decode(minimal(R"("externalID":"x")"))->external_id == "x");
    CHECK(decode(minimal(R"("externalID":"x","externalId":"y")"))->external_id == "y");
    for (const char* status : {"Cancelled", "Canceled", "canceled"})
        CHECK(decode(R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate","status":")" +
                     std::string(status) + "\"}")
                  ->status == MachineActionStatus::cancelled);
}

TEST_CASE("everything but id and type and status may be null or missing") {
    const auto least = decode(minimal());
    REQUIRE(least);
    const auto nulls = decode(minimal(
        R"("title":null,"scope":null,"requestor":null,"requestorComment":null,"machineId":null,)"
        R"("computerDnsName":null,"creationDateTimeUtc":null,"lastUpdateDateTimeUtc":null,)"
        R"("cancellationRequestor":null,"cancellationComment":null,"cancellationDateTimeUtc":null,)"
        R"("externalId":null,"requestSource":null,"relatedFileInfo":null,"commands":null,)"
        R"("errorHResult":null,"troubleshootInfo":null)"));
    REQUIRE(nulls);
    CHECK(*nulls == *least);
    for (const char* body :
         {"{}", R"({"id":"11111111-2222-4333-8444-555555555555"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","status":"Pending"})",
          R"({"type":"Isolate","status":"Pending"})",
          R"({"id":null,"type":"Isolate","status":"Pending"})",
          R"({"id":"","type":"Isolate","status":"Pending"})",
          R"({"id":7,"type":"Isolate","status":"Pending"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","type":null,"status":"Pending"})",
          R"({"id":"11111111-2222-4333-8444-555555555555","type":"Isolate","status":null})",
          R"({"id":"11111111-2222-4333-8444-555555555555","type":1,"status":"Pending"})",
          R"({"actionId":"11111111-2222-4333-8444-555555555555","type":"x","status":"y"})"}) {
        CAPTURE(body);
        CHECK(decode(body).error() == errc::malformed_answer);
    }
}

TEST_CASE("an id of an undocumented form is kept but not one beyond the bound") {
    const auto with_id = [](const std::string& id) {
        return decode(R"({"id":")" + id + R"(","type":"Isolate","status":"Pending"})");
    };
    CHECK(with_id("m-7/..")->id.segment() == "m-7%2F%2E%2E");
    CHECK(with_id("11111111-2222-4333-8444-55555555555A")->id.text() ==
          "11111111-2222-4333-8444-55555555555a");
    CHECK(with_id(std::string(64, 'x')));
    CHECK(with_id(std::string(65, 'x')).error() == errc::malformed_answer);
}

TEST_CASE("the year 1 means that there is no date") {
    const auto action = decode(minimal(R"("cancellationDateTimeUtc":"0001-01-01T00:00:00Z",)"
                                       R"("creationDateTimeUtc":"0001-12-31T23:59:59.9999999Z",)"
                                       R"("lastUpdateDateTimeUtc":"0002-01-01T00:00:00Z")"));
    REQUIRE(action);
    CHECK_FALSE(action->cancelled_at);
    CHECK_FALSE(action->created);
    CHECK(action->last_updated);
}

TEST_CASE("a member of the wrong type makes the answer unreadable") {
    for (const char* member : {R"("title":7)",
                               R"("requestor":{})",
                               R"("requestorComment":[])",
                               R"("machineId":7)",
                               R"("creationDateTimeUtc":0)",
                               R"("creationDateTimeUtc":"soon")",
                               R"("lastUpdateDateTimeUtc":"")",
                               R"("errorHResult":"0x1")",
                               R"("errorHResult":1.5)",
                               R"("relatedFileInfo":"x")",
                               R"("relatedFileInfo":{"fileIdentifier":7})",
                               R"("commands":{})",
                               R"("commands":"x")",
                               R"("commands":[{"index":"x"}])",
                               R"("commands":[{"errors":[7]}])",
                               R"("commands":[{"errors":{}}])",
                               R"("commands":[{"startTime":"x"}])",
                               R"("commands":[{"command":"x"}])",
                               R"("commands":[{"command":{"params":[7]}}])",
                               R"("commands":[{"command":{"params":[{"key":7}]}}])",
                               R"("commands":[{"command":{"type":7}}])"}) {
        CAPTURE(member);
        CHECK(decode(minimal(member)).error() == errc::malformed_answer);
    }
}

TEST_CASE("commands that are plain words are passed over") {
    const auto action = decode(minimal(R"("commands":["PutFile",{"index":3},"RunScript",null,7])"));
    REQUIRE(action);
    REQUIRE(action->commands.size() == 1);
    CHECK(action->commands[0].index == 3);
}

TEST_CASE("members named twice and texts that are no objects are refused") {
    CHECK(decode(minimal(R"("status":"Failed")")).error() == errc::duplicate_member);
    CHECK(decode("[]").error() == errc::malformed_answer);
    CHECK(decode("null").error() == errc::malformed_answer);
    CHECK(decode("").error() == errc::malformed_answer);
    CHECK(decode(minimal() + " ").has_value());
    CHECK(decode(minimal() + "x").error() == errc::malformed_answer);
    CHECK(decode(std::string(1024 * 1024 + 1, ' ')).error() == errc::answer_too_large);
}

TEST_CASE("a page of actions survives being written and read") {
    MachineActionPage page;
    CHECK(*decode_page(Codec<MachineActionPage>::encode(page, "https://h")) == page);
    page.actions = {full(), full()};
    page.actions[1].title.reset();
    page.next_link = "https://other.example/api/machineactions?$skip=2";
    const std::string body = Codec<MachineActionPage>::encode(page, "https://h");
    CHECK(body.starts_with(R"({"@odata.context":"https://h/api/$metadata#MachineActions",)"));
    const auto back = decode_page(body);
    REQUIRE(back);
    CHECK(*back == page);
}

TEST_CASE("a page is refused if it is no page or one of its actions is none") {
    for (const char* body :
         {"{}", R"({"value":null})", R"({"value":{}})", R"({"value":[7]})", R"({"value":[{}]})",
          R"({"value":[null]})", R"([])", R"({"value":[],"@odata.nextLink":7})", ""}) {
        CAPTURE(body);
        CHECK(decode_page(body).error() == errc::malformed_answer);
    }
    CHECK(decode_page(R"({"value":[],"value":[]})").error() == errc::duplicate_member);
    CHECK(decode_page(R"({"value":[]})")->actions.empty());
    CHECK(decode_page("{\"value\":[" + minimal() + "]}")->actions.size() == 1);
}
