// SPDX-License-Identifier: BSL-1.0
// API-CONTRACT section 7: each row of the page "Common REST API error codes", and what was recorded
// beside it.
#include <mde/flow/classify.hpp>
#include <mde/wire/odata.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace mde;
using namespace std::chrono_literals;

namespace {

/// What the client makes of an error answer.
struct Refusal {
    wire::ServiceError service;
    error_code error;
    /// The client asks again by itself.
    bool get_is_retried = false;
    bool post_is_retried = false;
};

Refusal refused(unsigned status, std::string_view code) {
    Refusal refusal;
    refusal.service = wire::decode_service_error(R"({"error":{"code":")" + std::string(code) +
                                                 R"(","message":"free text","target":"t"}})");
    refusal.error = flow::error_of_status(status, refusal.service.code);
    const bool passing = flow::is_passing_refusal(refusal.error);
    refusal.get_is_retried = passing && flow::may_repeat(Method::get, status);
    refusal.post_is_retried = passing && flow::may_repeat(Method::post, status);
    return refusal;
}

/// Refused for good: the code reaches the caller, nothing is sent again, somebody must change
/// something.
void check_is_final(unsigned status, std::string_view code, errc expected) {
    const Refusal refusal = refused(status, code);
    CHECK(refusal.service.code == code);
    CHECK(refusal.error == expected);
    CHECK(refusal.error == condition::give_up);
    CHECK_FALSE(refusal.get_is_retried);
    CHECK_FALSE(refusal.post_is_retried);
}

} // namespace

TEST_CASE("7.1 BadRequest is a refused request and is not retried") {
    check_is_final(400, "BadRequest", errc::request_refused);
}

TEST_CASE("7.1 ODataError is a refused request and is not retried") {
    check_is_final(400, "ODataError", errc::request_refused);
}

TEST_CASE("7.1 InvalidInput is a refused request and is not retried") {
    check_is_final(400, "InvalidInput", errc::request_refused);
}

TEST_CASE("7.1 InvalidRequestBody is a refused request and is not retried") {
    check_is_final(400, "InvalidRequestBody", errc::request_refused);
}

TEST_CASE("7.1 InvalidHashValue is a refused request and is not retried") {
    check_is_final(400, "InvalidHashValue", errc::request_refused);
}

TEST_CASE("7.1 InvalidDomainName is a refused request and is not retried") {
    check_is_final(400, "InvalidDomainName", errc::request_refused);
}

TEST_CASE("7.1 InvalidIpAddress is a refused request and is not retried") {
    check_is_final(400, "InvalidIpAddress", errc::request_refused);
}

TEST_CASE("7.1 InvalidUrl is a refused request and is not retried") {
    check_is_final(400, "InvalidUrl", errc::request_refused);
}

TEST_CASE("7.1 MaximumBatchSizeExceeded is a refused request and is not retried") {
    check_is_final(400, "MaximumBatchSizeExceeded", errc::request_refused);
}

TEST_CASE("7.1 MissingRequiredParameter is a refused request and is not retried") {
    check_is_final(400, "MissingRequiredParameter", errc::request_refused);
}

TEST_CASE("7.1 OsPlatformNotSupported is a refused request and is not retried") {
    check_is_final(400, "OsPlatformNotSupported", errc::request_refused);
}

TEST_CASE("7.1 ClientVersionNotSupported is a refused request and is not retried") {
    check_is_final(400, "ClientVersionNotSupported", errc::request_refused);
}

TEST_CASE("7.1 Unauthorized asks for a new token and is no passing failure") {
    const Refusal refusal = refused(401, "Unauthorized");
    CHECK(refusal.error == errc::unauthorized);
    CHECK(refusal.error == condition::renew_token);
    CHECK_FALSE(refusal.get_is_retried);
    // Turned away before anything happened: with a new token a POST may be sent again.
    CHECK(flow::may_repeat(Method::post, 401));
}

TEST_CASE("7.1 Forbidden is forbidden and is not retried") {
    check_is_final(403, "Forbidden", errc::forbidden);
}

TEST_CASE("7.1 DisabledFeature is forbidden and is not retried") {
    check_is_final(403, "DisabledFeature", errc::forbidden);
}

TEST_CASE("7.1 DisallowedOperation is forbidden and is not retried") {
    check_is_final(403, "DisallowedOperation", errc::forbidden);
}

TEST_CASE("7.1 NotFound is not found and is not retried") {
    check_is_final(404, "NotFound", errc::not_found);
}

TEST_CASE("7.1 ResourceNotFound is not found and is not retried") {
    check_is_final(404, "ResourceNotFound", errc::not_found);
}

TEST_CASE("7.1 TooManyRequests is throttled and is retried later whatever the verb") {
    const Refusal refusal = refused(429, "TooManyRequests");
    CHECK(refusal.error == errc::throttled);
    CHECK(refusal.error == condition::retry_later);
    CHECK(refusal.get_is_retried);
    CHECK(refusal.post_is_retried);
}

TEST_CASE("7.1 InternalServerError is retried for a GET and never for a POST") {
    const Refusal refusal = refused(500, "InternalServerError");
    CHECK(refusal.error == errc::service_unavailable);
    CHECK(refusal.error == condition::retry_later);
    CHECK(refusal.get_is_retried);
    CHECK_FALSE(refusal.post_is_retried);
}

TEST_CASE("7.1 InternalServerError comes without a message") {
    const auto error = wire::decode_service_error(R"({"error":{"code":"InternalServerError"}})");
    CHECK(error.code == "InternalServerError");
    CHECK(error.message.empty());
    CHECK(error.target.empty());
}

TEST_CASE("7.1 ActiveRequestAlreadyExists is outside the table and means already running") {
    const Refusal refusal = refused(400, "ActiveRequestAlreadyExists");
    CHECK(refusal.error == errc::already_running);
    CHECK(refusal.error == condition::retry_later);
    CHECK_FALSE(refusal.get_is_retried);
    CHECK_FALSE(refusal.post_is_retried);
}

TEST_CASE("7.1 the code 429 is outside the table and means throttled") {
    const Refusal refusal = refused(429, "429");
    CHECK(refusal.error == errc::throttled);
    CHECK(refusal.get_is_retried);
    CHECK(refusal.post_is_retried);
}

TEST_CASE("7.1 a code that no page knows counts by its status and is kept") {
    check_is_final(400, "SomethingNew", errc::request_refused);
    check_is_final(403, "SomethingNew", errc::forbidden);
    CHECK(refused(503, "SomethingNew").error == errc::service_unavailable);
}

TEST_CASE("7.1 a documented code under another status counts by the status") {
    CHECK(refused(404, "ActiveRequestAlreadyExists").error == errc::not_found);
    CHECK(refused(403, "TooManyRequests").error == errc::forbidden);
    CHECK(refused(200, "BadRequest").error == error_code());
}

TEST_CASE("7.2 a target is a GUID in the pages") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"ResourceNotFound","message":"Machine 123 was not found",)"
        R"("target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}})");
    CHECK(error.code == "ResourceNotFound");
    CHECK(error.message == "Machine 123 was not found");
    CHECK(error.target == "43f4cb08-8fac-4b65-9db1-745c2ae65f3a");
}

TEST_CASE("7.2 a target is a trace id in the answers of 2023") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"InvalidInput","message":"m","target":"|76dce355-471ae6d819782413."}})");
    CHECK(error.target == "|76dce355-471ae6d819782413.");
    // Both are shown as they came.
    CHECK(flow::safe_word(error.target, {}) == "|76dce355-471ae6d819782413.");
}

TEST_CASE("7.2 an error body of another shape is still an error by its status") {
    for (const char* body : {"", "<html>", "[]", R"({"error":"text"})", R"({"error":{"code":7}})",
                             R"({"Error":{}})"}) {
        CHECK(wire::decode_service_error(body).code.empty());
        CHECK(flow::error_of_status(403, wire::decode_service_error(body).code) == errc::forbidden);
    }
}

TEST_CASE("7.3 the request id of a recorded answer is found") {
    ResponseHead head(200);
    REQUIRE(head.add_field("mise-correlation-id", "2f5ac1b1-0001-4d3c-8f3e-3f4b8f6e9a10"));
    CHECK(flow::request_id_of(head, {}) == "2f5ac1b1-0001-4d3c-8f3e-3f4b8f6e9a10");
}

TEST_CASE("7.4 the recorded body of a minute's quota is throttled") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 45 per )"
        R"(00:01:00","target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}})");
    CHECK(error.message == "API calls quota exceeded! maximum allowed 45 per 00:01:00");
    CHECK(flow::error_of_status(429, error.code) == errc::throttled);
}

TEST_CASE("7.4 the recorded body of an hour's quota is throttled") {
    const auto error = wire::decode_service_error(
        R"({"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 1500 per )"
        R"(01:00:00","target":"43f4cb08-8fac-4b65-9db1-745c2ae65f3a"}})");
    CHECK(error.message == "API calls quota exceeded! maximum allowed 1500 per 01:00:00");
    CHECK(flow::error_of_status(429, error.code) == errc::throttled);
}

TEST_CASE("7.4 Retry-After is read in seconds") {
    ResponseHead head(429);
    REQUIRE(head.add_field("Retry-After", "17"));
    CHECK(flow::retry_after_of(head, UtcTime()) == 17s);
}

TEST_CASE("7.4 Retry-After may be a date and counts from the server's own") {
    ResponseHead head(429);
    REQUIRE(head.add_field("Retry-After", "Wed, 01 May 2024 12:01:30 GMT"));
    REQUIRE(head.add_field("Date", "Wed, 01 May 2024 12:00:00 GMT"));
    CHECK(flow::retry_after_of(head, UtcTime()) == 90s);
}

TEST_CASE("7.4 a 429 without Retry-After or with one that says nothing leaves the wait to us") {
    CHECK_FALSE(flow::retry_after_of(ResponseHead(429), UtcTime()));
    for (const char* text : {"", "soon", "-1", "1.5", "2024-05-01T12:00:00Z"}) {
        ResponseHead head(429);
        REQUIRE(head.add_field("Retry-After", text));
        CHECK_FALSE(flow::retry_after_of(head, UtcTime()));
    }
}

TEST_CASE("7.4 an absurd Retry-After is a day at most") {
    for (const char* text : {"86401", "9223372036854775808", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
        ResponseHead head(429);
        REQUIRE(head.add_field("Retry-After", text));
        CHECK(flow::retry_after_of(head, UtcTime()) == 24h);
    }
}

TEST_CASE("7.4 a POST answered 502 or 504 may have been done and is not repeated") {
    for (const unsigned status : {502u, 504u}) {
        CHECK_FALSE(flow::may_repeat(Method::post, status));
        CHECK(flow::may_repeat(Method::get, status));
    }
    CHECK(flow::may_repeat(Method::post, 503));
}
