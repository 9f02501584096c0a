// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/list_actions.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;
using flow::ListActions;

namespace {

std::vector<MachineActionId> add_actions(World& world, std::size_t count) {
    std::vector<MachineActionId> ids;
    for (std::size_t i = 0; i < count; ++i) {
        ids.push_back(world.action());
        world.clock.advance(1ms);
    }
    return ids;
}

} // namespace

TEST_CASE("a short list takes one call") {
    World world;
    add_actions(world, 3);
    const auto list = world.run<ListActions>(ListMachineActions{});
    REQUIRE(list);
    CHECK(list->size() == 3);
    CHECK(world.calls(Stage::list_actions) == 1);
}

TEST_CASE("a long list is read to its end where the service gives no link") {
    World world;
    const auto ids = add_actions(world, 2 * bounds::list_page + 1);
    const auto list = world.run<ListActions>(ListMachineActions{});
    REQUIRE(list);
    CHECK(list->size() == ids.size());
    CHECK(list->front().id == ids.back());
    CHECK(list->back().id == ids.front());
    CHECK(world.calls(Stage::list_actions) == 3);
}

TEST_CASE("a wish for so many is met exactly") {
    World world;
    add_actions(world, 250);
    ListMachineActions request;
    request.top = 230;
    const auto list = world.run<ListActions>(request);
    REQUIRE(list);
    CHECK(list->size() == 230);
    CHECK(world.calls(Stage::list_actions) == 2);
}

TEST_CASE("links to next pages are followed to the API that was asked") {
    World world;
    world.emulator.settings().page_size = 10;
    for (const char* base :
         {"https://api.security.microsoft.com", "https://eu.api.security.microsoft.com",
          "https://api.securitycenter.windows.com:443"}) {
        CAPTURE(base);
        World own;
        own.emulator.settings().page_size = 10;
        own.emulator.settings().base_url = base;
        add_actions(own, 25);
        const auto list = own.run<ListActions>(ListMachineActions{});
        REQUIRE(list);
        CHECK(list->size() == 25);
        CHECK(own.calls(Stage::list_actions) == 3);
    }
}

TEST_CASE("a token never follows a link to another host") {
    for (const char* base : {"https://api.example", "http://api.security.microsoft.com",
                             "https://u@api.example", "https://api-gcc.securitycenter.microsoft.us",
                             "https://api.security.microsoft.com:444"}) {
        CAPTURE(base);
        World world;
        world.emulator.settings().page_size = 10;
        world.emulator.settings().base_url = base;
        add_actions(world, 11);
        const auto list = world.run<ListActions>(ListMachineActions{});
        REQUIRE_FALSE(list);
        CHECK(list.error() == errc::page_link_refused);
        CHECK(world.diagnostics.message.starts_with("link to the next page: "));
        CHECK(world.calls(Stage::list_actions) == 1);
    }
}

TEST_CASE("a list without an end is given up") {
    World world;
    world.emulator.settings().page_size = 1;
    world.emulator.settings().base_url = "https://api.security.microsoft.com";
    world.emulator.settings().quotas = mde::service::Feature::off;
    add_actions(world, bounds::list_pages - 1);
    CHECK(world.run<ListActions>(ListMachineActions{})->size() == bounds::list_pages - 1);
    add_actions(world, 1);
    CHECK(world.run<ListActions>(ListMachineActions{})->size() == bounds::list_pages);
    world.emulator.log().clear();
    add_actions(world, 1);
    const auto list = world.run<ListActions>(ListMachineActions{});
    REQUIRE_FALSE(list);
    CHECK(list.error() == errc::answer_too_large);
    CHECK(world.calls(Stage::list_actions) == bounds::list_pages);
}

TEST_CASE("an action that slides onto the next page is reported once") {
    World world;
    add_actions(world, bounds::list_page + 5);
    ListActions list(world.context(), ListMachineActions{});
    flow::Action next = list.start(world.clock.now());
    // Driven by hand, to put new actions in between the two answers.
    bool added = false;
    const AccessToken token(Secret(world.tokens.current), no_deadline);
    while (!flow::is_finish(next)) {
        if (std::holds_alternative<flow::action::GetToken>(next)) {
            next = list.on(flow::event::TokenReady{&token}, world.clock.now());
        } else if (std::holds_alternative<flow::action::AcquireQuota>(next)) {
            next = list.on(flow::event::QuotaAnswer{}, world.clock.now());
        } else {
            const auto& send = std::get<flow::action::Send>(next);
            auto exchange = world.transport.send(*send.request);
            REQUIRE(exchange);
            std::string body(bounds::json_text, '\0');
            const auto bytes = std::as_writable_bytes(std::span(body));
            std::size_t size = 0;
            while (const std::size_t more = *exchange->read_some(bytes.subspan(size))) size += more;
            if (!std::exchange(added, true)) add_actions(world, 3);
            next = list.on(
                flow::event::AnswerReady{&exchange->head(), std::string_view(body).substr(0, size)},
                world.clock.now());
        }
    }
    const auto result = list.take_result();
    REQUIRE(result);
    CHECK(result->size() == bounds::list_page + 5);
}
