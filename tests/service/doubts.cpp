// SPDX-License-Identifier: BSL-1.0
// Where pages, years and recorded answers disagree, each reading is a switch, seen here in an
// answer.
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace mde_test;
using mde::MachineAction;
using mde::MachineActionPage;

namespace {

struct DoubtFixture : Fixture {
    service::ActionSpelling& spelling = emulator.settings().spelling;
    service::ApiRules& rules = emulator.settings().api;

    wire::json::object seen(std::string_view id) { return json_of(action(id)); }
    std::string text(std::string_view id, std::string_view name) { return text_of(seen(id), name); }
    /// What the client makes of an action.
    MachineAction decoded(std::string_view id) {
        const HttpReply reply = action(id);
        return *wire::Codec<MachineAction>::decode({nullptr, reply.body, now, {}});
    }
    wire::json::array listed() {
        return json_of(get("/api/machineactions")).at("value").as_array();
    }
    HttpReply cancel_action(std::string_view id, std::string_view body = R"({"Comment":"x"})") {
        return ask("POST", "/api/machineactions/" + std::string(id) + "/cancel", body);
    }
};

} // namespace

TEST_CASE_FIXTURE(DoubtFixture, "cancelled is written in either spelling and read in both") {
    const std::string id = collected();
    CHECK(cancel_action(id).status == 200);
    CHECK(text(id, "status") == "Cancelled");
    spelling.cancelled = service::CancelledSpelling::canceled;
    CHECK(text(id, "status") == "Canceled");
    CHECK(decoded(id).status == MachineActionStatus::cancelled);
    CHECK(listed().at(0).at("status") == "Canceled");
    CHECK(json_of(get("/api/machineactions?$filter=status%20eq%20'Cancelled'"))
              .at("value")
              .as_array()
              .size() == 1);
}

TEST_CASE_FIXTURE(DoubtFixture, "the time of the last update has two names") {
    const std::string id = collected();
    CHECK_FALSE(seen(id).contains("lastUpdateTimeUtc"));
    const auto updated = decoded(id).last_updated;
    spelling.update_name = service::UpdateName::short_name;
    CHECK_FALSE(seen(id).contains("lastUpdateDateTimeUtc"));
    CHECK(text(id, "lastUpdateTimeUtc") == "2024-05-01T00:00:00.0000009Z");
    CHECK(decoded(id).last_updated == updated);
}

TEST_CASE_FIXTURE(DoubtFixture, "the external id has two names") {
    const std::string id = collected();
    CHECK(seen(id).contains("externalId"));
    spelling.external_id_name = service::ExternalIdName::capital_d;
    CHECK_FALSE(seen(id).contains("externalId"));
    CHECK(seen(id).contains("externalID"));
}

TEST_CASE_FIXTURE(DoubtFixture, "members may be left out if they are empty or optional") {
    const std::string id = collected();
    CHECK(seen(id).size() == 21);
    spelling.omitted = service::OmittedMembers::empty_ones;
    CHECK_FALSE(seen(id).contains("title"));
    CHECK_FALSE(seen(id).contains("commands"));
    CHECK(text(id, "machineId") == machine);
    spelling.omitted = service::OmittedMembers::all_optional;
    CHECK(seen(id).size() == 4);
    const MachineAction bare = decoded(id);
    CHECK(bare.id.text() == id);
    CHECK(bare.status == MachineActionStatus::pending);
    CHECK(bare.type == mde::MachineActionType::collect_investigation_package);
    CHECK_FALSE(bare.machine_id);
    CHECK(listed().at(0).as_object().size() == 3);
}

TEST_CASE_FIXTURE(DoubtFixture, "members and errors that nobody knows may be added") {
    const std::string id = collected();
    spelling.extra_members = service::Feature::on;
    CHECK(text(id, "error") == "None");
    CHECK(seen(id).contains("memberOfTomorrow"));
    CHECK(decoded(id).id.text() == id);
}

TEST_CASE_FIXTURE(DoubtFixture, "dates have fewer digits and other forms and the same meaning") {
    now.utc += mde::Ticks(1'234'500);
    const std::string id = collected();
    const std::string name = "creationDateTimeUtc";
    const auto created = decoded(id).created;
    CHECK(text(id, name) == "2024-05-01T00:00:00.12345Z");
    spelling.date_form = service::DateForm::offset;
    CHECK(text(id, name) == "2024-05-01T00:00:00.12345+00:00");
    CHECK(decoded(id).created == created);
    spelling.date_form = service::DateForm::spaced;
    CHECK(text(id, name) == "2024-05-01 00:00:00.12345");
    CHECK(decoded(id).created == created);
    spelling.date_form = service::DateForm::zulu;
    for (const auto& [digits, shown] : std::vector<std::pair<unsigned, std::string>>{
             {7, ".12345"}, {5, ".12345"}, {4, ".1234"}, {3, ".123"}, {1, ".1"}, {0, ""}}) {
        spelling.fraction_digits = digits;
        CHECK(text(id, name) == "2024-05-01T00:00:00" + shown + "Z");
    }
    CHECK(seen(id).at("cancellationDateTimeUtc").is_null());
    spelling.no_date = service::NoDate::year_one;
    CHECK(text(id, "cancellationDateTimeUtc") == "0001-01-01T00:00:00Z");
    CHECK_FALSE(decoded(id).cancelled_at);
}

TEST_CASE_FIXTURE(DoubtFixture, "a digit that is cut to a zero does not stand") {
    now.utc += mde::Ticks(1'000'050);
    const std::string id = collected();
    spelling.fraction_digits = 5;
    CHECK(text(id, "creationDateTimeUtc") == "2024-05-01T00:00:00.1Z");
    spelling.fraction_digits = 1;
    spelling.date_form = service::DateForm::spaced;
    CHECK(text(id, "creationDateTimeUtc") == "2024-05-01 00:00:00.1");
}

TEST_CASE_FIXTURE(DoubtFixture, "a type and for a while a status may be unknown") {
    const std::string id = collected();
    spelling.type_text = "CollectEverything";
    spelling.status_text = "Queued";
    spelling.status_text_for = 2s;
    CHECK(text(id, "type") == "CollectEverything");
    CHECK(text(id, "status") == "Queued");
    CHECK(decoded(id).status.unknown_text() == "Queued");
    pass(2s);
    CHECK(text(id, "status") == "InProgress");
    spelling.status_text_for = (mde::Duration::max)();
    pass(30min);
    CHECK(text(id, "status") == "Queued");
}

TEST_CASE_FIXTURE(DoubtFixture, "a fresh action may not name its machine yet") {
    emulator.add(service::Machine{std::string(machine), "ws-1.example"});
    const std::string id = collected();
    CHECK(text(id, "computerDnsName") == "ws-1.example");
    spelling.nameless_for = 2s;
    CHECK(seen(id).at("machineId").is_null());
    CHECK(seen(id).at("computerDnsName").is_null());
    CHECK_FALSE(decoded(id).machine_id);
    pass(2s);
    CHECK(text(id, "machineId") == machine);
    CHECK(text(id, "computerDnsName") == "ws-1.example");
    // More centuries away than a span of nanoseconds has room for.
    service::TimedAction changed = *emulator.actions().find(*mde::MachineActionId::parse(id));
    changed.action.created = mde::UtcTime(std::chrono::sys_days(std::chrono::year(2400) / 1 / 1));
    emulator.actions().replace(changed);
    CHECK(seen(id).at("machineId").is_null());
}

TEST_CASE_FIXTURE(DoubtFixture, "an application is named in three ways and a user in one") {
    CHECK(text(collected(), "requestor") == "Test app");
    rules.requestor = service::RequestorForm::application_id;
    CHECK(text(finished(other_machine), "requestor") == "app-1");
    rules.requestor = service::RequestorForm::name_and_tenant;
    CHECK(text(finished(), "requestor") == "Test app (" + std::string(tenant) + ")");
}

TEST_CASE_FIXTURE(DoubtFixture, "a second collection may be answered by the one that runs") {
    const std::string id = collected();
    CHECK(error_code_of(collect()) == "ActiveRequestAlreadyExists");
    rules.running_code = "ActionAlreadyRunning";
    CHECK(error_code_of(collect()) == "ActionAlreadyRunning");
    rules.running = service::RunningAnswer::running_action;
    pass(1s);
    const HttpReply reply = collect();
    CHECK(reply.status == 201);
    CHECK(text_of(json_of(reply), "id") == id);
    CHECK(text_of(json_of(reply), "status") == "InProgress");
    CHECK(emulator.actions().size() == 1);
}

TEST_CASE_FIXTURE(DoubtFixture,
                  "cancelling a finished action may be a success that changes nothing") {
    const std::string id = finished();
    CHECK(cancel_action(id).status == 400);
    rules.finished_cancel = service::FinishedCancel::unchanged_action;
    const HttpReply reply = cancel_action(id);
    CHECK(reply.status == 200);
    CHECK(text_of(json_of(reply), "status") == "Succeeded");
    CHECK(text(id, "status") == "Succeeded");
}

TEST_CASE_FIXTURE(DoubtFixture, "cancelling may need a comment") {
    const std::string id = collected();
    rules.cancel_comment = service::Feature::on;
    CHECK(error_code_of(cancel_action(id, "{}")) == "MissingRequiredParameter");
    CHECK(text(id, "status") == "Pending");
    rules.cancel_comment = service::Feature::off;
    CHECK(cancel_action(id, "{}").status == 200);
}

TEST_CASE_FIXTURE(DoubtFixture, "a machine may be named by its DNS name") {
    emulator.add(service::Machine{std::string(machine), "ws-1.example"});
    CHECK(collect("ws-1.example").status == 404);
    rules.machine_names = service::Feature::on;
    const HttpReply reply = collect("WS-1.example");
    CHECK(reply.status == 201);
    CHECK(text_of(json_of(reply), "machineId") == machine);
}

TEST_CASE_FIXTURE(DoubtFixture, "the list may lag behind") {
    rules.unlisted_for = 30s;
    const std::string id = collected();
    CHECK(action(id).status == 200);
    CHECK(listed().empty());
    pass(30s - 1ns);
    CHECK(listed().empty());
    pass(1ns);
    CHECK(listed().size() == 1);
    // Hidden for longer everywhere is hidden for longer here.
    emulator.settings().hidden_for = 1min;
    CHECK(listed().empty());
}

TEST_CASE_FIXTURE(DoubtFixture, "a replica may lag behind") {
    rules.replica_lag = 30s;
    const std::string id = collected();
    CHECK(action(id).status == 200);
    CHECK(action(id).status == 404);
    CHECK(listed().size() == 1);
    CHECK(listed().empty());
    pass(30s);
    CHECK(action(id).status == 200);
    CHECK(action(id).status == 200);
}

TEST_CASE_FIXTURE(DoubtFixture, "the list may begin with the oldest") {
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(finished());
    emulator.settings().page_size = 2;
    const auto page = [&](const std::string& target) {
        const auto body = json_of(get(target));
        std::string shown;
        for (const auto& one : body.at("value").as_array())
            for (std::size_t i = 0; i < ids.size(); ++i)
                if (ids[i] == text_of(one.as_object(), "id")) shown += std::to_string(i);
        const bool more = body.contains("@odata.nextLink");
        return shown + (more ? "+" : "");
    };
    CHECK(page("/api/machineactions") == "21+");
    CHECK(page("/api/machineactions?$skip=2") == "0");
    rules.list_order = service::ListOrder::oldest_first;
    CHECK(page("/api/machineactions") == "01+");
    CHECK(page("/api/machineactions?$skip=2") == "2");
    CHECK(page("/api/machineactions?$top=1") == "0");
    CHECK(page("/api/machineactions?$skip=9223372036854775807").empty());
}

TEST_CASE_FIXTURE(DoubtFixture, "the next page may be on another host") {
    emulator.settings().page_size = 1;
    finished();
    finished();
    for (const std::string& host : {std::string("https://api-eu.securitycenter.microsoft.com"),
                                    std::string("https://foreign.example:8443")}) {
        rules.next_link_url = host;
        const HttpReply reply = get("/api/machineactions");
        CHECK(text_of(json_of(reply), "@odata.nextLink") == host + "/api/machineactions?$skip=1");
        CHECK(text_of(json_of(reply), "@odata.context")
                  .starts_with("https://api.securitycenter.microsoft.com/"));
    }
}

TEST_CASE_FIXTURE(DoubtFixture, "the context may name another host than the one that was called") {
    const std::string id = finished();
    rules.context_url = "https://api-df.example";
    CHECK(text(id, "@odata.context") ==
          "https://api-df.example/api/$metadata#MachineActions/$entity");
    CHECK(text_of(json_of(get("/api/machineactions")), "@odata.context") ==
          "https://api-df.example/api/$metadata#MachineActions");
    CHECK(text_of(json_of(link(id)), "@odata.context") ==
          "https://api-df.example/api/$metadata#Edm.String");
}

TEST_CASE_FIXTURE(DoubtFixture, "the answer for an unfinished package has a code that can be set") {
    emulator.settings().quotas = service::Feature::off;
    const std::string id = collected();
    CHECK(error_code_of(link(id)) == "ResourceNotFound");
    rules.unfinished_code = "NotFound";
    CHECK(link(id).status == 404);
    CHECK(error_code_of(link(id)) == "NotFound");
}

TEST_CASE_FIXTURE(DoubtFixture, "errors may have no target or no body or a page for people") {
    emulator.settings().target_style = service::TargetStyle::missing;
    HttpReply reply = get("/api/unknown");
    CHECK_FALSE(json_of(reply).at("error").as_object().contains("target"));
    CHECK(error_code_of(reply) == "NotFound");

    rules.error_body = service::ErrorBody::html_from_500;
    CHECK(error_code_of(get("/api/unknown")) == "NotFound");
    service::Fault broken;
    broken.stage = Stage::list_actions;
    broken.status = 502;
    emulator.add(broken);
    reply = get("/api/machineactions");
    CHECK(reply.status == 502);
    CHECK(field_of(reply, "Content-Type").starts_with("text/html"));
    CHECK(reply.body.starts_with("<!DOCTYPE html>"));

    rules.error_body = service::ErrorBody::empty;
    reply = get("/api/unknown");
    CHECK(reply.status == 404);
    CHECK(reply.body.empty());
    CHECK(field_of(reply, "Content-Type").empty());
}

TEST_CASE_FIXTURE(DoubtFixture, "a throttled call says when to come back in three ways") {
    const std::string id = finished();
    now.utc += mde::Ticks(1);
    for (int i = 0; i < 2; ++i) CHECK(link(id).status == 200);
    CHECK(field_of(link(id), "Retry-After") == "60");
    rules.retry_after = service::RetryAfterForm::date;
    CHECK(field_of(link(id), "Retry-After") == "Wed, 01 May 2024 00:01:11 GMT");
    rules.retry_after = service::RetryAfterForm::missing;
    CHECK(link(id).status == 429);
    CHECK(field_of(link(id), "Retry-After").empty());
}

TEST_CASE_FIXTURE(DoubtFixture, "quotas count in windows that slide or do not") {
    const std::string id = finished();
    pass(49s); // 59 s into the hour and the minute
    for (int i = 0; i < 2; ++i) CHECK(link(id).status == 200);
    pass(1s);
    CHECK(field_of(link(id), "Retry-After") == "59");
    rules.quota_windows = service::QuotaWindows::fixed;
    for (int i = 0; i < 2; ++i) CHECK(link(id).status == 200);
    pass(10s);
    CHECK(field_of(link(id), "Retry-After") == "50");
    pass(50s);
    CHECK(link(id).status == 200);
}

TEST_CASE_FIXTURE(DoubtFixture, "framing and media type of a success are settable") {
    CHECK(get("/api/machineactions").framing == mde::ReplyFraming::by_chunks);
    rules.framing = mde::ReplyFraming::by_length;
    rules.media_type = "application/json";
    CHECK(get("/api/machineactions").framing == mde::ReplyFraming::by_length);
    CHECK(get("/api/unknown").framing == mde::ReplyFraming::by_length);
    CHECK(field_of(get("/api/machineactions"), "Content-Type") == "application/json");
}

TEST_CASE_FIXTURE(DoubtFixture, "bodies are never compressed") {
    const HttpReply reply =
        ask("GET", "/api/machineactions", {}, {{"Accept-Encoding", "gzip, deflate"}});
    CHECK(field_of(reply, "Content-Encoding").empty());
    CHECK(wire::parse_json_object(reply.body));
}

TEST_CASE_FIXTURE(DoubtFixture, "a collection may begin although its answer never arrives") {
    service::Fault dropped;
    dropped.stage = Stage::collect;
    dropped.cut_after = 0;
    emulator.add(dropped);
    CHECK(collect().cut_after == 0u);
    CHECK(emulator.actions().size() == 1);
    service::Fault silent;
    silent.stage = Stage::collect;
    silent.distortion = service::Distortion::no_answer;
    emulator.add(silent);
    pass(10s);
    CHECK(collect().unanswered);
    CHECK(emulator.actions().size() == 2);
    service::Fault gateway;
    gateway.stage = Stage::collect;
    gateway.status = 504;
    gateway.effect = service::Effect::takes_place;
    emulator.add(gateway);
    CHECK(collect(other_machine).status == 504);
    CHECK(emulator.actions().size() == 3);
    CHECK(error_code_of(collect(other_machine)) == "ActiveRequestAlreadyExists");
}
