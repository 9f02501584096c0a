// SPDX-License-Identifier: BSL-1.0
#include <mde/port/http_handler.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace mde;

namespace {

struct Echo {
    HttpReply handle(const IncomingRequest& request, const Now&) {
        HttpReply reply;
        reply.status = 201;
        reply.add_field("X-Method", std::string(request.method));
        reply.body = std::string(request.field("content-TYPE"));
        return reply;
    }
};
struct Mute {
    void handle(const IncomingRequest&, const Now&) {}
};
static_assert(HttpHandler<Echo> && !HttpHandler<Mute> && !HttpHandler<int>);

} // namespace

TEST_CASE("a handler sees fields in any case and the first of a name") {
    const std::array<HeaderField, 3> fields{
        {{"Content-Type", "a/b"}, {"CONTENT-TYPE", "c/d"}, {"Empty", ""}}};
    IncomingRequest request;
    request.method = "PATCH";
    request.fields = fields;
    CHECK(request.field("Empty").empty());
    CHECK(request.field("Absent").empty());
    const HttpReply reply = Echo().handle(request, Now{});
    CHECK(reply.status == 201);
    CHECK(reply.body == "a/b");
    REQUIRE(reply.fields.size() == 1);
    CHECK(reply.fields[0].second == "PATCH");
}

TEST_CASE("a fresh reply is a success without faults") {
    const HttpReply reply;
    CHECK(reply.status == 200);
    CHECK(reply.framing == ReplyFraming::by_length);
    CHECK(reply.delay == Duration::zero());
    CHECK_FALSE(reply.cut_after);
    CHECK_FALSE(reply.source);
}
