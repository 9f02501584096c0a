// SPDX-License-Identifier: BSL-1.0
// The metadata service: a token for whoever runs on the machine, and for nobody who was sent there.
#include "sign_in_fixture.hpp"

#include <mde/wire/token_codec.hpp>

#include <doctest/doctest.h>

using mde::HttpReply;
using mde_test::SignInFixture;
using namespace std::chrono_literals;

namespace {

struct IdentityFixture : SignInFixture {
    static inline const std::string good =
        "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
        "https%3A%2F%2Fapi.securitycenter.microsoft.com";

    IdentityFixture() {
        application().managed_identity =
            mde::service::ManagedIdentity{"object-1", "/subscriptions/s/identities/one"};
        mde::service::Application second = application();
        second.client_id = "app-2";
        second.managed_identity = mde::service::ManagedIdentity{"object-2", "/two"};
        state.applications.push_back(second);
        mde::service::Application plain = application();
        plain.client_id = "app-3";
        plain.managed_identity.reset();
        state.applications.push_back(plain);
    }

    HttpReply get(const std::string& target = good,
                  const std::vector<mde::HeaderField>& fields = {{"Metadata", "true"}}) {
        return ask("GET", target, {}, fields);
    }
    std::string who(const std::string& selector) {
        const HttpReply reply = get(good + selector);
        const auto found = reply.status == 200 ? caller(reply) : std::nullopt;
        return found ? found->application : text(reply, "error_description");
    }
};

} // namespace

TEST_CASE_FIXTURE(IdentityFixture, "the machine's own identity is given a token in strings") {
    const HttpReply reply = get();
    REQUIRE(reply.status == 200);
    CHECK(text(reply, "expires_in") == "3599");
    CHECK(text(reply, "ext_expires_in") == "3599");
    CHECK(text(reply, "not_before") == std::to_string(seconds()));
    CHECK(text(reply, "expires_on") == std::to_string(seconds() + 3599));
    CHECK(text(reply, "resource") == resource);
    CHECK(text(reply, "token_type") == "Bearer");
    CHECK(text(reply, "refresh_token").empty());
    const auto found = caller(reply);
    REQUIRE(found);
    CHECK(found->application == "app-1");
    CHECK(found->kind == mde::service::TokenKind::application);
    const auto decoded = mde::wire::Codec<mde::AccessToken>::decode({nullptr, reply.body, now, {}});
    REQUIRE(decoded.has_value());
    CHECK(decoded->expires_at() == now.monotonic + 3599s);
}

TEST_CASE_FIXTURE(IdentityFixture, "an identity can be named in three ways") {
    CHECK(who("&client_id=app-2") == "app-2");
    CHECK(who("&object_id=object-2") == "app-2");
    CHECK(who("&msi_res_id=%2Ftwo") == "app-2");
    CHECK(who("&client_id=app-1&object_id=object-1") == "app-1");
    CHECK(who("&client_id=app-1&object_id=object-2") == "Identity not found");
    CHECK(who("&client_id=app-3") == "Identity not found");
    state.applications.clear();
    CHECK(who("") == "Identity not found");
}

TEST_CASE_FIXTURE(IdentityFixture, "a request without the header is refused") {
    for (const std::vector<mde::HeaderField>& fields : std::vector<std::vector<mde::HeaderField>>{
             {}, {{"Metadata", "True"}}, {{"Metadata", "false"}}, {{"Metadata", ""}}}) {
        const HttpReply reply = get(good, fields);
        CHECK(reply.status == 400);
        CHECK(error(reply) == "bad_request_102");
        CHECK(text(reply, "error_description") == "Required metadata header not specified");
    }
    CHECK(get(good, {{"metadata", "true"}}).status == 200);
}

TEST_CASE_FIXTURE(IdentityFixture, "a request that was forwarded is refused") {
    const HttpReply reply = get(good, {{"Metadata", "true"}, {"X-Forwarded-For", "192.0.2.1"}});
    CHECK(reply.status == 400);
    CHECK(error(reply) == "invalid_request");
}

TEST_CASE_FIXTURE(IdentityFixture, "each other mistake at the metadata service has its answer") {
    const std::string point = "/metadata/identity/oauth2/token";
    CHECK(get(point).status == 400);
    CHECK(text(get(point + "?resource=x"), "error_description") ==
          "Required query variable 'api-version' is missing");
    CHECK(text(get(point + "?api-version=2018-02-01"), "error_description") ==
          "Required query variable 'resource' is missing");
    CHECK(get(good + "&%zz").status == 400);
    CHECK(error(get(point + "?api-version=2018-02-01&resource=https://graph.example")) ==
          "invalid_resource");
    CHECK(ask("POST", good, {}, {{"Metadata", "true"}}).status == 405);
}
