// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/receipt_codec.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace mde;
using namespace mde::wire;
using namespace std::chrono_literals;

namespace {

Receipt full_receipt() {
    Receipt receipt;
    receipt.tenant = "contoso.onmicrosoft.com";
    receipt.machine = "00112233445566778899aabbccddeeff00112233";
    receipt.computer_dns_name = "ws-1";
    receipt.action = "11111111-2222-4333-8444-555555555555";
    receipt.requestor = "a@b";
    receipt.comment = "line\n\"quoted\" \x1b \xc3\xa9";
    receipt.action_created = UtcTime(Ticks(17060601887283693));
    receipt.action_updated = UtcTime(Ticks(17060601887283702));
    receipt.link_requested = UtcTime(Ticks(17060602000000000));
    receipt.download_started = UtcTime(Ticks(17060602000000001));
    receipt.stored = UtcTime(Ticks(17060602100000000));
    receipt.source_host = "download.example";
    receipt.length = 1234567890123;
    receipt.sha256.bytes[0] = std::byte{0xab};
    receipt.etag = "\"0x8D\"";
    receipt.media_type = "application/zip";
    receipt.request_ids = {"one", "two", std::string("with\0nul", 8), ""};
    receipt.sdk_version = "0.1.0";
    receipt.content = "SoftwareInventoryExport";
    receipt.index = 7;
    receipt.generated = UtcTime(Ticks(17060601887283700));
    return receipt;
}

std::string changed_receipt(const std::string& from, const std::string& to) {
    std::string text = encode_receipt(full_receipt());
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a receipt survives being written and read") {
    const auto back = decode_receipt(encode_receipt(full_receipt()));
    REQUIRE(back);
    CHECK(back->request_ids == full_receipt().request_ids);
    CHECK(*back == full_receipt());
    const auto least = decode_receipt(encode_receipt(Receipt()));
    REQUIRE(least);
    CHECK(*least == Receipt());
}

TEST_CASE("a receipt is one line without control characters") {
    const std::string text = encode_receipt(full_receipt());
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(text.starts_with(R"({"schema":"mde-receipt-1",)"));
    CHECK(text.find(R"("sha256":"ab000000)") != std::string::npos);
    CHECK(text.find(R"("length":1234567890123,)") != std::string::npos);
}

TEST_CASE("what is no receipt is refused") {
    for (const char* text : {"", "{}", "[]", "null", R"({"schema":"mde-receipt-1"})"})
        CHECK(decode_receipt(text).error() == errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("mde-receipt-1", "mde-receipt-2")).error() ==
          errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("\"ab00", "\"ab0")).error() == errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("\"ab00", "\"xy00")).error() == errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("1234567890123", "-1")).error() == errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("1234567890123", "1.5")).error() ==
          errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("1234567890123", "null")).error() ==
          errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("1234567890123", "9223372036854775808")).error() ==
          errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("\"ws-1\"", "7")).error() == errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("\"stored\":\"", "\"stored\":\"x")).error() ==
          errc::malformed_answer);
    CHECK(decode_receipt(changed_receipt("\"etag\"", "\"tenant\"")).error() ==
          errc::duplicate_member);
}

TEST_CASE("members that are unknown or missing are borne") {
    CHECK(decode_receipt(changed_receipt("\"etag\"", "\"future\""))->etag.empty());
    CHECK(decode_receipt(changed_receipt("[\"one\"", "[7,\"one\""))->request_ids.front() == "one");
}

TEST_CASE("a receipt of before there was anything but packages is read") {
    std::string text = encode_receipt(full_receipt());
    const std::size_t at = text.find(R"(,"content")");
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string::npos, "}");
    const auto receipt = decode_receipt(text);
    REQUIRE(receipt.has_value());
    CHECK(receipt->content.empty());
    CHECK_FALSE(receipt->index);
    CHECK_FALSE(receipt->generated);
}

TEST_CASE("an index or a moment that cannot be is refused") {
    CHECK(decode_receipt(changed_receipt(R"("index":7)", R"("index":-7)")).has_error());
    CHECK(decode_receipt(changed_receipt(R"("index":7)", R"("index":[])")).has_error());
    CHECK(decode_receipt(changed_receipt(R"("generated":"2024)", R"("generated":"soon)"))
              .has_error());
    CHECK(decode_receipt(changed_receipt(R"("index":7)", R"("index":null)")).has_value());
}
