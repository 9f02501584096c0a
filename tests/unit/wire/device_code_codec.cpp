// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/device_code_codec.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace mde;
using namespace std::chrono_literals;

static_assert(!std::copy_constructible<DeviceAuthorization>);

namespace {

result<DeviceAuthorization> decode_device(std::string_view more) {
    const std::string body =
        R"({"user_code":"A","device_code":"d","verification_uri":"https://l.example/d",)" +
        std::string(more) + "}";
    wire::Answer answer;
    answer.body = body;
    return wire::Codec<DeviceAuthorization>::decode(answer);
}

} // namespace

TEST_CASE("without an interval it is five seconds and without a message there is none") {
    const auto code = decode_device(R"("expires_in":900)");
    REQUIRE(code.has_value());
    CHECK(code->device_code.expose() == "d");
    CHECK(code->interval == 5s);
    CHECK(code->expires_in == 900s);
    CHECK(code->message.empty());
}

TEST_CASE("interval and life are believed within bounds") {
    const auto interval = [](const char* number) {
        return decode_device(R"("expires_in":900,"interval":)" + std::string(number))->interval;
    };
    CHECK(interval("0") == 1s);
    CHECK(interval("-5") == 1s);
    CHECK(interval("1") == 1s);
    CHECK(interval("60") == 60s);
    CHECK(interval("61") == 60s);
    CHECK(decode_device(R"("expires_in":"3600")")->expires_in == 3600s);
    CHECK(decode_device(R"("expires_in":3601)")->expires_in == 3600s);
    CHECK(decode_device(R"("expires_in":9223372036854775807)")->expires_in == 3600s);
}

TEST_CASE("members named twice or of another type are refused") {
    CHECK(decode_device(R"("expires_in":900,"user_code":"B")").error() == errc::duplicate_member);
    CHECK(decode_device(R"("expires_in":{})").error() == errc::malformed_answer);
    CHECK(decode_device(R"("expires_in":900,"message":7)").error() == errc::malformed_answer);
    CHECK(decode_device(R"("interval":5)").error() == errc::malformed_answer);
}
