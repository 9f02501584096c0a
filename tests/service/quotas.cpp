// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace mde_test;

TEST_CASE("a third link within a minute is refused for exactly as long as needed") {
    Fixture fixture;
    const std::string id = fixture.finished();
    CHECK(fixture.link(id).status == 200);
    fixture.pass(10s);
    CHECK(fixture.link(id).status == 200);
    fixture.pass(20500ms);
    const HttpReply refused = fixture.link(id);
    CHECK(refused.status == 429);
    CHECK(error_code_of(refused) == "429");
    CHECK(error_message_of(refused) == "API calls quota exceeded! maximum allowed 2 per 00:01:00");
    CHECK(field_of(refused, "Retry-After") == "30");
    fixture.pass(29s);
    CHECK(field_of(fixture.link(id), "Retry-After") == "1");
    fixture.pass(500ms);
    CHECK(fixture.link(id).status == 200);
    CHECK(fixture.link(id).status == 429);
    CHECK(fixture.emulator.log().count(Stage::get_link) == 6);
    CHECK(fixture.emulator.log().count(Stage::get_link, 429) == 3);
    CHECK(fixture.emulator.log().requests(Stage::get_link).back().at == fixture.now);
}

TEST_CASE("the hour is counted too") {
    Fixture fixture;
    const std::string id = fixture.finished();
    for (int minute = 0; minute < 15; ++minute) {
        for (int i = 0; i < 100; ++i) REQUIRE(fixture.action(id).status == 200);
        fixture.pass(1min);
    }
    const HttpReply refused = fixture.action(id);
    CHECK(refused.status == 429);
    CHECK(error_message_of(refused).ends_with("maximum allowed 1500 per 01:00:00"));
    CHECK(field_of(refused, "Retry-After") == "2700");
    fixture.pass(2700s);
    fixture.token = fixture.emulator.make_token(application(), fixture.now);
    CHECK(fixture.action(id).status == 200);
}

TEST_CASE("the minute's limit of the link call is also its limit of the hour") {
    service::Quotas quotas;
    mde::MonotonicTime now{};
    const mde::Quota quota = mde::GetPackageUri::quota;
    for (int i = 0; i < 500; ++i) {
        REQUIRE(!quotas.count("t", "a", Stage::get_link, quota, now));
        now += 30s;
    }
}

TEST_CASE("a service in a hurry has shorter minutes and hours") {
    Fixture fixture;
    fixture.emulator.settings().api.quota_minute = 1500ms;
    const std::string id = fixture.finished();
    CHECK(fixture.link(id).status == 200);
    CHECK(fixture.link(id).status == 200);
    fixture.pass(1499ms);
    const HttpReply refused = fixture.link(id);
    CHECK(refused.status == 429);
    CHECK(error_message_of(refused).ends_with("maximum allowed 2 per 00:01:00"));
    CHECK(field_of(refused, "Retry-After") == "1");
    fixture.pass(1ms);
    CHECK(fixture.link(id).status == 200);
    service::Quotas quotas;
    mde::MonotonicTime now{};
    const auto count = [&] {
        return quotas.count("t", "a", Stage::get_link, mde::Quota{0, 2}, now,
                            service::QuotaWindows::sliding, 1500ms);
    };
    CHECK(!count());
    CHECK(!count());
    now += 89s;
    REQUIRE(count());
    CHECK(count()->retry_after == 1s);
    now += 1s;
    CHECK(!count());
}

TEST_CASE("quotas are kept per call and application and tenant") {
    Fixture fixture;
    const std::string id = fixture.finished();
    CHECK(fixture.link(id).status == 200);
    CHECK(fixture.link(id).status == 200);
    CHECK(fixture.link(id).status == 429);
    CHECK(fixture.action(id).status == 200);
    service::Application other = application();
    other.client_id = "app-2";
    fixture.token = fixture.emulator.make_token(other, fixture.now);
    CHECK(fixture.link(id).status == 200);
}

TEST_CASE("the code of a 429 can be in words and quotas can be off") {
    Fixture fixture;
    const std::string id = fixture.finished();
    fixture.emulator.settings().throttle_code = service::ThrottleCode::words;
    fixture.link(id);
    fixture.link(id);
    CHECK(error_code_of(fixture.link(id)) == "TooManyRequests");
    fixture.emulator.settings().quotas = service::Feature::off;
    CHECK(fixture.link(id).status == 200);
    fixture.emulator.settings().quotas = service::Feature::on;
    fixture.emulator.quotas().clear();
    CHECK(fixture.link(id).status == 200);
}

TEST_CASE("the hundred and first look at an action within a minute is refused") {
    Fixture fixture;
    const std::string id = fixture.finished();
    for (int i = 0; i < 100; ++i) CHECK(fixture.action(id).status == 200);
    const HttpReply refused = fixture.action(id);
    CHECK(refused.status == 429);
    CHECK(field_of(refused, "Retry-After") == "60");
}
