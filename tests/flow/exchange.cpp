// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/exchange.hpp>

#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/wire/machine_action_codec.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using GetAction = flow::Exchange<GetMachineAction>;
using Collect = flow::Exchange<CollectInvestigationPackage>;

service::Fault answer(Stage stage, unsigned status, unsigned count = 1) {
    service::Fault fault;
    fault.stage = stage;
    fault.status = status;
    fault.count = count;
    return fault;
}

} // namespace

TEST_CASE("a call asks for a token then a quota slot then sends") {
    World world;
    const MachineActionId id = world.finished_action();
    GetAction call(world.context(), GetMachineAction{id});
    CHECK(std::holds_alternative<flow::action::GetToken>(call.start(world.clock.now())));
    const AccessToken token(Secret("abc"), no_deadline);
    const auto quota = call.on(flow::event::TokenReady{&token}, world.clock.now());
    REQUIRE(std::holds_alternative<flow::action::AcquireQuota>(quota));
    CHECK(std::get<flow::action::AcquireQuota>(quota).quota == GetMachineAction::quota);
    CHECK(std::get<flow::action::AcquireQuota>(quota).key.tenant == world_tenant);
    const auto wait = call.on(flow::event::QuotaAnswer{5s}, world.clock.now());
    REQUIRE(std::holds_alternative<flow::action::Wait>(wait));
    CHECK(std::get<flow::action::Wait>(wait).span == 5s);
    CHECK(std::holds_alternative<flow::action::AcquireQuota>(
        call.on(flow::event::Done{}, world.clock.now())));
    const auto send = call.on(flow::event::QuotaAnswer{}, world.clock.now());
    REQUIRE(std::holds_alternative<flow::action::Send>(send));
    const HttpRequest& request = *std::get<flow::action::Send>(send).request;
    CHECK(request.host == "api.security.microsoft.com");
    CHECK(request.target == "/api/machineactions/" + std::string(id.text()));
    CHECK(request.fields[0].value == "Bearer abc");
}

TEST_CASE("a success is decoded") {
    World world;
    const MachineActionId id = world.finished_action();
    const auto action = world.run<GetAction>(GetMachineAction{id});
    REQUIRE(action);
    CHECK(action->id == id);
    CHECK(action->status == MachineActionStatus::succeeded);
    CHECK(world.diagnostics.http_status == 200);
    CHECK_FALSE(world.diagnostics.request_id.empty());
}

TEST_CASE("the service's own words reach the caller") {
    World world;
    const auto action = world.run<GetAction>(
        GetMachineAction{*MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff")});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::not_found);
    CHECK(world.diagnostics.stage == Stage::get_action);
    CHECK(world.diagnostics.http_status == 404);
    CHECK(world.diagnostics.code == "ResourceNotFound");
    CHECK_FALSE(world.diagnostics.target.empty());
}

TEST_CASE("a token that the service echoes in an error is removed from the diagnostics") {
    World world;
    world.emulator.settings().echo_secrets_in_errors = service::Feature::on;
    const auto action = world.run<GetAction>(
        GetMachineAction{*MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff")});
    REQUIRE_FALSE(action);
    CHECK(world.diagnostics.message.find(world.tokens.current) == std::string::npos);
    CHECK(world.diagnostics.message.find("[removed]") != std::string::npos);
}

TEST_CASE("a refused token is renewed once and the call goes on") {
    World world;
    const MachineActionId id = world.finished_action();
    world.tokens.current = "stale";
    CHECK(world.run<GetAction>(GetMachineAction{id}));
    CHECK(world.tokens.renewals == 1);
}

TEST_CASE("a second refusal of the token ends the call") {
    World world;
    const MachineActionId id = world.finished_action();
    world.tokens.current = world.tokens.renewed = "stale";
    const auto action = world.run<GetAction>(GetMachineAction{id});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::unauthorized);
    CHECK(action.error() == condition::renew_token);
    CHECK(world.tokens.renewals == 1);
    CHECK(world.calls(Stage::get_action) == 2);
}

TEST_CASE("a missing permission is an error of its own and is not tried again") {
    World world;
    service::Application weak = World::application();
    weak.granted = AnyOf{Permission::machine_collect_forensics};
    world.tokens.current = world.emulator.make_token(weak, world.clock.now());
    const auto action = world.run<GetAction>(GetMachineAction{world.finished_action()});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::forbidden);
    CHECK(world.calls(Stage::get_action) == 1);
}

TEST_CASE("a GET is tried again after each passing failure") {
    for (const unsigned status : {500u, 502u, 503u, 504u, 429u}) {
        CAPTURE(status);
        World world;
        const MachineActionId id = world.finished_action();
        world.emulator.add(answer(Stage::get_action, status, 3));
        CHECK(world.run<GetAction>(GetMachineAction{id}));
        CHECK(world.calls(Stage::get_action) == 4);
    }
}

TEST_CASE("tries end and the last error is the one reported") {
    World world;
    world.emulator.add(answer(Stage::get_action, 503, 0));
    const auto action = world.run<GetAction>(GetMachineAction{world.finished_action()});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::service_unavailable);
    CHECK(action.error() == condition::retry_later);
    CHECK(world.calls(Stage::get_action) == 4);
}

TEST_CASE("Retry-After is honoured in seconds and as a date") {
    for (const bool as_date : {false, true}) {
        CAPTURE(as_date);
        World world;
        const MachineActionId id = world.finished_action();
        service::Fault fault = answer(Stage::get_action, 429);
        fault.retry_after =
            as_date ? std::string(wire::format_http_date(world.clock.now().utc +
                                                         std::chrono::duration_cast<Ticks>(20s)))
                    : "20";
        world.emulator.add(fault);
        CHECK(world.run<GetAction>(GetMachineAction{id}));
        const auto& requests = world.emulator.log().requests(Stage::get_action);
        REQUIRE(requests.size() == 2);
        CHECK(requests[1].at.monotonic - requests[0].at.monotonic >= 20s);
    }
}

TEST_CASE("a Retry-After beyond the deadline is not waited for") {
    World world;
    const MachineActionId id = world.finished_action();
    service::Fault fault = answer(Stage::get_action, 429);
    fault.retry_after = "3600";
    world.emulator.add(fault);
    const MonotonicTime begun = world.clock.now().monotonic;
    const auto action = world.run_until<GetAction>(begun + 60s, GetMachineAction{id});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::throttled);
    CHECK(world.diagnostics.retry_after == Duration(3600s));
    CHECK(world.clock.now().monotonic == begun);
}

TEST_CASE("a POST whose outcome is not known is never repeated") {
    for (const unsigned status : {500u, 502u, 504u}) {
        CAPTURE(status);
        World world;
        service::Fault fault = answer(Stage::collect, status, 0);
        fault.effect = service::Effect::takes_place;
        world.emulator.add(fault);
        const auto action = world.run<Collect>(collection());
        REQUIRE_FALSE(action);
        CHECK(action.error() == errc::outcome_unknown);
        CHECK(world.calls(Stage::collect) == 1);
    }
}

TEST_CASE("a POST that failed on its way back may have taken effect") {
    const AccessToken token(Secret("abc"), no_deadline);
    for (const errc error : {errc::connection_lost, errc::timed_out, errc::body_truncated,
                             errc::malformed_head, errc::answer_too_large}) {
        for (const Duration spent : {Duration(1s), Duration(10s)}) {
            CAPTURE(error);
            World world;
            flow::Context context = world.context();
            context.deadline = world.clock.now().monotonic + 10s;
            Collect call(context, collection());
            call.start(world.clock.now());
            call.on(flow::event::TokenReady{&token}, world.clock.now());
            call.on(flow::event::QuotaAnswer{}, world.clock.now());
            world.clock.advance(spent);
            const flow::event::Failed failed{make_error_code(error)};
            CHECK(flow::is_finish(call.on(failed, world.clock.now())));
            CHECK(call.take_result().error() == errc::outcome_unknown);
        }
    }
}

TEST_CASE("a POST that was turned away is tried again") {
    for (const unsigned status : {429u, 503u}) {
        CAPTURE(status);
        World world;
        world.emulator.add(answer(Stage::collect, status));
        CHECK(world.run<Collect>(collection()));
        CHECK(world.calls(Stage::collect) == 2);
    }
}

TEST_CASE("a second collection of the same machine is an error of its own") {
    World world;
    CHECK(world.run<Collect>(collection()));
    const auto again = world.run<Collect>(collection());
    REQUIRE_FALSE(again);
    CHECK(again.error() == errc::already_running);
    CHECK(world.diagnostics.code == "ActiveRequestAlreadyExists");
}

TEST_CASE("a collection without a comment is refused before anything is sent") {
    World world;
    const auto action =
        world.run<Collect>(CollectInvestigationPackage{*MachineId::parse(world_machine), ""});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::malformed_comment);
    CHECK(world.calls(Stage::collect) == 0);
    CHECK(world.recorder.events.empty());
}

TEST_CASE("an answer that is not JSON is an error and nothing is tried again") {
    World world;
    service::Fault fault;
    fault.stage = Stage::get_action;
    fault.distortion = service::Distortion::html_page;
    world.emulator.add(fault);
    const auto action = world.run<GetAction>(GetMachineAction{world.finished_action()});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::malformed_answer);
}

TEST_CASE("an answer beyond one mebibyte is refused") {
    for (const std::size_t size : {bounds::json_text, bounds::json_text + 1}) {
        World world;
        service::Fault fault = answer(Stage::get_action, 200);
        fault.body = std::string(size, ' ');
        world.emulator.add(fault);
        const auto action = world.run<GetAction>(GetMachineAction{world.finished_action()});
        REQUIRE_FALSE(action);
        CHECK(action.error() ==
              (size > bounds::json_text ? errc::answer_too_large : errc::malformed_answer));
    }
}

TEST_CASE("a redirect of the API is never followed") {
    World world;
    service::Fault fault = answer(Stage::get_action, 302);
    fault.fields.emplace_back("Location", "https://elsewhere.example/");
    world.emulator.add(fault);
    const auto action = world.run<GetAction>(GetMachineAction{world.finished_action()});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::redirect_refused);
}

TEST_CASE("a call whose deadline has passed sends nothing") {
    World world;
    const auto action = world.run_until<GetAction>(world.clock.now().monotonic,
                                                   GetMachineAction{world.finished_action()});
    REQUIRE_FALSE(action);
    CHECK(action.error() == errc::deadline_exceeded);
    CHECK(world.calls(Stage::get_action) == 0);
}

TEST_CASE("a try that the deadline cut short ends with the deadline") {
    const AccessToken token(Secret("abc"), no_deadline);
    for (const errc error :
         {errc::timed_out, errc::host_not_found, errc::unreachable, errc::tls_failed}) {
        World world;
        const MachineActionId id = world.finished_action();
        flow::Context context = world.context();
        context.deadline = world.clock.now().monotonic + 10s;
        GetAction call(context, GetMachineAction{id});
        call.start(world.clock.now());
        call.on(flow::event::TokenReady{&token}, world.clock.now());
        REQUIRE(std::holds_alternative<flow::action::Send>(
            call.on(flow::event::QuotaAnswer{}, world.clock.now())));
        world.clock.advance(10s);
        const flow::event::Failed failed{make_error_code(error)};
        CHECK(flow::is_finish(call.on(failed, world.clock.now())));
        CHECK(call.take_result().error() == errc::deadline_exceeded);
    }
}

TEST_CASE("lists are filtered and a page is decoded") {
    World world;
    const MachineActionId id = world.finished_action();
    ListMachineActions request;
    request.machine = *MachineId::parse(world_machine);
    request.type = MachineActionType::collect_investigation_package;
    request.status = MachineActionStatus::succeeded;
    const auto page = world.run<flow::Exchange<ListMachineActions>>(request);
    REQUIRE(page);
    REQUIRE(page->actions.size() == 1);
    CHECK(page->actions[0].id == id);
    request.machine = *MachineId::parse("ffeeddccbbaa99887766554433221100ffeeddcc");
    CHECK(world.run<flow::Exchange<ListMachineActions>>(request)->actions.empty());
}

TEST_CASE("an action is cancelled") {
    World world;
    const MachineActionId id = world.action();
    const auto action =
        world.run<flow::Exchange<CancelMachineAction>>(CancelMachineAction{id, "no longer needed"});
    REQUIRE(action);
    CHECK(action->status == MachineActionStatus::cancelled);
    CHECK(action->cancellation_comment == "no longer needed");
}

TEST_CASE("a claims challenge is handed to the token source") {
    constexpr std::string_view claims = R"({"access_token":{"acrs":{"essential":true}}})";
    World world;
    const MachineActionId id = world.finished_action();
    service::Fault fault = answer(Stage::get_action, 401);
    fault.fields.push_back(
        {"WWW-Authenticate",
         "Bearer error=\"insufficient_claims\", claims=\"" +
             base64_encode(std::as_bytes(std::span(claims)), Base64Alphabet::standard) + '"'});
    world.emulator.add(fault);
    CHECK(world.run<GetAction>(GetMachineAction{id}));
    CHECK(world.tokens.renewals == 1);
    CHECK(world.tokens.claims == claims);
}

TEST_CASE("a second challenge in one call is not met with a third token") {
    World world;
    const MachineActionId id = world.finished_action();
    world.emulator.add(answer(Stage::get_action, 401, 0));
    const auto action = world.run<GetAction>(GetMachineAction{id});
    CHECK(action.error() == errc::unauthorized);
    CHECK(world.tokens.renewals == 1);
    CHECK(world.calls(Stage::get_action) == 2);
}

TEST_CASE("a token that the service echoes as the id of its answer is removed") {
    for (const unsigned status : {200u, 503u}) {
        CAPTURE(status);
        World world;
        world.settings.retry.tries = 1;
        service::Fault echo;
        echo.stage = Stage::get_action;
        if (status != 200) echo.status = status;
        echo.fields = {{"mise-correlation-id", "id " + world.tokens.current}};
        world.emulator.add(echo);
        static_cast<void>(world.run<GetAction>(GetMachineAction{world.finished_action()}));
        CHECK(world.diagnostics.http_status == status);
        CHECK(world.diagnostics.request_id == "id [removed]");
    }
}

TEST_CASE("a success that cannot be read leaves the outcome of a POST unknown") {
    for (const char* body : {"", "null", "{}", R"({"id":"1","id":"2"})"}) {
        CAPTURE(body);
        World world;
        service::Fault broken;
        broken.stage = Stage::collect;
        broken.body = body;
        world.emulator.add(broken);
        CHECK(world.run<Collect>(collection()).error() == errc::outcome_unknown);
        CHECK(world.emulator.actions().size() == 1);
        CHECK(world.diagnostics.http_status == 201);
    }
}

TEST_CASE("whoever gives up on a 429 tells the others how long it lasts") {
    World world;
    const MachineActionId id = world.finished_action();
    service::Fault throttle = answer(Stage::get_action, 429);
    throttle.retry_after = "90";
    world.emulator.add(throttle);
    const MonotonicTime begun = world.clock.now().monotonic;
    CHECK(world.run_until<GetAction>(begun + 10s, GetMachineAction{id}).error() == errc::throttled);
    CHECK(world.clock.now().monotonic == begun);
    CHECK(world.run<GetAction>(GetMachineAction{id}));
    CHECK(world.recorder.waited(WaitReason::quota) == 90s);
    CHECK(world.calls(Stage::get_action) == 2);
}
