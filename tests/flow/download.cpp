// SPDX-License-Identifier: BSL-1.0
#include <mde/flow/download.hpp>

#include "support/world.hpp"

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

using Download = flow::Download<SumHasher>;

struct DownloadWorld : World {
    MachineActionId id = finished_action();

    PackageUri link() {
        return *wire::adopt_link(Secret(emulator.make_link(id, clock.now())), clock.now());
    }
    Download::Result download(PackageUri uri) {
        return run<Download>(std::move(uri), PackageKey{id}, Receipt{});
    }
    Download::Result download() { return download(link()); }

    void fault(service::Fault fault) {
        fault.stage = Stage::download;
        emulator.add(fault);
    }
    errc failure() {
        const auto receipt = download();
        REQUIRE_FALSE(receipt);
        CHECK_FALSE(store.find(PackageKey{id}));
        CHECK(receipt.error().category() == mde_category());
        return static_cast<errc>(receipt.error().value());
    }
};

service::Fault status(unsigned status, unsigned count = 1) {
    service::Fault fault;
    fault.status = status;
    fault.count = count;
    return fault;
}

/// The first step of every download: a store that has nothing yet.
flow::Action opened(Download& flow, World& world) {
    const auto action = flow.start(world.clock.now());
    REQUIRE(std::holds_alternative<flow::action::OpenStore>(action));
    return flow.on(flow::event::StoreOpened{}, world.clock.now());
}

std::string zip() { return service::ZipWriter().add("a.txt", "hello").finish(); }

} // namespace

TEST_CASE("a package is stored whole with its receipt") {
    DownloadWorld world;
    const auto receipt = world.download();
    REQUIRE(receipt);
    const auto stored = world.store.find(PackageKey{world.id});
    REQUIRE(stored);
    CHECK(stored->bytes.size() == receipt->length);
    SumHasher hasher;
    hasher.update(stored->bytes);
    CHECK(receipt->sha256 == *hasher.finish());
    CHECK(stored->receipt == *receipt);
    CHECK(receipt->source_host == "userrequests-us.securitycenter.windows.com");
    CHECK(receipt->media_type == "application/zip");
    CHECK_FALSE(receipt->etag.empty());
    CHECK(receipt->sdk_version == MDE_VERSION_STRING);
}

TEST_CASE("each framing of the body is understood") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        DownloadWorld world;
        world.emulator.settings().package_framing = framing;
        CHECK(world.download());
    }
}

TEST_CASE("the download request carries no token") {
    DownloadWorld world;
    Download flow(world.context(), world.link(), PackageKey{world.id}, {});
    const auto action = opened(flow, world);
    REQUIRE(std::holds_alternative<flow::action::Send>(action));
    for (const HeaderField& field : std::get<flow::action::Send>(action).request->fields)
        CHECK_FALSE(ascii::equal_ignoring_case(field.name, "Authorization"));
}

TEST_CASE("the target of a link is sent byte for byte") {
    DownloadWorld world;
    const std::string link = "https://userrequests-us.securitycenter.windows.com:443/a//b/"
                             "%2f.zip?token=a%2fb%2B//c%3d%3d";
    Download flow(world.context(), *wire::adopt_link(Secret(link), world.clock.now()),
                  PackageKey{world.id}, {});
    const auto action = opened(flow, world);
    REQUIRE(std::holds_alternative<flow::action::Send>(action));
    CHECK(std::get<flow::action::Send>(action).request->target ==
          "/a//b/%2f.zip?token=a%2fb%2B//c%3d%3d");
}

TEST_CASE("an expired link is refused before the transport is touched") {
    DownloadWorld world;
    PackageUri uri = world.link();
    world.clock.advance(58s);
    const auto receipt = world.download(std::move(uri));
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::package_uri_expired);
    CHECK(receipt.error() == condition::ask_again);
    CHECK(world.calls(Stage::download) == 0);
    CHECK(world.recorder.count<observed::Request>() == 0);
}

TEST_CASE("a valueless link is refused before the transport is touched") {
    DownloadWorld world;
    const auto receipt = world.download(PackageUri());
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::package_uri_spent);
    CHECK(world.calls(Stage::download) == 0);
}

TEST_CASE("a link to a host that is not allowed is refused before the transport is touched") {
    DownloadWorld world;
    auto uri = wire::adopt_link(Secret("https://attacker.example/a.zip"), world.clock.now());
    const auto receipt = world.download(std::move(*uri));
    REQUIRE_FALSE(receipt);
    CHECK(receipt.error() == errc::link_not_allowed);
    CHECK(world.recorder.count<observed::Request>() == 0);
}

TEST_CASE("a declared start in the future is waited for") {
    DownloadWorld world;
    world.settings.links = LinkPolicy();
    REQUIRE(world.settings.links.allow("blob.example"));
    auto uri = wire::adopt_link(
        Secret("https://blob.example/p?st=2024-05-01T00%3A01%3A10Z&se=2024-05-01T00%3A01%3A50Z"
               "&sig=x"),
        world.clock.now());
    REQUIRE(uri);
    Download flow(world.context(), std::move(*uri), PackageKey{world.id}, {});
    const auto action = opened(flow, world);
    REQUIRE(std::holds_alternative<flow::action::Wait>(action));
    CHECK(std::get<flow::action::Wait>(action).reason == WaitReason::link_start);
}

TEST_CASE("every status that can mean a dead link does") {
    for (const unsigned code : {400u, 401u, 403u, 404u, 410u}) {
        DownloadWorld world;
        world.emulator.settings().dead_link_status = code;
        world.fault(status(code));
        CHECK(world.failure() == errc::link_dead);
    }
}

TEST_CASE("an expiry notice with status 200 is a dead link and not a package") {
    DownloadWorld world;
    service::Fault fault = status(200);
    fault.body = R"({"error":"Expired token"})";
    fault.fields.emplace_back("Content-Type", "application/json; charset=utf-8");
    world.fault(fault);
    CHECK(world.failure() == errc::link_dead);
}

TEST_CASE("an error page with status 200 is not a package") {
    for (const char* type : {"text/html", "application/json", "TEXT/plain; charset=utf-8",
                             "application/xml", "application/octet-stream", ""}) {
        CAPTURE(type);
        DownloadWorld world;
        service::Fault fault = status(200);
        fault.body = "<html>Please sign in to the network</html>";
        fault.fields.emplace_back("Content-Type", type);
        world.fault(fault);
        CHECK(world.failure() == errc::not_a_package);
    }
}

TEST_CASE("a whole package under the media type of a page is refused unread") {
    for (const char* type : {"text/html", "application/json; charset=utf-8", "application/xml"}) {
        CAPTURE(type);
        DownloadWorld world;
        world.emulator.settings().package_media_type = type;
        CHECK(world.failure() == errc::not_a_package);
    }
}

TEST_CASE("an empty body is not a package") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        DownloadWorld world;
        service::Fault fault = status(200);
        fault.body = "";
        fault.framing = framing;
        fault.fields.emplace_back("Content-Type", "application/zip");
        world.fault(fault);
        CHECK(world.failure() == errc::not_a_package);
    }
}

TEST_CASE("a zip without its end is not stored whatever the framing says") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        for (std::size_t cut = 1; cut < 40; ++cut) {
            DownloadWorld world;
            service::Fault fault = status(200);
            fault.body = zip().substr(0, zip().size() - cut);
            fault.framing = framing;
            fault.fields.emplace_back("Content-Type", "application/zip");
            world.fault(fault);
            CHECK(world.failure() == errc::zip_incomplete);
        }
    }
}

TEST_CASE("a content coding that nobody asked for is refused") {
    DownloadWorld world;
    service::Fault fault = status(200);
    fault.body = zip();
    fault.fields = {{"Content-Type", "application/zip"}, {"Content-Encoding", "gzip"}};
    world.fault(fault);
    CHECK(world.failure() == errc::not_a_package);
}

TEST_CASE("the size cap is kept with and without a declared length") {
    const std::uint64_t size = zip().size();
    for (const auto framing : {ReplyFraming::by_length, ReplyFraming::by_chunks}) {
        for (const std::uint64_t limit : {size - 1, size, size + 1}) {
            DownloadWorld world;
            world.emulator.packages().put(world.id, zip());
            world.emulator.settings().package_framing = framing;
            world.settings.package_limit = limit;
            const auto receipt = world.download();
            CHECK(receipt.has_value() == (limit >= size));
            if (!receipt) CHECK(receipt.error() == errc::package_too_large);
        }
    }
}

TEST_CASE("a declared length over the cap is refused before the store is opened") {
    DownloadWorld world;
    world.settings.package_limit = 10;
    CHECK(world.failure() == errc::package_too_large);
    CHECK(world.recorder.count<observed::Progress>() == 0);
}

TEST_CASE("a transfer that breaks begins again with the same link while that lives") {
    DownloadWorld world;
    world.emulator.settings().etags = service::Feature::off;
    service::Fault fault;
    fault.cut_after = 100;
    fault.count = 2;
    world.fault(fault);
    CHECK(world.download());
    CHECK(world.calls(Stage::download) == 3);
    CHECK(world.store.find(PackageKey{world.id}));
}

TEST_CASE("a transfer that keeps breaking ends within its tries and leaves nothing") {
    DownloadWorld world;
    world.emulator.settings().etags = service::Feature::off;
    service::Fault fault;
    fault.cut_after = 100;
    fault.count = 0;
    world.fault(fault);
    CHECK(world.failure() == errc::body_truncated);
    CHECK(world.calls(Stage::download) == world.settings.retry.tries);
}

TEST_CASE("a dead link is not tried again within its own flow") {
    DownloadWorld world;
    world.fault(status(403, 0));
    CHECK(world.failure() == errc::link_dead);
    CHECK(world.calls(Stage::download) == 1);
}

TEST_CASE("a busy download host is waited for while the link lives") {
    DownloadWorld world;
    service::Fault busy = status(503);
    busy.retry_after = "5";
    world.fault(busy);
    CHECK(world.download());
    CHECK(world.recorder.waited(WaitReason::retry) >= 5s);

    DownloadWorld too_long;
    busy.retry_after = "120";
    too_long.fault(busy);
    CHECK(too_long.failure() == errc::service_unavailable);
    CHECK(too_long.calls(Stage::download) == 1);
}

TEST_CASE("redirects are followed only to allowed hosts and only a few times") {
    const auto redirect = [](const std::string& location, unsigned count) {
        service::Fault fault = status(302, count);
        fault.fields.emplace_back("Location", location);
        return fault;
    };
    DownloadWorld allowed;
    allowed.fault(redirect(allowed.emulator.make_link(allowed.id, allowed.clock.now()), 3));
    CHECK(allowed.download());

    DownloadWorld loop;
    loop.fault(redirect(loop.emulator.make_link(loop.id, loop.clock.now()), 0));
    CHECK(loop.failure() == errc::redirect_refused);
    CHECK(loop.calls(Stage::download) == 1 + bounds::redirects);

    for (const char* location :
         {"https://attacker.example/x", "http://userrequests-us.securitycenter.windows.com/x",
          "/relative", "//userrequests-us.securitycenter.windows.com/x", "", "javascript:x",
          "https://userrequests-us.securitycenter.windows.com:8443/x"}) {
        CAPTURE(location);
        DownloadWorld refused;
        refused.fault(redirect(location, 1));
        CHECK(refused.failure() == errc::redirect_refused);
    }
}

TEST_CASE("a redirect without a place and one with two are refused") {
    DownloadWorld nowhere;
    nowhere.fault(status(302));
    CHECK(nowhere.failure() == errc::redirect_refused);
    CHECK(nowhere.calls(Stage::download) == 1);

    DownloadWorld world;
    auto flow =
        std::make_unique<Download>(world.context(), world.link(), PackageKey{world.id}, Receipt{});
    REQUIRE(std::holds_alternative<flow::action::Send>(opened(*flow, world)));
    ResponseHead head(302);
    const std::string good = world.emulator.make_link(world.id, world.clock.now());
    REQUIRE(head.add_field("Location", good));
    REQUIRE(head.add_field("location", "https://attacker.example/x"));
    auto next = flow->on(flow::event::HeadReady{&head}, world.clock.now());
    for (; !flow::is_finish(next); next = flow->on(flow::event::Done{}, world.clock.now()))
        CHECK_FALSE(std::holds_alternative<flow::action::Send>(next));
    CHECK(flow->take_result().error() == errc::redirect_refused);
}

TEST_CASE("neither a token nor a cookie nor a referrer leaves with a download or its redirect") {
    DownloadWorld world;
    auto flow =
        std::make_unique<Download>(world.context(), world.link(), PackageKey{world.id}, Receipt{});
    auto action = opened(*flow, world);
    for (int i = 0; i < 3; ++i) {
        const auto* send = std::get_if<flow::action::Send>(&action);
        REQUIRE(send);
        CHECK(send->request->scheme == Scheme::https);
        for (const HeaderField& field : send->request->fields)
            CHECK((field.name == "Accept" || field.name == "Range" || field.name == "If-Range"));
        ResponseHead head(307);
        REQUIRE(head.add_field("Set-Cookie", "session=1"));
        REQUIRE(head.add_field("Location", world.emulator.make_link(world.id, world.clock.now())));
        action = flow->on(flow::event::HeadReady{&head}, world.clock.now());
    }
}

TEST_CASE("a store that is full or busy or has the package says so") {
    DownloadWorld full;
    full.store = MemoryStore(16);
    CHECK(full.failure() == errc::store_no_space);

    DownloadWorld stored;
    CHECK(stored.download());
    const auto again = stored.download();
    REQUIRE_FALSE(again);
    CHECK(again.error() == errc::store_has_package);
    CHECK(stored.diagnostics.stage == Stage::store);

    DownloadWorld busy;
    const auto other = busy.store.open(PackageKey{busy.id});
    REQUIRE(other);
    CHECK(busy.failure() == errc::store_busy);
}

TEST_CASE("a store that fills up on the way leaves nothing") {
    DownloadWorld world;
    world.emulator.settings().package_framing = ReplyFraming::by_chunks;
    world.store = MemoryStore(1000);
    CHECK(world.failure() == errc::store_no_space);
}
