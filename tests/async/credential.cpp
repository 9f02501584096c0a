// SPDX-License-Identifier: BSL-1.0
#include <mde/adapter/credential.hpp>

#include <mde/adapter/memory_token_store.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/request/managed_identity.hpp>

#include "support/posting_transport.hpp"
#include "support/scripted_world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace mde;
using namespace mde_test;

namespace {

using Transport = PostingTransport<ScriptedTransport, net::io_context::executor_type>;
using Tokens = Credential<Transport, VirtualClock>;

static_assert(AsyncTokenSource<Tokens>);

struct Asked {
    bool done = false;
    error_code error;
    AccessToken token;
    Diagnostics diagnostics;

    std::string text() const { return std::string(token.secret().expose()); }
};

/// A credential whose sign-ins are scripted.
struct CredentialWorld {
    net::io_context io;
    VirtualClock clock;
    ScriptedTransport script{clock};
    Transport transport{script, io.get_executor()};
    Settings settings =
        Settings::for_cloud(clouds().front(), *TenantId::parse(scripted_tenant), "app-1");
    MemoryTokenStore store;
    PromptRecorder recorder;
    std::vector<error_code> store_failures;

    CredentialOptions options(TokenStoreRef kept = {}) {
        CredentialOptions made;
        made.store = kept;
        made.observer = [this](const ObserverEvent& event) {
            recorder.notify(event);
            if (const auto* failure = std::get_if<observed::Failure>(&event))
                if (failure->stage == Stage::store) store_failures.push_back(failure->error);
        };
        return made;
    }

    std::unique_ptr<Tokens> tokens(Chain chain = {client_secret(Secret("sesame"))},
                                   TokenStoreRef kept = {}) {
        return std::make_unique<Tokens>(settings, std::move(chain), transport, options(kept),
                                        clock);
    }

    void ask(Tokens& tokens, Asked& asked, const TokenQuery& query = {}) {
        tokens.async_get_token(query, asked.diagnostics, [&](error_code ec, AccessToken token) {
            asked.done = true;
            asked.error = ec;
            asked.token = std::move(token);
        });
    }
    void run() {
        io.restart();
        io.run();
    }
    /// Asks and waits.
    Asked get(Tokens& tokens, const TokenQuery& query = {}) {
        Asked asked;
        ask(tokens, asked, query);
        CHECK_FALSE(asked.done);
        run();
        CHECK(asked.done);
        return asked;
    }
    TokenKey key(bool delegated = false) const {
        return {settings.authority.host(), settings.tenant.text(), settings.client_id,
                settings.audience, delegated};
    }
    StoredToken stored(const std::string& text, Ticks begun_ago, Ticks life,
                       const std::string& refresh = {}) const {
        const UtcTime begun = clock.now().utc - begun_ago;
        return {Secret(text), begun, begun + life, Secret(refresh)};
    }
};

TokenQuery refused(const AccessToken& token) {
    TokenQuery query;
    query.freshness = TokenQuery::Freshness::renewed;
    query.refused = token.serial();
    return query;
}

TokenQuery demanding(std::string_view claims, std::uint64_t serial = 0) {
    TokenQuery query;
    query.claims = claims;
    query.refused = serial;
    return query;
}

constexpr std::string_view claims_1 = R"({"access_token":{"nbf":{"value":"1"}}})";
constexpr std::string_view claims_2 = R"({"access_token":{"nbf":{"value":"2"}}})";

/// Fails at whatever it is asked.
struct BrokenStore {
    result<StoredToken> load(const TokenKey&) { return make_error_code(errc::store_denied); }
    error_code save(const TokenKey&, const StoredToken&) {
        return make_error_code(errc::store_no_space);
    }
    error_code forget(const TokenKey&) { return make_error_code(errc::store_failed); }
};

} // namespace

TEST_CASE("a token is kept until it nears its end and then got anew") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    const auto tokens = world.tokens();
    const Asked first = world.get(*tokens);
    CHECK(first.text() == "one");
    // Four fifths of 3599 s.
    world.clock.advance(2879s);
    CHECK(world.get(*tokens).text() == "one");
    CHECK(world.script.sent.size() == 1);
    world.clock.advance(1s);
    const Asked second = world.get(*tokens);
    CHECK(second.text() == "two");
    CHECK(second.token.serial() > first.token.serial());
    CHECK(world.script.sent.size() == 2);
}

TEST_CASE("a token of twenty minutes is renewed five minutes before its end") {
    CredentialWorld world;
    world.script.answer(200, token_body("one", "", "1200")).answer(200, token_body("two"));
    const auto tokens = world.tokens();
    CHECK(world.get(*tokens).text() == "one");
    world.clock.advance(899s);
    CHECK(world.get(*tokens).text() == "one");
    world.clock.advance(1s);
    CHECK(world.get(*tokens).text() == "two");
}

TEST_CASE("however many ask there is one sign-in") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    const auto tokens = world.tokens();
    std::vector<Asked> asked(20);
    for (Asked& each : asked) world.ask(*tokens, each);
    world.run();
    for (const Asked& each : asked) {
        CHECK(each.done);
        CHECK(each.text() == "one");
        CHECK(each.token.serial() == asked.front().token.serial());
    }
    CHECK(world.script.sent.size() == 1);
}

TEST_CASE("those who waited for a sign-in share its refusal and the next one asks again") {
    CredentialWorld world;
    world.script.answer(401, refusal_body("invalid_client", "no")).answer(200, token_body("one"));
    const auto tokens = world.tokens();
    std::vector<Asked> asked(5);
    for (Asked& each : asked) world.ask(*tokens, each);
    world.run();
    for (const Asked& each : asked) {
        CHECK(each.error == errc::sign_in_refused);
        CHECK(each.diagnostics.code == "invalid_client");
        CHECK(each.token.empty());
    }
    CHECK(world.script.sent.size() == 1);
    CHECK(world.get(*tokens).text() == "one");
}

TEST_CASE("a sign-in whose leader goes is led by another") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    const auto tokens = world.tokens();
    net::cancellation_signal signal;
    Asked first;
    Asked second;
    tokens->async_get_token(
        {}, first.diagnostics,
        net::bind_cancellation_slot(signal.slot(), [&](error_code ec, AccessToken) {
            first.done = true;
            first.error = ec;
        }));
    world.ask(*tokens, second);
    signal.emit(net::cancellation_type::total);
    world.run();
    CHECK(first.error == net::error::operation_aborted);
    CHECK(second.text() == "two");
}

TEST_CASE("one who only waited may go without disturbing the sign-in") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    const auto tokens = world.tokens();
    net::cancellation_signal signal;
    Asked first;
    Asked second;
    world.ask(*tokens, first);
    tokens->async_get_token(
        {}, second.diagnostics,
        net::bind_cancellation_slot(signal.slot(), [&](error_code ec, AccessToken) {
            second.done = true;
            second.error = ec;
        }));
    signal.emit(net::cancellation_type::total);
    world.run();
    CHECK(first.text() == "one");
    CHECK(second.error == net::error::operation_aborted);
    CHECK(world.script.sent.size() == 1);
}

TEST_CASE("one who waited may go right after the sign-in has ended") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    const auto tokens = world.tokens();
    net::cancellation_signal signal;
    Asked first;
    error_code second;
    tokens->async_get_token({}, first.diagnostics, [&](error_code ec, AccessToken) {
        first.error = ec;
        // The wait of the other is over, but its handler has not run yet.
        signal.emit(net::cancellation_type::total);
    });
    Diagnostics diagnostics;
    tokens->async_get_token({}, diagnostics,
                            net::bind_cancellation_slot(
                                signal.slot(), [&](error_code ec, AccessToken) { second = ec; }));
    world.run();
    CHECK_FALSE(first.error);
    CHECK(second == net::error::operation_aborted);
}

TEST_CASE("a token that was refused is replaced once") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    const auto tokens = world.tokens();
    const Asked first = world.get(*tokens);
    CHECK(world.get(*tokens, refused(first.token)).text() == "two");
    CHECK(world.get(*tokens, refused(first.token)).text() == "two");
    CHECK(world.script.sent.size() == 2);
}

TEST_CASE("claims bypass the cache and travel in the form") {
    CredentialWorld world;
    for (const char* text : {"one", "two", "three", "four"})
        world.script.answer(200, token_body(text));
    const auto tokens = world.tokens();
    const Asked first = world.get(*tokens);
    const Asked second = world.get(*tokens, demanding(claims_1, first.token.serial()));
    CHECK(second.text() == "two");
    CHECK(world.script.sent[0].form.count("claims") == 0);
    CHECK(world.script.sent[1].form.at("claims") == claims_1);
    // Others with the same demand about the same token need not ask again, and nobody gets less.
    CHECK(world.get(*tokens, demanding(claims_1, first.token.serial())).text() == "two");
    CHECK(world.get(*tokens).text() == "two");
    CHECK(world.script.sent.size() == 2);
    CHECK(world.get(*tokens, demanding(claims_2, second.token.serial())).text() == "three");
    CHECK(world.get(*tokens, demanding(claims_2)).text() == "four");
}

TEST_CASE("those who demand the same claims at once share one sign-in") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    const auto tokens = world.tokens();
    std::vector<Asked> plain(3);
    std::vector<Asked> with_claims(3);
    for (Asked& each : plain) world.ask(*tokens, each);
    for (Asked& each : with_claims) world.ask(*tokens, each, demanding(claims_1));
    world.run();
    for (const Asked& each : with_claims) CHECK(each.text() == "two");
    CHECK(world.script.sent.size() == 2);
}

TEST_CASE("a credential stays with the way that worked") {
    CredentialWorld world;
    world.script.fail(errc::unreachable)
        .answer(200, token_body("one"))
        .answer(200, token_body("two"));
    const auto tokens = world.tokens({managed_identity(), client_secret(Secret("sesame"))});
    CHECK(world.get(*tokens).text() == "one");
    world.clock.advance(1h);
    CHECK(world.get(*tokens).text() == "two");
    CHECK(world.script.sent.size() == 3);
    CHECK(world.script.sent[2].form.at("client_secret") == "sesame");
}

TEST_CASE("a way that is gone sends the next sign-in through the whole chain") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    auto there = std::make_shared<bool>(true);
    const auto tokens = world.tokens({client_assertion([there](const TokenAsk&) -> result<Secret> {
                                          if (!*there)
                                              return make_error_code(errc::credential_unavailable);
                                          return Secret("assertion");
                                      }),
                                      client_secret(Secret("sesame"))});
    CHECK(world.get(*tokens).text() == "one");
    *there = false;
    world.clock.advance(1h);
    CHECK(world.get(*tokens).error == errc::credential_unavailable);
    CHECK(world.get(*tokens).text() == "two");
    CHECK(world.script.sent[1].form.at("client_secret") == "sesame");
}

TEST_CASE("a refresh token renews what somebody signed in for") {
    CredentialWorld world;
    world.script.answer(200, token_body("one", "refresh-1"))
        .answer(200, token_body("two", "refresh-2"))
        .answer(200, token_body("three"));
    // Stands for the first dialogue, whose waits would be real ones here.
    REQUIRE_FALSE(world.store.save(world.key(true), world.stored("", 1h, 1h, "refresh-0")));
    const auto tokens = world.tokens({DeviceCode()}, world.store);
    CHECK(world.get(*tokens).text() == "one");
    world.clock.advance(1h);
    CHECK(world.get(*tokens).text() == "two");
    world.clock.advance(1h);
    CHECK(world.get(*tokens).text() == "three");
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(world.script.sent[i].form.at("refresh_token") == "refresh-" + std::to_string(i));
    CHECK(world.store.load(world.key(true))->refresh_token.expose() == "refresh-2");
    CHECK(world.recorder.prompts.empty());
}

TEST_CASE("a prompt reaches the observer") {
    CredentialWorld world;
    world.script.answer(
        200, R"({"user_code":"AB-12","device_code":"device-code-of-a-test","interval":1,)"
             R"("verification_uri":"https://login.example/device","expires_in":1,"message":"go"})");
    const auto tokens = world.tokens({DeviceCode()});
    CHECK(world.get(*tokens).error == errc::device_code_expired);
    REQUIRE(world.recorder.prompts.size() == 1);
    CHECK(world.recorder.prompts[0].user_code == "AB-12");
}

TEST_CASE("one who waits for another's dialogue leaves at its own deadline") {
    CredentialWorld world;
    world.script.answer(
        200, R"({"user_code":"AB-12","device_code":"device-code-of-a-test","interval":60,)"
             R"("verification_uri":"https://login.example/device","expires_in":900})");
    const auto tokens = world.tokens({DeviceCode()});
    net::cancellation_signal signal;
    error_code first;
    Diagnostics diagnostics;
    tokens->async_get_token({}, diagnostics,
                            net::bind_cancellation_slot(
                                signal.slot(), [&](error_code ec, AccessToken) { first = ec; }));
    Asked second;
    TokenQuery impatient;
    impatient.deadline = world.clock.now().monotonic;
    world.ask(*tokens, second, impatient);
    while (!second.done) world.io.run_one();
    CHECK(second.error == errc::deadline_exceeded);
    CHECK_FALSE(first);
    signal.emit(net::cancellation_type::total);
    world.run();
    CHECK(first == net::error::operation_aborted);
}

TEST_CASE("a leader that runs out of time fails nobody else") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    const auto tokens = world.tokens();
    Asked first;
    Asked second;
    TokenQuery impatient;
    impatient.deadline = world.clock.now().monotonic;
    world.ask(*tokens, first, impatient);
    world.ask(*tokens, second);
    world.run();
    CHECK(first.error == errc::deadline_exceeded);
    CHECK(second.text() == "one");
}

TEST_CASE("a sign-in service that is away stops nobody whose token still lasts") {
    CredentialWorld world;
    world.settings.retry.tries = 1;
    world.script.answer(200, token_body("one"))
        .answer(503, "")
        .fail(errc::timed_out)
        .answer(200, token_body("two"));
    const auto tokens = world.tokens();
    const Asked first = world.get(*tokens);
    world.clock.advance(50min);
    std::vector<Asked> asked(3);
    for (Asked& each : asked) world.ask(*tokens, each);
    world.run();
    for (const Asked& each : asked) {
        CHECK_FALSE(each.error);
        CHECK(each.text() == "one");
        CHECK(each.diagnostics == Diagnostics());
    }
    CHECK(world.script.sent.size() == 2);
    // Asked again after half a minute, not each time.
    world.clock.advance(29s);
    CHECK(world.get(*tokens).text() == "one");
    CHECK(world.script.sent.size() == 2);
    world.clock.advance(1s);
    CHECK(world.get(*tokens).text() == "one");
    CHECK(world.script.sent.size() == 3);
    world.clock.advance(30s);
    CHECK(world.get(*tokens).text() == "two");
}

TEST_CASE("a token that was refused or is at its end does not hide that renewal failed") {
    for (const Duration passed : {Duration(0s), Duration(3570s), Duration(2h)}) {
        CredentialWorld world;
        world.settings.retry.tries = 1;
        world.script.answer(200, token_body("one")).answer(503, "");
        const auto tokens = world.tokens();
        const Asked first = world.get(*tokens);
        world.clock.advance(passed);
        const TokenQuery query = passed == Duration(0s) ? refused(first.token) : TokenQuery();
        CHECK(world.get(*tokens, query).error == errc::service_unavailable);
    }
    CredentialWorld world;
    world.settings.retry.tries = 1;
    world.script.answer(200, token_body("one")).answer(503, "").answer(401, "");
    const auto tokens = world.tokens();
    CHECK(world.get(*tokens).text() == "one");
    CHECK(world.get(*tokens, demanding(claims_1)).error == errc::service_unavailable);
    world.clock.advance(50min);
    CHECK(world.get(*tokens).error == errc::sign_in_refused);
}

TEST_CASE("a stored token takes the place of a sign-in") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    {
        const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
        CHECK(world.get(*tokens).text() == "one");
    }
    const auto later = world.tokens({client_secret(Secret("sesame"))}, world.store);
    world.clock.advance(10min);
    std::vector<Asked> asked(5);
    for (Asked& each : asked) world.ask(*later, each);
    world.run();
    for (const Asked& each : asked) {
        CHECK(each.text() == "one");
        CHECK(each.token.expires_at() == world.clock.now().monotonic + 2999s);
    }
    CHECK(world.script.sent.size() == 1);
}

TEST_CASE("a stored token that is near its end is not used") {
    CredentialWorld world;
    world.script.answer(200, token_body("new"));
    REQUIRE_FALSE(world.store.save(world.key(), world.stored("old", 48min, 1h)));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    CHECK(world.get(*tokens).text() == "new");
    CHECK(world.store.load(world.key())->access_token.expose() == "new");
}

TEST_CASE("a stored token just before that is used until then") {
    CredentialWorld world;
    world.script.answer(200, token_body("new"));
    REQUIRE_FALSE(world.store.save(world.key(), world.stored("old", 47min, 1h)));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    CHECK(world.get(*tokens).text() == "old");
    world.clock.advance(1min);
    CHECK(world.get(*tokens).text() == "new");
}

TEST_CASE("a stored token that was refused is not given out again") {
    CredentialWorld world;
    world.script.answer(200, token_body("new"));
    REQUIRE_FALSE(world.store.save(world.key(), world.stored("old", 1min, 1h)));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    const Asked first = world.get(*tokens);
    CHECK(first.text() == "old");
    CHECK(world.get(*tokens, refused(first.token)).text() == "new");
}

TEST_CASE("a token that another process has renewed is taken over") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    const Asked first = world.get(*tokens);
    REQUIRE_FALSE(world.store.save(world.key(), world.stored("other", 1min, 1h)));
    CHECK(world.get(*tokens, refused(first.token)).text() == "other");
    CHECK(world.script.sent.size() == 1);
}

TEST_CASE("claims bypass the store too") {
    CredentialWorld world;
    world.script.answer(200, token_body("new"));
    REQUIRE_FALSE(world.store.save(world.key(), world.stored("old", 1min, 1h)));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    CHECK(world.get(*tokens, demanding(claims_1)).text() == "new");
}

TEST_CASE("a store that fails fails no sign-in but is seen") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    BrokenStore broken;
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, broken);
    CHECK(world.get(*tokens).text() == "one");
    CHECK(world.store_failures ==
          std::vector<error_code>{errc::store_denied, errc::store_no_space});
    CHECK(tokens->forget() == errc::store_failed);
}

TEST_CASE("what is forgotten is neither cached nor stored") {
    CredentialWorld world;
    world.script.answer(200, token_body("one")).answer(200, token_body("two"));
    const auto tokens = world.tokens({client_secret(Secret("sesame"))}, world.store);
    const Asked first = world.get(*tokens);
    CHECK_FALSE(tokens->forget());
    CHECK(world.store.load(world.key())->empty());
    const Asked second = world.get(*tokens);
    CHECK(second.text() == "two");
    CHECK(second.token.serial() > first.token.serial());
}

TEST_CASE("one grant is a chain by itself") {
    CredentialWorld world;
    world.script.answer(200, token_body("one"));
    Tokens tokens(world.settings, client_secret(Secret("sesame")), world.transport, {},
                  world.clock);
    CHECK(world.get(tokens).text() == "one");
}
