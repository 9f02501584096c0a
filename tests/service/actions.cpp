// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace mde_test;

namespace {

MachineActionStatus status_of(const HttpReply& reply) {
    const auto action = wire::Codec<mde::MachineAction>::decode({nullptr, reply.body, {}, {}});
    return action ? action->status.value() : MachineActionStatus::unknown;
}

HttpReply post_comment(Fixture& fixture, std::string_view body) {
    return fixture.ask(
        "POST", "/api/machines/" + std::string(machine) + "/collectInvestigationPackage", body);
}

HttpReply cancel(Fixture& fixture, std::string_view id, std::string_view body) {
    return fixture.ask("POST", "/api/machineactions/" + std::string(id) + "/cancel", body);
}

} // namespace

TEST_CASE("a collection is created with the recorded members and headers") {
    Fixture fixture;
    fixture.emulator.add(service::Machine{std::string(machine), "ws-1.example"});
    const HttpReply reply = fixture.collect();
    CHECK(reply.status == 201);
    CHECK(reply.framing == mde::ReplyFraming::by_chunks);
    CHECK(field_of(reply, "Content-Type") ==
          "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8");
    CHECK(field_of(reply, "OData-Version") == "4.0");
    CHECK(mde::is_guid(field_of(reply, "mise-correlation-id")));
    CHECK(!field_of(reply, "Strict-Transport-Security").empty());
    CHECK(field_of(reply, "Date") == "Wed, 01 May 2024 00:00:00 GMT");
    const auto body = json_of(reply);
    CHECK(text_of(body, "@odata.context") ==
          "https://api.securitycenter.microsoft.com/api/$metadata#MachineActions/$entity");
    CHECK(mde::is_guid(text_of(body, "id")));
    CHECK(text_of(body, "type") == "CollectInvestigationPackage");
    CHECK(text_of(body, "status") == "Pending");
    CHECK(text_of(body, "requestor") == "Test app");
    CHECK(text_of(body, "requestorComment") == "why");
    CHECK(text_of(body, "machineId") == machine);
    CHECK(text_of(body, "computerDnsName") == "ws-1.example");
    CHECK(text_of(body, "creationDateTimeUtc") == "2024-05-01T00:00:00Z");
    CHECK(text_of(body, "lastUpdateDateTimeUtc") == "2024-05-01T00:00:00.0000009Z");
    CHECK(text_of(body, "requestSource") == "PublicApi");
    CHECK(body.at("errorHResult").as_int64() == 0);
    fixture.emulator.settings().created_status = 200;
    CHECK(fixture.collect(other_machine).status == 200);
}

TEST_CASE("an action goes from pending to its end with the time") {
    Fixture fixture;
    const std::string id = fixture.collected();
    CHECK(status_of(fixture.action(id)) == MachineActionStatus::pending);
    fixture.pass(999ms);
    CHECK(status_of(fixture.action(id)) == MachineActionStatus::pending);
    fixture.pass(1ms);
    CHECK(status_of(fixture.action(id)) == MachineActionStatus::in_progress);
    CHECK(text_of(json_of(fixture.action(id)), "lastUpdateDateTimeUtc") == "2024-05-01T00:00:01Z");
    fixture.pass(2s);
    CHECK(status_of(fixture.action(id)) == MachineActionStatus::succeeded);
}

TEST_CASE("each end can be scripted for all and per machine and per action") {
    Fixture fixture;
    fixture.emulator.settings().schedule.final_status = MachineActionStatus::time_out;
    service::Schedule failing;
    failing.final_status = MachineActionStatus::failed;
    fixture.emulator.add(service::Machine{std::string(other_machine), "", failing});
    const std::string first = fixture.collected();
    const std::string second = fixture.collected(other_machine);
    fixture.pass(3s);
    CHECK(status_of(fixture.action(first)) == MachineActionStatus::time_out);
    const HttpReply failed = fixture.action(second);
    CHECK(status_of(failed) == MachineActionStatus::failed);
    CHECK(json_of(failed).at("errorHResult").as_int64() != 0);
    CHECK(fixture.emulator.set_schedule(*MachineActionId::parse(second), service::Schedule()));
    CHECK(status_of(fixture.action(second)) == MachineActionStatus::succeeded);
    CHECK(!fixture.emulator.set_schedule(MachineActionId(), service::Schedule()));
}

TEST_CASE("a comment is required under its exact name") {
    Fixture fixture;
    CHECK(error_code_of(post_comment(fixture, "")) == "MissingRequiredParameter");
    CHECK(error_code_of(post_comment(fixture, "{}")) == "MissingRequiredParameter");
    CHECK(error_code_of(post_comment(fixture, R"({"Comment":""})")) == "MissingRequiredParameter");
    CHECK(error_code_of(post_comment(fixture, R"({"Comment":null})")) ==
          "MissingRequiredParameter");
    CHECK(error_code_of(post_comment(fixture, R"({"comment":"x"})")) == "MissingRequiredParameter");
    CHECK(error_code_of(post_comment(fixture, R"({"Comment":1})")) == "InvalidRequestBody");
    CHECK(error_code_of(post_comment(fixture, "[]")) == "InvalidRequestBody");
    CHECK(error_code_of(post_comment(fixture, "{\"Comment\":")) == "InvalidRequestBody");
    CHECK(post_comment(fixture, "{").status == 400);
    CHECK(fixture.emulator.actions().size() == 0);
}

TEST_CASE("a second collection on a machine is refused while the first one runs") {
    Fixture fixture;
    CHECK(fixture.collect().status == 201);
    const HttpReply refused = fixture.collect();
    CHECK(refused.status == 400);
    CHECK(error_code_of(refused) == "ActiveRequestAlreadyExists");
    CHECK(error_message_of(refused) == "Action is already in progress");
    CHECK(fixture.collect(other_machine).status == 201);
    fixture.pass(3s);
    CHECK(fixture.collect().status == 201);
}

TEST_CASE("machines can be unknown or unable") {
    Fixture fixture;
    CHECK(error_code_of(fixture.collect("ws-1")) == "ResourceNotFound");
    fixture.emulator.settings().unknown_machines = service::UnknownMachines::refused;
    CHECK(fixture.collect().status == 404);
    service::Machine old{std::string(machine), "old-1"};
    old.collection = service::Feature::off;
    fixture.emulator.add(old);
    CHECK(error_code_of(fixture.collect()) == "OsPlatformNotSupported");
    fixture.emulator.add(service::Machine{std::string(other_machine), "ws-2"});
    CHECK(fixture.collect(other_machine).status == 201);
}

TEST_CASE("cancelling ends a running action and is refused for a finished one") {
    Fixture fixture;
    const std::string id = fixture.collected();
    fixture.pass(1s);
    const HttpReply reply = cancel(fixture, id, R"({"Comment":"not needed"})");
    CHECK(reply.status == 200);
    CHECK(status_of(reply) == MachineActionStatus::cancelled);
    CHECK(text_of(json_of(reply), "cancellationComment") == "not needed");
    CHECK(text_of(json_of(reply), "cancellationRequestor") == "Test app");
    CHECK(text_of(json_of(reply), "cancellationDateTimeUtc") == "2024-05-01T00:00:01Z");
    fixture.pass(10s);
    CHECK(status_of(fixture.action(id)) == MachineActionStatus::cancelled);
    CHECK(cancel(fixture, id, R"({"Comment":"again"})").status == 400);
    CHECK(fixture.link(id).status == 404);
    CHECK(cancel(fixture, "11111111-2222-4333-8444-000000000000", R"({"Comment":"x"})").status ==
          404);
    CHECK(cancel(fixture, fixture.collected(), "").status == 200);
}

TEST_CASE("ids are GUIDs and anything else is 400") {
    Fixture fixture;
    CHECK(fixture.action("11111111-2222-4333-8444-000000000000").status == 404);
    const HttpReply reply = fixture.action("7327b54fd718525cbca07dacde913b5ac3c85673");
    CHECK(reply.status == 400);
    CHECK(error_code_of(reply) == "BadRequest");
    CHECK(error_message_of(reply).find("Edm.Guid") != std::string::npos);
    CHECK(fixture.action("%0d%0a%00").status == 400);
    CHECK(fixture.action("%zz").status == 400);
    fixture.emulator.settings().id_check = service::IdCheck::documented_forms;
    CHECK(fixture.action("7327b54fd718525cbca07dacde913b5ac3c85673").status == 404);
    CHECK(fixture.action("abc").status == 400);
}

TEST_CASE("a fresh action can be unknown for a while") {
    Fixture fixture;
    fixture.emulator.settings().hidden_for = 2s;
    const std::string id = fixture.collected();
    CHECK(fixture.action(id).status == 404);
    fixture.pass(1999ms);
    CHECK(fixture.action(id).status == 404);
    fixture.pass(1ms);
    CHECK(fixture.action(id).status == 200);
}

TEST_CASE("another tenant sees nothing of an action") {
    Fixture fixture;
    const std::string id = fixture.finished();
    service::Application stranger = application();
    stranger.tenant = "99999999-2222-4333-8444-555555555555";
    fixture.token = fixture.emulator.make_token(stranger, fixture.now);
    CHECK(fixture.action(id).status == 404);
    CHECK(fixture.link(id).status == 404);
    CHECK(json_of(fixture.get("/api/machineactions")).at("value").as_array().empty());
}

TEST_CASE("paths are matched in any case and with a version") {
    Fixture fixture;
    const std::string id = fixture.finished();
    CHECK(fixture.get("/API/MachineActions/" + id).status == 200);
    CHECK(fixture.get("/api/v1.0/machineactions/" + id).status == 200);
    CHECK(fixture.get("/api/machineactions/" + id + "/GetPackageUri").status == 200);
    CHECK(fixture.get("/api/machineActions/" + id + "/getpackageuri").status == 200);
}

TEST_CASE("a wrong verb and an unknown path are told apart from nothing") {
    Fixture fixture;
    const std::string id = fixture.finished();
    const std::string path = "/api/machineactions/" + id + "/getPackageUri";
    const HttpReply reply = fixture.ask("POST", path + "?x=secret", "{}");
    CHECK(reply.status == 404);
    CHECK(error_code_of(reply) == "NotFound");
    CHECK(error_message_of(reply) == "No HTTP resource was found that matches the request URI "
                                     "'https://api.example" +
                                         path + "'.");
    CHECK(field_of(reply, "Content-Type") == "application/json; charset=utf-8");
    CHECK(field_of(reply, "OData-Version").empty());
    CHECK(fixture.get("/api/unknown").status == 404);
    CHECK(fixture.get("/").status == 404);
    CHECK(fixture.get("").status == 404);
    CHECK(fixture.ask("BREW", "/api/machineactions").status == 404);
    CHECK(fixture.emulator.log().count(Stage::other) == 5);
}

TEST_CASE("the target of an error has either of its two forms") {
    Fixture fixture;
    const auto target = [&] {
        return text_of(json_of(fixture.get("/api/unknown")).at("error").as_object(), "target");
    };
    CHECK(mde::is_guid(target()));
    fixture.emulator.settings().target_style = service::TargetStyle::trace_id;
    const std::string traced = target();
    CHECK(traced.size() == 27);
    CHECK(traced.starts_with('|'));
    CHECK(traced.ends_with('.'));
}

TEST_CASE("two services with one seed give the same ids") {
    Fixture first;
    Fixture second;
    CHECK(first.collected() == second.collected());
    service::Settings settings;
    settings.seed = 2;
    Fixture third;
    third.emulator =
        service::Emulator<service::exemplar::WeakSigner>(service::exemplar::WeakSigner(), settings);
    CHECK(third.collected(other_machine) != first.collected(other_machine));
}
