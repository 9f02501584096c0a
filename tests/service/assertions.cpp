// SPDX-License-Identifier: BSL-1.0
// Sign-in with an assertion: the application's own, signed with its certificate, or somebody
// else's.
#include "sign_in_fixture.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using mde::HttpReply;
using mde::Permission;
using mde_test::SignInFixture;
using mde_test::TokenForm;
namespace json = mde::wire::json;
using namespace std::chrono_literals;

namespace {

struct AssertionFixture : SignInFixture {
    json::object header{{"alg", "PS256"}, {"typ", "JWT"}, {"x5t#S256", "thumb-256"}};
    json::object claims;
    std::vector<std::string> seen;
    std::string good_signature = "signed";

    AssertionFixture() {
        claims = {{"aud", "https://login.example" + path()},
                  {"iss", "app-1"},
                  {"sub", "app-1"},
                  {"jti", "id-1"},
                  {"nbf", seconds()},
                  {"iat", seconds()},
                  {"exp", seconds() + 600}};
        application().verify_assertion = [this](std::string_view algorithm, std::string_view input,
                                                std::string_view signature,
                                                std::string_view thumbprint) {
            seen = {std::string(algorithm), std::string(input), std::string(signature),
                    std::string(thumbprint)};
            return signature == good_signature;
        };
    }

    HttpReply present(const std::string& text) {
        return post({{"grant_type", "client_credentials"},
                     {"client_id", "app-1"},
                     {"client_assertion_type", std::string(mde::service::assertion_type)},
                     {"client_assertion", text},
                     {"scope", std::string(resource) + "/.default"}});
    }
    HttpReply present() { return present(assertion(header, claims)); }

    /// The number with which a changed claim is refused; zero if it is not.
    std::int64_t number_with(std::string_view name, const json::value& value) {
        json::object changed = claims;
        changed[name] = value;
        return refusal_of(present(assertion(header, changed)));
    }
    std::int64_t number_without(std::string_view name) {
        json::object changed = claims;
        changed.erase(name);
        return refusal_of(present(assertion(header, changed)));
    }
    static std::int64_t refusal_of(const HttpReply& reply) {
        if (reply.status == 200) return 0;
        CHECK(reply.status == 401);
        CHECK(error(reply) == "invalid_client");
        return number(reply);
    }
};

struct FederatedFixture : AssertionFixture {
    FederatedFixture() {
        application().federated.push_back({"https://issuer.example/", "system:pod:one"});
        claims["iss"] = "https://issuer.example/";
        claims["sub"] = "system:pod:one";
        claims["aud"] = json::array{"api://AzureADTokenExchange"};
        claims["exp"] = seconds() + 3600;
        claims.erase("jti");
        header = {{"alg", "RS256"}, {"kid", "key-1"}};
    }
};

} // namespace

TEST_CASE_FIXTURE(AssertionFixture, "an assertion is as good as a secret") {
    const std::string text = assertion(header, claims);
    const HttpReply reply = present(text);
    REQUIRE(reply.status == 200);
    const auto who = caller(reply);
    REQUIRE(who);
    CHECK(who->application == "app-1");
    CHECK(who->kind == mde::service::TokenKind::application);
    CHECK(who->granted.contains(Permission::machine_read_write_all));
    CHECK(seen == std::vector<std::string>{"PS256", text.substr(0, text.rfind('.')), "signed",
                                           "thumb-256"});
}

TEST_CASE_FIXTURE(AssertionFixture, "the older header is taken too") {
    header = {{"alg", "RS256"}, {"typ", "JWT"}, {"x5t", "thumb-1"}};
    CHECK(present().status == 200);
    CHECK(seen[0] == "RS256");
    CHECK(seen[3] == "thumb-1");
}

TEST_CASE_FIXTURE(AssertionFixture, "each wrong claim has its own number") {
    CHECK(number_with("aud", json::string("https://login.example" + path("token"))) == 700023);
    CHECK(number_with("aud", "https://login.example") == 700023);
    CHECK(number_without("aud") == 700023);
    CHECK(number_with("sub", "app-2") == 700021);
    CHECK(number_without("sub") == 700021);
    CHECK(number_with("iss", "app-2") == 70021);
    CHECK(number_without("iss") == 70021);
    CHECK(number_with("nbf", seconds() + 1) == 700024);
    CHECK(number_with("nbf", seconds() - 1) == 700024);
    CHECK(number_with("exp", seconds()) == 700024);
    CHECK(number_with("exp", seconds() + 601) == 700024);
    CHECK(number_with("exp", (std::numeric_limits<std::int64_t>::max)()) == 700024);
    CHECK(number_with("nbf", (std::numeric_limits<std::int64_t>::min)()) == 700024);
    CHECK(number_without("nbf") == 700024);
    CHECK(number_without("exp") == 700024);
    CHECK(number_without("jti") == 50027);
    CHECK(number_with("jti", 1) == 50027);
    CHECK(number_with("exp", "soon") == 50027);
    // None of these has used up the id.
    CHECK(present().status == 200);
}

TEST_CASE_FIXTURE(AssertionFixture, "an assertion is good once") {
    CHECK(present().status == 200);
    CHECK(refusal_of(present()) == 50027);
    claims["jti"] = "id-2";
    CHECK(present().status == 200);
    mde::service::Application other = application();
    other.client_id = "app-2";
    state.applications.push_back(other);
    claims["iss"] = claims["sub"] = "app-2";
    CHECK(post({{"grant_type", "client_credentials"},
                {"client_id", "app-2"},
                {"client_assertion_type", std::string(mde::service::assertion_type)},
                {"client_assertion", assertion(header, claims)},
                {"scope", std::string(resource) + "/.default"}})
              .status == 200);
}

TEST_CASE_FIXTURE(AssertionFixture, "an assertion ends with its time") {
    const std::string text = assertion(header, claims);
    pass(599s);
    CHECK(present(text).status == 200);
    pass(1s);
    CHECK(refusal_of(present(text)) == 700024);
}

TEST_CASE_FIXTURE(AssertionFixture, "a signature must be there and good and of a known kind") {
    for (const char* algorithm : {"none", "HS256", "ES256", "ps256", ""}) {
        CAPTURE(algorithm);
        header["alg"] = algorithm;
        CHECK(refusal_of(present()) == 700027);
    }
    CHECK(seen.empty());
    header["alg"] = "PS256";
    good_signature = "another";
    CHECK(refusal_of(present()) == 700027);
    application().verify_assertion = nullptr;
    CHECK(refusal_of(present()) == 700027);
}

TEST_CASE_FIXTURE(AssertionFixture, "what is no assertion is refused without being repeated") {
    const std::string good = assertion(header, claims);
    for (const std::string& text :
         {std::string("x"), std::string("a.b.c"), std::string(".."), good + "=", good + ".x",
          good.substr(0, good.rfind('.')), base64("[]") + "." + base64("{}") + "." + base64("s"),
          base64("{}") + "." + base64("{\"aud\":") + "." + base64("s"),
          base64("{\"alg\":1}") + "." + base64("{}") + "." + base64("s")}) {
        CAPTURE(text);
        const HttpReply reply = present(text);
        CHECK(refusal_of(reply) == 50027);
        if (text.size() > 5) CHECK(reply.body.find(text) == std::string::npos);
    }
}

TEST_CASE_FIXTURE(AssertionFixture, "the type of an assertion must be named") {
    TokenForm form{{"grant_type", "client_credentials"},
                   {"client_id", "app-1"},
                   {"client_assertion", assertion(header, claims)},
                   {"scope", std::string(resource) + "/.default"}};
    CHECK(number(post(form)) == 90023);
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    CHECK(error(post(form)) == "invalid_request");
    // A good secret beside it does not help.
    form["client_secret"] = "s3cr3t~+/= value";
    CHECK(error(post(form)) == "invalid_request");
}

TEST_CASE_FIXTURE(AssertionFixture, "the v1 endpoint is an audience of its own") {
    claims["aud"] = "https://login.example" + path("token");
    const TokenForm form{{"grant_type", "client_credentials"},
                         {"client_id", "app-1"},
                         {"client_assertion_type", std::string(mde::service::assertion_type)},
                         {"client_assertion", assertion(header, claims)},
                         {"resource", std::string(resource)}};
    CHECK(post(form, path("token")).status == 200);
}

TEST_CASE_FIXTURE(AssertionFixture, "a refused client can be a 400 as the pages say") {
    rules().invalid_client_status = 400;
    CHECK(present("x").status == 400);
    CHECK(error(present("x")) == "invalid_client");
}

TEST_CASE_FIXTURE(FederatedFixture, "an identity that is trusted signs in with its own token") {
    const std::string text = assertion(header, claims);
    REQUIRE(present(text).status == 200);
    CHECK(caller(present(text))->application == "app-1");
    pass(3599s);
    CHECK(present(text).status == 200);
    pass(1s);
    CHECK(refusal_of(present(text)) == 700024);
}

TEST_CASE_FIXTURE(FederatedFixture,
                  "a foreign token must match in issuer and subject and audience") {
    CHECK(number_with("iss", "https://issuer.example") == 70021);
    CHECK(number_with("sub", "system:pod:two") == 70021);
    CHECK(number_with("aud", "api://other") == 700212);
    CHECK(number_with("aud", "api://AzureADTokenExchange") == 0);
    application().federated.clear();
    CHECK(refusal_of(present()) == 70021);
}

TEST_CASE_FIXTURE(FederatedFixture, "a foreign signature is checked by who was named for it") {
    application().federated.front().verify = [](std::string_view algorithm, std::string_view,
                                                std::string_view signature, std::string_view key) {
        return algorithm == "RS256" && signature == "signed" && key == "key-1";
    };
    CHECK(present().status == 200);
    header["kid"] = "key-2";
    CHECK(refusal_of(present()) == 700027);
}

TEST_CASE_FIXTURE(FederatedFixture, "an assertion can be accepted as it stands") {
    CHECK(refusal_of(present("opaque text")) == 50027);
    application().accepted_assertions.push_back("opaque text");
    CHECK(present("opaque text").status == 200);
    CHECK(refusal_of(present("opaque texts")) == 50027);
}
