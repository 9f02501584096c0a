// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/wire/zip_end_record.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>

using namespace mde_test;
using Fields = std::vector<mde::HeaderField>;

namespace {

struct Download : Fixture {
    std::string id = finished();
    std::string target = link_target(id);
    std::string package = service::sample_package(*MachineActionId::parse(id));
};

} // namespace

TEST_CASE_FIXTURE(Download, "the whole package comes with its headers and without a bearer") {
    const HttpReply reply = download(target);
    CHECK(reply.status == 200);
    CHECK(whole_body(reply) == package);
    CHECK(field_of(reply, "Content-Type") == "application/zip");
    CHECK(field_of(reply, "Accept-Ranges") == "bytes");
    CHECK(field_of(reply, "ETag").size() > 4);
    CHECK(field_of(reply, "ETag").starts_with('"'));
    CHECK(field_of(reply, "Date").ends_with("GMT"));
    CHECK(reply.framing == mde::ReplyFraming::by_length);
    CHECK(field_of(download(target), "ETag") == field_of(reply, "ETag"));
}

TEST_CASE_FIXTURE(Download, "a range is answered with exactly its bytes") {
    const HttpReply middle = download(target, Fields{{"Range", "bytes=10-19"}});
    CHECK(middle.status == 206);
    CHECK(whole_body(middle) == package.substr(10, 10));
    CHECK(field_of(middle, "Content-Range") == "bytes 10-19/" + std::to_string(package.size()));
    CHECK(whole_body(download(target, Fields{{"Range", "bytes=100-"}})) == package.substr(100));
    CHECK(whole_body(download(target, Fields{{"Range", "bytes=-22"}})) ==
          package.substr(package.size() - 22));
    CHECK(download(target, Fields{{"Range", "bytes=0-1,5-6"}}).status == 200);
    const std::string behind = "bytes=" + std::to_string(package.size()) + "-";
    const HttpReply outside = download(target, Fields{{"Range", behind}});
    CHECK(outside.status == 416);
    CHECK(field_of(outside, "Content-Range") == "bytes */" + std::to_string(package.size()));
}

TEST_CASE_FIXTURE(Download, "conditions hold the tag against the package") {
    const std::string etag = field_of(download(target), "ETag");
    const mde::HeaderField range{"Range", "bytes=5-"};
    CHECK(download(target, Fields{range, {"If-Range", etag}}).status == 206);
    CHECK(download(target, Fields{range, {"If-Range", "\"other\""}}).status == 200);
    CHECK(download(target, Fields{range, {"If-Range", "Wed, 01 May 2024 00:00:00 GMT"}}).status ==
          200);
    CHECK(download(target, Fields{range, {"If-Match", etag}}).status == 206);
    CHECK(download(target, Fields{range, {"If-Match", "\"other\""}}).status == 412);
    CHECK(download(target, Fields{range, {"If-Match", "*"}}).status == 206);
}

TEST_CASE_FIXTURE(Download, "ranges and tags and framing and media type can be switched") {
    auto& settings = emulator.settings();
    settings.ranges = service::Feature::off;
    settings.package_framing = mde::ReplyFraming::by_close;
    settings.package_media_type = "application/octet-stream";
    const HttpReply reply = download(target, Fields{{"Range", "bytes=5-"}});
    CHECK(reply.status == 200);
    CHECK(whole_body(reply) == package);
    CHECK(field_of(reply, "Accept-Ranges").empty());
    CHECK(field_of(reply, "Content-Type") == "application/octet-stream");
    CHECK(reply.framing == mde::ReplyFraming::by_close);
    settings.ranges = service::Feature::on;
    settings.etags = service::Feature::off;
    const HttpReply untagged = download(target, Fields{{"Range", "bytes=5-"}});
    CHECK(untagged.status == 206);
    CHECK(field_of(untagged, "ETag").empty());
    CHECK(download(target, Fields{{"If-Match", "\"x\""}}).status == 412);
}

TEST_CASE_FIXTURE(Download, "packages can be given per action and for all") {
    emulator.packages().put_for_all("for all");
    CHECK(whole_body(download(target)) == "for all");
    emulator.packages().put(*MachineActionId::parse(id), "own");
    CHECK(whole_body(download(target)) == "own");
    CHECK(field_of(download(target), "ETag") == service::memory_package("own").etag);
}

TEST_CASE_FIXTURE(Download, "eight gibibytes are served from anywhere without memory") {
    const service::GeneratedPackage large(std::uint64_t(8) << 30);
    emulator.packages().put(*MachineActionId::parse(id), large);
    const HttpReply reply = download(target, Fields{{"Range", "bytes=8589934570-"}});
    CHECK(reply.status == 206);
    CHECK(field_of(reply, "Content-Range") == "bytes 8589934570-8589934591/8589934592");
    CHECK(whole_body(reply).starts_with("PK\x05\x06"));
}
