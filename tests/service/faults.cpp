// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace mde_test;
using service::Distortion;
using service::Fault;

namespace {

Fault fault(Stage stage, unsigned first = 1) {
    Fault made;
    made.stage = stage;
    made.first = first;
    return made;
}

} // namespace

TEST_CASE("a fault meets the request it was written for and no other") {
    Fixture fixture;
    const std::string id = fixture.finished();
    Fault late = fault(Stage::get_action, 2);
    late.status = 503;
    late.retry_after = "7";
    late.delay = 2s;
    fixture.emulator.add(late);
    CHECK(fixture.action(id).status == 200);
    CHECK(fixture.get("/api/machineactions").status == 200);
    const HttpReply reply = fixture.action(id);
    CHECK(reply.status == 503);
    CHECK(error_code_of(reply) == "ServiceUnavailable");
    CHECK(field_of(reply, "Retry-After") == "7");
    CHECK(reply.delay == 2s);
    CHECK(fixture.action(id).status == 200);
    CHECK(fixture.emulator.log().count(Stage::get_action, 503) == 1);
}

TEST_CASE("a fault can last and be cleared") {
    Fixture fixture;
    Fault always = fault(Stage::list_actions);
    always.count = 0;
    always.status = 500;
    fixture.emulator.add(always);
    for (int i = 0; i < 3; ++i) CHECK(fixture.get("/api/machineactions").status == 500);
    fixture.emulator.faults().clear();
    CHECK(fixture.get("/api/machineactions").status == 200);
}

TEST_CASE("a collection may have begun although its answer says otherwise") {
    Fixture fixture;
    Fault gateway = fault(Stage::collect);
    gateway.status = 502;
    fixture.emulator.add(gateway);
    CHECK(fixture.collect().status == 502);
    CHECK(fixture.emulator.actions().size() == 0);
    gateway.effect = service::Effect::takes_place;
    fixture.emulator.add(gateway);
    CHECK(fixture.collect().status == 502);
    CHECK(fixture.emulator.actions().size() == 1);
    CHECK(error_code_of(fixture.collect()) == "ActiveRequestAlreadyExists");
}

TEST_CASE("bodies can be garbled or replaced or become a page") {
    Fixture fixture;
    Fault garbled = fault(Stage::list_actions);
    garbled.distortion = Distortion::garbled_json;
    Fault page = fault(Stage::list_actions, 2);
    page.distortion = Distortion::html_page;
    Fault replaced = fault(Stage::list_actions, 3);
    replaced.body = "{}";
    replaced.fields = {{"X-Extra", "1"}};
    replaced.framing = mde::ReplyFraming::by_close;
    fixture.emulator.add(garbled);
    fixture.emulator.add(page);
    fixture.emulator.add(replaced);
    CHECK(!wire::parse_json(fixture.get("/api/machineactions").body));
    const HttpReply html = fixture.get("/api/machineactions");
    CHECK(html.status == 200);
    CHECK(field_of(html, "Content-Type").starts_with("text/html"));
    const HttpReply empty = fixture.get("/api/machineactions");
    CHECK(empty.status == 200);
    CHECK(empty.body == "{}");
    CHECK(field_of(empty, "X-Extra") == "1");
    CHECK(empty.framing == mde::ReplyFraming::by_close);
}

TEST_CASE("links can be born dead or die at the door") {
    Fixture fixture;
    const std::string id = fixture.finished();
    Fault born = fault(Stage::get_link);
    born.distortion = Distortion::expired_link;
    fixture.emulator.add(born);
    CHECK(fixture.download(fixture.link_target(id)).status == 403);
    const std::string target = fixture.link_target(id);
    Fault dies = fault(Stage::download);
    dies.distortion = Distortion::expired_link;
    fixture.emulator.add(dies);
    CHECK(fixture.download(target).status == 403);
    CHECK(fixture.download(target).status == 200);
}

TEST_CASE("a download can be cut and its tag can change for good") {
    Fixture fixture;
    const std::string target = fixture.link_target(fixture.finished());
    const std::string etag = field_of(fixture.download(target), "ETag");
    Fault cut = fault(Stage::download);
    cut.cut_after = 100;
    Fault changed = fault(Stage::download, 2);
    changed.distortion = Distortion::changed_etag;
    fixture.emulator.add(cut);
    fixture.emulator.add(changed);
    CHECK(fixture.download(target).cut_after == 100u);
    const std::string other = field_of(fixture.download(target), "ETag");
    CHECK(other != etag);
    CHECK(other.starts_with('"'));
    CHECK(field_of(fixture.download(target), "ETag") == other);
}

TEST_CASE("faults at sign-in have the form of the token endpoint") {
    Fixture fixture;
    Fault busy = fault(Stage::sign_in);
    busy.status = 503;
    fixture.emulator.add(busy);
    const HttpReply reply = fixture.ask("POST", "/t.example/oauth2/v2.0/token");
    CHECK(reply.status == 503);
    CHECK(text_of(json_of(reply), "error") == "temporarily_unavailable");
}

TEST_CASE("secrets are echoed only when a hostile test asks for it") {
    Fixture fixture;
    const std::string target = fixture.link_target(fixture.finished());
    fixture.pass(1min);
    const auto bodies = [&] {
        const std::string form = "client_id=app-1&client_secret=hush-hush";
        const std::vector<mde::HeaderField> fields{
            {"Content-Type", "application/x-www-form-urlencoded"}};
        Fault broken = fault(Stage::list_actions);
        broken.status = 500;
        fixture.emulator.add(broken);
        return std::vector<std::pair<std::string, std::string>>{
            {fixture.get("/api/machineactions").body, fixture.token},
            {fixture.action("11111111-2222-4333-8444-000000000000").body, fixture.token},
            {fixture.download(target).body, target},
            {fixture.emulator
                 .handle({"POST", "/t.example/oauth2/token", "login.example", fields, form},
                         fixture.now)
                 .body,
             "hush-hush"}};
    };
    for (const auto& [body, secret] : bodies()) CHECK(body.find(secret) == std::string::npos);
    fixture.emulator.settings().echo_secrets_in_errors = service::Feature::on;
    for (const auto& [body, secret] : bodies()) CHECK(body.find(secret) != std::string::npos);
}
