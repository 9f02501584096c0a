// SPDX-License-Identifier: BSL-1.0
// A user signs in with a device code at an OpenID provider that is not ours.
#include <mde/adapter/memory_token_store.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/missing_permissions.hpp>

#include "oidc/provider_world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using Waits = std::vector<Duration>;

void check_user_token(const ProviderWorld& world, const ProviderWorld::Asked& asked) {
    REQUIRE_MESSAGE(!asked.error, asked.diagnostics.message);
    CHECK(lasts_two_minutes(world, asked.token));
    const auto claims = wire::decode_token_claims(asked.token.secret().expose());
    REQUIRE(claims);
    CHECK(claims->audience == world.settings.audience);
    CHECK(claims->tenant == told("MDE_OIDC_TENANT"));
    CHECK(claims->subject == TokenSubject::user);
    CHECK(missing_permissions<CollectInvestigationPackage, GetMachineAction, GetPackageUri>(*claims)
              .empty());
}

} // namespace

TEST_CASE("somebody enters the code and later tokens come without asking again") {
    ProviderWorld world("device");
    // One question comes before the answer.
    world.answer = "approve";
    world.answer_at_wait = 2;
    const auto tokens = world.tokens({DeviceCode()});
    check_user_token(world, world.get(*tokens));
    REQUIRE(world.prompts.size() == 1);
    CHECK(world.prompts.front().page == told("MDE_OIDC_URL") + "/device");
    REQUIRE(world.waits.size() >= 2);
    for (const Duration& wait : world.waits) CHECK(wait == 1s);
    CHECK(world.requests == 1 + world.waits.size());
    // The provider takes a refresh token once, and whoever uses an old one loses all.
    for (unsigned renewals = 1; renewals <= 3; ++renewals) {
        world.step(61s);
        const unsigned before = world.requests;
        check_user_token(world, world.get(*tokens));
        CHECK(world.requests == before + 1);
    }
    CHECK(world.prompts.size() == 1);
}

TEST_CASE("without offline access there is nothing to renew with") {
    ProviderWorld world("device");
    world.answer = "approve";
    MemoryTokenStore store;
    const auto tokens = world.tokens({DeviceCode{OfflineAccess::none}}, store);
    check_user_token(world, world.get(*tokens));
    const auto stored = store.load(world.key(true));
    REQUIRE(stored.has_value());
    CHECK_FALSE(stored->access_token.empty());
    CHECK(stored->refresh_token.empty());
}

TEST_CASE("somebody says no to the code or to what is asked for") {
    for (const char* answer : {"decline", "refuse consent"}) {
        ProviderWorld world("device");
        world.answer = answer;
        const auto asked = world.get(DeviceCode());
        CHECK(asked.error == errc::sign_in_declined);
        CHECK(asked.token.empty());
        CHECK(asked.diagnostics.http_status == 400);
        CHECK(asked.diagnostics.code == "access_denied");
        CHECK(asked.diagnostics.message ==
              "End-User aborted interaction (sent: [removed] [removed])");
    }
}

TEST_CASE("a code that ends early is over by the provider's word") {
    ProviderWorld world("device-overstated");
    const auto asked = world.get(DeviceCode());
    CHECK(asked.error == errc::device_code_expired);
    CHECK(asked.diagnostics.code == "expired_token");
    CHECK(asked.diagnostics.message == "device code is expired (sent: [removed] [removed])");
    CHECK(world.requests == 1 + world.waits.size());
    for (const Duration& wait : world.waits) CHECK(wait == 1s);
}

TEST_CASE("a code that ends before the next question is over without one") {
    // The answer names no interval, and the code lives for less than the five seconds that hold.
    ProviderWorld world("device-brief");
    CHECK(world.get(DeviceCode()).error == errc::device_code_expired);
    CHECK(world.prompts.size() == 1);
    CHECK(world.requests == 1);
}

TEST_CASE("a provider that wants to be asked less often is asked less often") {
    // It gives no token to one who asks within six seconds once it has said so.
    ProviderWorld world("device-hurried");
    world.answer = "approve";
    check_user_token(world, world.get(DeviceCode()));
    CHECK(world.waits == Waits{1s, 6s});
    CHECK(world.requests == 3);
}

TEST_CASE("a refresh token that the provider does not know leads to a prompt") {
    ProviderWorld world("device");
    world.answer = "decline";
    MemoryTokenStore store;
    StoredToken old;
    old.refresh_token = Secret("device-code-of-a-test");
    REQUIRE_FALSE(store.save(world.key(true), old));
    CHECK(world.get(*world.tokens({DeviceCode()}, store)).error == errc::sign_in_declined);
    CHECK(world.prompts.size() == 1);
}

TEST_CASE("a code for an application that the provider does not know is not given") {
    ProviderWorld world("nobody");
    const auto asked = world.get(DeviceCode());
    CHECK(asked.error == errc::sign_in_refused);
    CHECK(asked.diagnostics.code == "invalid_client");
    CHECK(world.prompts.empty());
}
