// SPDX-License-Identifier: BSL-1.0
// Links that an attacker chose, given out by a real server to the real client: wherever they could
// lead on this machine somebody listens, and nobody ever comes. What each is refused with is tested
// in tests/flow/hostile_links.cpp, without a network.
#include "support/hostile_links.hpp"
#include "support/https_world.hpp"
#include "support/raw_tls_server.hpp"

#include <mde/adapter/memory_store.hpp>

#include <boost/json/serialize.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace mde;
using namespace mde_test;

namespace {

/// Its links lead to a listener, which is neither the service nor on the list of allowed hosts.
struct HostileWorld : HttpsWorld {
    Listener victim;
    std::string port = std::to_string(victim.port());
    MachineActionId id = finished_action();
    Diagnostics diagnostics;

    HostileWorld() {
        emulator.settings().quotas = service::Feature::off;
        static_cast<void>(client());
    }

    /// What comes of a fetch by a client that has asked for no link before.
    error_code fetch() {
        auto fresh = make_client<OpensslSha256>(settings, *transport, *credential);
        MemoryStore store;
        CallOptions call;
        call.diagnostics = &diagnostics;
        std::optional<error_code> outcome;
        fresh.async_fetch(id, store, call, [&](error_code ec, Receipt) { outcome = ec; });
        REQUIRE(run_until([&] { return outcome.has_value(); }));
        CHECK_FALSE(store.find(PackageKey{id}));
        return *outcome;
    }

    service::Fault& next_answer(Stage stage, unsigned status) {
        emulator.faults().clear();
        fault = {};
        fault.stage = stage;
        fault.count = 0;
        fault.status = status;
        return fault;
    }

    service::Fault fault;
};

} // namespace

TEST_CASE("nothing is connected to for a hostile link") {
    HostileWorld world;
    for (const HostileLink& link : hostile_links("localhost", world.port)) {
        if (link.text.starts_with('"')) continue;
        CAPTURE(name_of(link));
        world.next_answer(Stage::get_link, 200).body =
            R"({"value":)" + boost::json::serialize(boost::json::string(link.text)) + '}';
        world.emulator.add(world.fault);
        CHECK(world.fetch() == link.refusal);
    }
    CHECK(world.emulator.log().count(Stage::download) == 0);
    CHECK(world.victim.is_untouched());
}

TEST_CASE("nothing is connected to for a redirect to a hostile place") {
    HostileWorld world;
    const auto redirected_to = [&](const std::string& location, unsigned status) {
        CAPTURE(location);
        world.next_answer(Stage::download, status).fields = {{"Location", location}};
        world.emulator.add(world.fault);
        CHECK(world.fetch() == errc::redirect_refused);
    };
    unsigned asked = 0;
    for (const char* host : {"localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]",
                             "[::ffff:127.0.0.1]", "u@127.0.0.1", "%31%32%37.0.0.1", "127.0.0.1."})
        for (const char* scheme : {"https://", "http://", "//"}) {
            redirected_to(std::string(scheme) + host + ':' + world.port + "/x", 302);
            ++asked;
        }
    for (const unsigned status : {301u, 303u, 307u, 308u}) {
        redirected_to("https://127.0.0.1:" + world.port + "/x", status);
        ++asked;
    }
    CHECK(world.emulator.log().count(Stage::download) == asked);
    CHECK(world.victim.is_untouched());
}

TEST_CASE("neither the API nor the sign-in is followed to another place") {
    for (const Stage stage : {Stage::sign_in, Stage::get_action, Stage::get_link, Stage::collect}) {
        HostileWorld world;
        for (const char* scheme : {"https://127.0.0.1:", "http://127.0.0.1:"}) {
            for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) {
                CAPTURE(status);
                world.next_answer(stage, status).fields = {{"Location", scheme + world.port + "/"}};
                world.emulator.add(world.fault);
                if (stage != Stage::collect) {
                    CHECK(world.fetch() == errc::redirect_refused);
                    continue;
                }
                auto client =
                    make_client<OpensslSha256>(world.settings, *world.transport, *world.credential);
                std::optional<error_code> outcome;
                client.async_collect({*MachineId::parse(HttpsWorld::machine), "why"},
                                     [&](error_code ec, MachineAction) { outcome = ec; });
                REQUIRE(world.run_until([&] { return outcome.has_value(); }));
                CHECK(*outcome == errc::redirect_refused);
            }
        }
        CHECK(world.emulator.log().count(stage) == 10);
        CHECK(world.victim.is_untouched());
    }
}
