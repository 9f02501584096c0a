// SPDX-License-Identifier: BSL-1.0
#include "fixture.hpp"

#include <mde/service/in_process_transport.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>

using namespace mde_test;

namespace {

/// Copies share one time.
struct SharedClock {
    std::shared_ptr<mde::Now> time = std::make_shared<mde::Now>();
    mde::Now now() const { return *time; }
    void advance(mde::Duration span) { time->monotonic += span; }
};

/// Answers everything with one reply and keeps what it was asked.
struct Echo {
    HttpReply reply;
    std::string asked{};
    HttpReply handle(const mde::IncomingRequest& request, const mde::Now&) {
        asked = std::string(request.method) + ' ' + std::string(request.host) +
                std::string(request.target) + ' ' + std::string(request.field("x-test")) + ' ' +
                std::string(request.body);
        return reply;
    }
};

using Transport = service::InProcessTransport<Echo, SharedClock>;
static_assert(mde::BlockingTransport<Transport>);

const mde::HttpRequest a_request{mde::Method::get,       "api.example", 443, "/api/x", {}, {},
                                 std::chrono::seconds(5)};

mde::error_code read_to_end(Transport::Exchange& exchange, std::string& text, std::size_t step) {
    std::vector<std::byte> buffer(step);
    for (;;) {
        const auto count = exchange.read_some(buffer);
        if (!count) return count.error();
        if (*count == 0) return {};
        text.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
}

} // namespace

TEST_CASE("a request reaches the handler and its answer comes back in pieces") {
    Echo echo;
    echo.reply.status = 201;
    echo.reply.body = "0123456789";
    echo.reply.add_field("X-Answer", "yes");
    Transport transport(echo, SharedClock());
    const std::array<mde::HeaderField, 1> fields{mde::HeaderField{"X-Test", "v"}};
    mde::HttpRequest post = a_request;
    post.method = mde::Method::post;
    post.fields = fields;
    post.body = "body";
    auto exchange = transport.send(post);
    REQUIRE(exchange.has_value());
    CHECK(echo.asked == "POST api.example/api/x v body");
    CHECK(exchange->head().status() == 201);
    CHECK(exchange->head().field_or_empty("x-answer") == "yes");
    CHECK(exchange->head().field_or_empty("content-length") == "10");
    std::string text;
    CHECK(!read_to_end(*exchange, text, 3));
    CHECK(text == "0123456789");
}

TEST_CASE("a body from a source is streamed from its offset") {
    Echo echo;
    const service::Package package = service::memory_package("0123456789");
    echo.reply.source = mde::BodySource{4, 5, package.read};
    echo.reply.framing = mde::ReplyFraming::by_chunks;
    Transport transport(echo, SharedClock());
    auto exchange = transport.send(a_request);
    REQUIRE(exchange.has_value());
    CHECK(exchange->head().field_or_empty("Transfer-Encoding") == "chunked");
    CHECK(!exchange->head().field("Content-Length"));
    std::string text;
    CHECK(!read_to_end(*exchange, text, 2));
    CHECK(text == "45678");
}

TEST_CASE("a body that is cut ends as truncated whatever its framing") {
    for (const auto framing : {mde::ReplyFraming::by_length, mde::ReplyFraming::by_chunks,
                               mde::ReplyFraming::by_close}) {
        Echo echo;
        echo.reply.body = "0123456789";
        echo.reply.framing = framing;
        echo.reply.cut_after = 7;
        Transport transport(echo, SharedClock());
        auto exchange = transport.send(a_request);
        std::string text;
        CHECK(read_to_end(*exchange, text, 4) == mde::make_error_code(mde::errc::body_truncated));
        CHECK(text == "0123456");
        echo.reply.cut_after = 10;
        exchange = transport.send(a_request);
        const bool whole = framing == mde::ReplyFraming::by_length;
        CHECK(!read_to_end(*exchange, text, 4) == whole);
    }
}

TEST_CASE("a delay moves the clock or runs into the time limit") {
    Echo echo;
    echo.reply.delay = 4s;
    SharedClock clock;
    Transport transport(echo, clock);
    CHECK(transport.send(a_request).has_value());
    CHECK(clock.now().monotonic == mde::MonotonicTime(4s));
    echo.reply.delay = 6s;
    CHECK(transport.send(a_request).error() == mde::make_error_code(mde::errc::timed_out));
    CHECK(clock.now().monotonic == mde::MonotonicTime(9s));
}

TEST_CASE("an answer that is withheld is a lost connection after its delay") {
    Echo echo;
    echo.reply.unanswered = true;
    echo.reply.delay = std::chrono::seconds(2);
    const SharedClock clock;
    Transport transport(echo, clock);
    CHECK(transport.send(a_request).error() == mde::errc::connection_lost);
    CHECK(clock.now().monotonic == mde::MonotonicTime(std::chrono::seconds(2)));
    CHECK(!echo.asked.empty());
}

TEST_CASE("a request that no transport may send reaches no handler") {
    Echo echo;
    Transport transport(echo, SharedClock());
    mde::HttpRequest bad = a_request;
    bad.target = "/a\r\nX: y";
    CHECK(transport.send(bad).error() == mde::make_error_code(mde::errc::unsafe_request));
    CHECK(echo.asked.empty());
}

TEST_CASE("the whole job runs over the transport without a socket") {
    Fixture fixture;
    SharedClock clock;
    *clock.time = fixture.now;
    service::InProcessTransport transport(fixture.emulator, clock);
    const std::string id = fixture.finished();
    const std::string target = fixture.link_target(id);
    mde::HttpRequest fetch = a_request;
    fetch.target = target;
    *clock.time = fixture.now;
    auto exchange = transport.send(fetch);
    REQUIRE(exchange.has_value());
    std::string text;
    std::vector<std::byte> buffer(100);
    for (auto count = exchange->read_some(buffer); count && *count != 0;
         count = exchange->read_some(buffer))
        text.append(reinterpret_cast<const char*>(buffer.data()), *count);
    CHECK(text == service::sample_package(*MachineActionId::parse(id)));
}
