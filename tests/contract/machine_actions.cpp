// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT section 3: each field of the machine action resource and each call that answers with
// one, as the client reads and asks for them.
#include <mde/flow/classify.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/percent.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

using namespace mde;
using namespace mde::literals;

namespace {

/// An action of which only `members` matter; they may hold a type and a status of their own.
result<MachineAction> resource(std::string_view members, std::string_view type = "Isolate",
                               std::string_view status = "Pending") {
    const std::string body = R"({"id":"11111111-2222-4333-8444-555555555555","type":")" +
                             std::string(type) + R"(","status":")" + std::string(status) + "\"," +
                             std::string(members) + "}";
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<MachineAction>::decode(answer);
}

/// The filter as the service reads it.
std::string sent_filter(const ListMachineActions& request) {
    const auto target = request.target();
    const auto raw = wire::query_value(target, "$filter");
    return raw ? wire::percent_decoded(*raw, wire::PlusSign::is_space).value() : "";
}

constexpr auto an_action = "11111111-2222-4333-8444-555555555555"_machine_action;
constexpr auto a_machine = "00112233445566778899aabbccddeeff00112233"_machine;

} // namespace

TEST_CASE("3.1 an id is a lower-case GUID") {
    CHECK(resource(R"("x":0)")->id == an_action);
    CHECK(resource(R"("x":0)")->id.text() == "11111111-2222-4333-8444-555555555555");
}

TEST_CASE("3.1 each of the nine types is read by its own name") {
    using enum MachineActionType;
    constexpr std::array<std::pair<std::string_view, MachineActionType>, 9> rows{
        {{"RunAntiVirusScan", run_anti_virus_scan},
         {"Offboard", offboard},
         {"LiveResponse", live_response},
         {"CollectInvestigationPackage", collect_investigation_package},
         {"Isolate", isolate},
         {"Unisolate", unisolate},
         {"StopAndQuarantineFile", stop_and_quarantine_file},
         {"RestrictCodeExecution", restrict_code_execution},
         {"UnrestrictCodeExecution", unrestrict_code_execution}}};
    for (const auto& [name, type] : rows) CHECK(resource(R"("x":0)", name)->type == type);
}

TEST_CASE("3.1 a title is null in every recorded answer and read where there is one") {
    CHECK_FALSE(resource(R"("title":null)")->title);
    CHECK(resource(R"("title":"t")")->title == "t");
}

TEST_CASE("3.1 a scope is null for packages and a word for isolations and scans") {
    CHECK_FALSE(resource(R"("scope":null)", "CollectInvestigationPackage")->scope);
    for (const char* scope : {"Full", "Selective", "Quick"})
        CHECK(resource(R"("scope":")" + std::string(scope) + '"')->scope == scope);
}

TEST_CASE("3.1 a requestor is a user or a GUID or the name of an application") {
    for (const char* who : {"analyst@example.com", "43f4cb08-8fac-4b65-9db1-745c2ae65f3a",
                            "App name (tenant.onmicrosoft.com)", "App name"})
        CHECK(resource(R"("requestor":")" + std::string(who) + '"')->requestor == who);
}

TEST_CASE("3.1 a requestor's comment is kept as it was written") {
    CHECK(resource(R"("requestorComment":"a \"b\"\nc")")->requestor_comment == "a \"b\"\nc");
}

TEST_CASE("3.1 four statuses end an action and two and any new one do not") {
    for (const char* status : {"Succeeded", "Failed", "TimeOut", "Cancelled", "Canceled"})
        CHECK(is_terminal(resource(R"("x":0)", "Isolate", status)->status));
    for (const char* status : {"Pending", "InProgress", "Resting"})
        CHECK_FALSE(is_terminal(resource(R"("x":0)", "Isolate", status)->status));
}

TEST_CASE("3.1 a machine id is 40 hex and null on some fresh actions") {
    CHECK(resource(R"("machineId":"00112233445566778899aabbccddeeff00112233")")->machine_id ==
          a_machine.text());
    CHECK_FALSE(resource(R"("machineId":null)")->machine_id);
}

TEST_CASE("3.1 a DNS name is null on fresh actions of 2020 and 2022 and filled since") {
    CHECK_FALSE(resource(R"("computerDnsName":null)")->computer_dns_name);
    CHECK(resource(R"("computerDnsName":"ws-1")")->computer_dns_name == "ws-1");
}

TEST_CASE("3.1 who cancelled and why and when is null unless it was cancelled") {
    const auto running = resource(R"("cancellationRequestor":null,"cancellationComment":null,)"
                                  R"("cancellationDateTimeUtc":null)");
    CHECK_FALSE(running->cancellation_requestor);
    CHECK_FALSE(running->cancellation_comment);
    CHECK_FALSE(running->cancelled_at);
    const auto cancelled =
        resource(R"("cancellationRequestor":"a@b","cancellationComment":"no need",)"
                 R"("cancellationDateTimeUtc":"2024-05-01T10:00:00Z")",
                 "CollectInvestigationPackage", "Cancelled");
    CHECK(cancelled->cancellation_requestor == "a@b");
    CHECK(cancelled->cancellation_comment == "no need");
    CHECK(cancelled->cancelled_at == *wire::parse_date("2024-05-01T10:00:00Z"));
}

TEST_CASE("3.1 what was made through the API says so") {
    CHECK(resource(R"("requestSource":"PublicApi")")->request_source == "PublicApi");
}

TEST_CASE("3.1 a related file has one of three kinds of hash or is null") {
    CHECK_FALSE(resource(R"("relatedFileInfo":null)")->related_file);
    for (const char* kind : {"Sha1", "Sha256", "Md5"}) {
        const auto action = resource(
            R"("relatedFileInfo":{"fileIdentifier":"87662bc3d60e4200ceaf7aae249d1c343f4b83c9",)"
            R"("fileIdentifierType":")" +
                std::string(kind) + R"("})",
            "StopAndQuarantineFile");
        REQUIRE(action);
        CHECK(action->related_file ==
              RelatedFileInfo{"87662bc3d60e4200ceaf7aae249d1c343f4b83c9", kind});
    }
}

TEST_CASE("3.1 an error number is in no table but in answers and may be missing or negative") {
    CHECK_FALSE(resource(R"("x":0)")->error_hresult);
    CHECK(resource(R"("errorHResult":0)")->error_hresult == 0);
    CHECK(resource(R"("errorHResult":-2147024891)")->error_hresult == -2147024891);
}

TEST_CASE("3.1 troubleshooting information of any type is passed over") {
    for (const char* value : {"null", R"("text")", R"({"a":[1]})"})
        CHECK(resource(R"("troubleshootInfo":)" + std::string(value)));
}

TEST_CASE("3.4 one action is asked for by its id with a permission to read") {
    CHECK(GetMachineAction{an_action}.target() ==
          "/api/machineactions/11111111-2222-4333-8444-555555555555");
    CHECK(GetMachineAction::application ==
          AnyOf{Permission::machine_read_all, Permission::machine_read_write_all});
    CHECK(GetMachineAction::delegated ==
          AnyOf{Permission::machine_read, Permission::machine_read_write});
    CHECK(GetMachineAction::quota == Quota{100, 1500});
}

TEST_CASE("3.4 an application that may only collect cannot look") {
    CHECK_FALSE(GetMachineAction::application.contains(Permission::machine_collect_forensics));
    CHECK(CollectInvestigationPackage::application.contains(Permission::machine_collect_forensics));
}

TEST_CASE("3.5 filters are written in the page's names and quotes and dates") {
    CHECK(sent_filter({.machine = a_machine}) ==
          "machineId eq '00112233445566778899aabbccddeeff00112233'");
    CHECK(sent_filter({.type = MachineActionType::run_anti_virus_scan}) ==
          "type eq 'RunAntiVirusScan'");
    CHECK(sent_filter({.status = MachineActionStatus::pending}) == "status eq 'Pending'");
    CHECK(sent_filter({.created_since = *wire::parse_date("2019-11-22T00:00:00Z")}) ==
          "creationDateTimeUtc ge 2019-11-22T00:00:00Z");
}

TEST_CASE("3.5 paging options are top and skip and no others") {
    CHECK(ListMachineActions{.top = 10000, .skip = 20000}.target() ==
          "/api/machineactions?$top=10000&$skip=20000");
}

TEST_CASE("3.5 a next page may be named and may lie on another host") {
    wire::Answer answer;
    answer.body = R"({"value":[],"@odata.nextLink":"https://api-eu.example/api/machineactions?x"})";
    CHECK(wire::Codec<MachineActionPage>::decode(answer)->next_link ==
          "https://api-eu.example/api/machineactions?x");
    answer.body = R"({"value":[]})";
    CHECK_FALSE(wire::Codec<MachineActionPage>::decode(answer)->next_link);
}

TEST_CASE("3.6 a cancellation has a comment and the permission of its kind of action") {
    const CancelMachineAction request{an_action, "enough"};
    CHECK(request.target() == "/api/machineactions/11111111-2222-4333-8444-555555555555/cancel");
    CHECK(request.body() == R"({"Comment":"enough"})");
    CHECK(CancelMachineAction::method == Method::post);
    CHECK(CancelMachineAction::application == AnyOf{Permission::machine_collect_forensics});
    CHECK(CancelMachineAction::quota == Quota{100, 1500});
}

TEST_CASE("3.7 a second live response on a machine is already running") {
    CHECK(flow::error_of_status(400, "ActiveRequestAlreadyExists") == errc::already_running);
}
