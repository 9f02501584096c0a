// SPDX-License-Identifier: BSL-1.0
// The whole job through a proxy that nobody here wrote, over each transport. What the proxy is told
// is no business of the origin's, whose requests are looked at, and the other way round.
#include "matrix/callers.hpp"
#include "matrix/tiny_proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::string_view password = "pr0xy-pass.of-a-test";

/// The emulator behind somebody who writes every field down.
struct Recorded {
    HttpsWorld::Emulator* emulator;
    std::vector<std::string> lines{};

    HttpReply handle(const IncomingRequest& request, const Now& now) {
        lines.push_back(std::string(request.method) + ' ' + std::string(request.target));
        for (const HeaderField& field : request.fields)
            lines.push_back(std::string(field.name) + ": " + std::string(field.value));
        return emulator->handle(request, now);
    }
};

struct ProxiedWorld {
    HttpsWorld world;
    Recorded origin{&world.emulator};
    HttpsServer<Executor, Recorded, SystemClock> server =
        *serve_https(world.io.get_executor(), "127.0.0.1", 0, identity(), origin, SystemClock());
    MemoryStore store;

    ProxiedWorld() {
        const std::string host = "127.0.0.1:" + std::to_string(server.port());
        world.emulator.settings().link_port = server.port();
        world.settings.api = world.settings.authority = *Endpoint::parse("https://" + host);
        static_cast<void>(world.settings.links.allow(host));
    }

    Outcome collect(CallerMaker make, std::uint16_t proxy, const std::string& user = {}) {
        CallerSetup setup;
        setup.options.proxy =
            *Proxy::parse("http://" + user + "127.0.0.1:" + std::to_string(proxy));
        ServiceThread service(world);
        const auto caller = make(world.settings, std::move(setup));
        return caller->collect(store, 20s);
    }

    bool origin_knows(std::string_view words) const {
        for (const std::string& line : origin.lines)
            if (line.find(words) != std::string::npos) return true;
        return false;
    }
};

/// As in `Proxy-Authorization`.
std::string basic(std::string_view user_and_password) {
    return base64_encode(std::as_bytes(std::span(user_and_password)), Base64Alphabet::standard);
}

void the_job_passes_without_a_password(CallerMaker make) {
    TinyProxy proxy;
    ProxiedWorld world;
    const Outcome job = world.collect(make, proxy.port());
    REQUIRE_MESSAGE(!job.error, job.error.message());
    CHECK(world.store.find(PackageKey(*MachineActionId::parse(job.receipt.action))));
    CHECK(world.origin_knows("POST /api/machines/"));
    CHECK_FALSE(world.origin_knows("Proxy-"));
    // The proxy has seen where to, and nothing else.
    const std::string& log = proxy.log();
    CHECK(log.find("CONNECT 127.0.0.1:" + std::to_string(world.server.port())) !=
          std::string::npos);
    CHECK(log.find("/api/") == std::string::npos);
    CHECK(log.find("/oauth2/") == std::string::npos);
}

void the_job_passes_with_a_password_that_the_origin_never_sees(CallerMaker make) {
    TinyProxy proxy("BasicAuth someone " + std::string(password) + "\n");
    ProxiedWorld world;
    const std::string both = "someone:" + std::string(password);
    const Outcome job = world.collect(make, proxy.port(), both + '@');
    REQUIRE_MESSAGE(!job.error, job.error.message());
    CHECK(world.origin_knows("POST /api/machines/"));
    CHECK_FALSE(world.origin_knows("Proxy-"));
    CHECK_FALSE(world.origin_knows(basic(both)));
    CHECK_FALSE(world.origin_knows(password));
}

void a_proxy_that_wants_a_password_refuses(CallerMaker make) {
    TinyProxy proxy("BasicAuth someone " + std::string(password) + "\n");
    for (const char* user : {"", "someone:else@"}) {
        ProxiedWorld world;
        const Outcome job = world.collect(make, proxy.port(), user);
        CHECK_MESSAGE(job.error == errc::proxy_refused, job.error.message());
        CHECK(world.origin.lines.empty());
    }
}

void a_proxy_that_allows_other_ports_only_refuses(CallerMaker make) {
    TinyProxy proxy("ConnectPort 443\n");
    ProxiedWorld world;
    const Outcome job = world.collect(make, proxy.port());
    CHECK_MESSAGE(job.error == errc::proxy_refused, job.error.message());
    CHECK(world.origin.lines.empty());
}

void a_proxy_that_is_away_is_unreachable(CallerMaker make) {
    ProxiedWorld world;
    const std::uint16_t nobody = Listener().port();
    const Outcome job = world.collect(make, nobody);
    CHECK_MESSAGE(job.error == errc::unreachable, job.error.message());
    CHECK(world.origin.lines.empty());
}

} // namespace

#define MDE_PROXY_CASE(name)                                                                       \
    TEST_CASE("beast: " #name) { name(beast_caller); }                                             \
    TEST_CASE("curl multi: " #name) { name(curl_multi_caller); }                                   \
    TEST_CASE("curl easy: " #name) { name(curl_easy_caller); }

MDE_PROXY_CASE(the_job_passes_without_a_password)
MDE_PROXY_CASE(the_job_passes_with_a_password_that_the_origin_never_sees)
MDE_PROXY_CASE(a_proxy_that_wants_a_password_refuses)
MDE_PROXY_CASE(a_proxy_that_allows_other_ports_only_refuses)
MDE_PROXY_CASE(a_proxy_that_is_away_is_unreachable)

#undef MDE_PROXY_CASE
