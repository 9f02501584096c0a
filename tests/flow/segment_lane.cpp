// SPDX-License-Identifier: BSL-1.0
// One connection of several, step by step on a clock that is set by hand.
#include <mde/flow/segment_lane.hpp>

#include <mde/wire/package_uri_codec.hpp>

#include "support/virtual_clock.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::uint64_t lane_package = 100 * bounds::mib;

LiveLink live_link(const Now& now) {
    auto uri = wire::adopt_link(
        Secret("https://userrequests-us.securitycenter.windows.com/p.zip?token=x"), now);
    return *std::move(*uri).redeem(now.monotonic);
}

/// A lane of four that is told what a good host answers.
struct LaneWorld {
    VirtualClock clock;
    Settings settings;
    Diagnostics diagnostics;
    flow::Context context{&settings, &diagnostics, no_deadline, 7};
    LiveLink link = live_link(clock.now());
    PackageKey key{*MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a")};
    PackagePart part{lane_package, "\"A\"", 0};
    flow::SegmentQueue queue{0, lane_package, 4};
    flow::SegmentLane lane{context, {&context, &link, &key, &part, 0}, queue};
    flow::Action next;

    void on(const flow::Event& event) { next = lane.on(event, clock.now()); }

    void open() {
        next = lane.start(clock.now());
        REQUIRE(std::holds_alternative<flow::action::OpenStore>(next));
        on(flow::event::StoreOpened{});
    }
    /// The range that is being asked for; empty if the lane has ended.
    std::string asked() const {
        const auto* send = std::get_if<flow::action::Send>(&next);
        return send == nullptr ? std::string() : std::string(send->request->fields[1].value);
    }
    /// The head that a good host sends with what was asked for.
    void answer_head() {
        ResponseHead head(206);
        head.add_field("ETag", "\"A\"");
        head.add_field("Content-Range",
                       "bytes " + asked().substr(6) + '/' + std::to_string(lane_package));
        on(flow::event::HeadReady{&head});
    }
    /// The answer comes after `span`, of the part that was asked for and with its whole body.
    void answer_after(Duration span) {
        const std::string range = asked().substr(6);
        answer_head();
        const std::size_t dash = range.find('-');
        const std::uint64_t first = std::stoull(range.substr(0, dash));
        const std::uint64_t last = std::stoull(range.substr(dash + 1));
        const std::vector<std::byte> body(static_cast<std::size_t>(last - first + 1));
        clock.advance(span);
        on(flow::event::BodyReady{body});
        const auto* write = std::get_if<flow::action::WriteStore>(&next);
        REQUIRE(write != nullptr);
        CHECK(write->offset == first);
        CHECK(write->bytes.size() == body.size());
        on(flow::event::Done{});
        on(flow::event::BodyReady{});
    }
};

// Segments are handed out in order, the last one as short as what is left.
static_assert([] {
    flow::SegmentQueue queue(bounds::first_range, bounds::first_range + bounds::segment + 1, 4);
    const auto first = queue.next();
    const auto second = queue.next();
    return first->first == bounds::first_range && first->end == second->first &&
           second->end == second->first + 1 && !queue.next();
}());
// Divided, there is one for each lane and no more.
static_assert([] {
    flow::SegmentQueue queue(0, lane_package, 3);
    (void)queue.next();
    queue.divide();
    (void)queue.next();
    queue.divide();
    (void)queue.next();
    const auto last = queue.next();
    return last && last->end == lane_package && !queue.next();
}());
// What is left is never cut smaller than before.
static_assert([] {
    flow::SegmentQueue queue(0, bounds::segment, 16);
    queue.divide();
    return queue.next() == flow::Segment{0, bounds::segment} && !queue.next();
}());
static_assert([] {
    flow::SegmentQueue queue(0, lane_package, 3);
    queue.stop();
    queue.divide();
    return !queue.next();
}());

} // namespace

TEST_CASE("a lane asks for one segment after the other") {
    LaneWorld world;
    world.open();
    CHECK(world.asked() == "bytes=0-2097151");
    world.answer_after(1s);
    CHECK(world.asked() == "bytes=2097152-4194303");
    // Another lane has taken the next one.
    REQUIRE(world.queue.next());
    world.answer_after(1s);
    CHECK(world.asked() == "bytes=6291456-8388607");
}

TEST_CASE("the last requests of a link are for all that is left") {
    LaneWorld world;
    world.open();
    world.answer_after(10s);
    CHECK(world.asked() == "bytes=2097152-4194303");
    // Fifty seconds of a minute are over, and another segment would take forty.
    world.answer_after(40s);
    CHECK(world.asked() == "bytes=4194304-29360127");
    CHECK(world.queue.next());
    CHECK(world.queue.next());
    CHECK(world.queue.next()->end == lane_package);
    CHECK_FALSE(world.queue.next());
}

TEST_CASE("a lane whose link has died asks for nothing more") {
    LaneWorld world;
    world.open();
    world.answer_after(61s);
    CHECK(flow::is_finish(world.next));
    CHECK(world.lane.take_result().error() == errc::package_uri_expired);
    CHECK_FALSE(world.queue.next());
}

TEST_CASE("a lane ends at the deadline") {
    LaneWorld world;
    world.context.deadline = world.clock.now().monotonic + 5s;
    flow::SegmentLane lane(world.context, {&world.context, &world.link, &world.key, &world.part, 0},
                           world.queue);
    lane.start(world.clock.now());
    world.clock.advance(5s);
    CHECK(flow::is_finish(lane.on(flow::event::StoreOpened{}, world.clock.now())));
    CHECK(lane.take_result().error() == errc::deadline_exceeded);
}

TEST_CASE("a lane that cannot write says that it is the store") {
    LaneWorld world;
    world.open();
    world.answer_head();
    world.on(flow::event::BodyReady{std::vector<std::byte>(10)});
    world.on(flow::event::Failed{make_error_code(errc::store_no_space)});
    CHECK(flow::is_finish(world.next));
    CHECK(world.lane.take_result().error() == errc::store_no_space);
    CHECK(world.diagnostics.stage == Stage::store);
}

TEST_CASE("more bytes than a segment was to have are refused") {
    LaneWorld world;
    world.open();
    world.answer_head();
    world.on(flow::event::BodyReady{std::vector<std::byte>(2'097'153)});
    CHECK(flow::is_finish(world.next));
    CHECK(world.lane.take_result().error() == errc::length_mismatch);
}
