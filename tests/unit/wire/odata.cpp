// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/odata.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::wire;

TEST_CASE("a recorded error body is read whole") {
    const ServiceError error = decode_service_error(
        R"({"error":{"code":"InvalidInput","message":"Provided Guid is not a valid id for a )"
        R"(CollectInvestigationPackage action","target":"|76dce355-471ae6d819782413."}})");
    CHECK(error.code == "InvalidInput");
    CHECK(error.message ==
          "Provided Guid is not a valid id for a CollectInvestigationPackage action");
    CHECK(error.target == "|76dce355-471ae6d819782413.");
}

TEST_CASE("an error survives being written and read") {
    const ServiceError error{"TooManyRequests", "line\nline \"quoted\" \xc3\xa9", "|a."};
    CHECK(decode_service_error(encode_service_error(error)) == error);
    CHECK(decode_service_error(encode_service_error({})) == ServiceError{});
}

TEST_CASE("members that are missing or null or of another type are empty and hide no others") {
    CHECK(decode_service_error(R"({"error":{"code":"X"}})") == ServiceError{"X", "", ""});
    CHECK(decode_service_error(R"({"error":{"code":null,"message":"m","target":7}})") ==
          ServiceError{"", "m", ""});
    CHECK(decode_service_error(R"({"error":{"code":429,"message":"m"}})") ==
          ServiceError{"", "m", ""});
    CHECK(decode_service_error(R"({"error":{"code":"X","innererror":{"a":[]}},"b":1})") ==
          ServiceError{"X", "", ""});
}

TEST_CASE("a body that is no error body gives an empty error") {
    for (const char* body :
         {"", "<html>502</html>", "[]", "null", "{}", R"({"error":null})", R"({"error":"text"})",
          R"({"error":[]})", R"({"error":{"code":"a","code":"b"}})", R"({"Error":{"code":"a"}})",
          R"({"error":{"code":"a"})"})
        CHECK(decode_service_error(body) == ServiceError{});
}
