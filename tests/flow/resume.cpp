// SPDX-License-Identifier: BSL-1.0
// Transfers that break and go on, and hosts that would have two packages spliced into one.
#include <mde/flow/download.hpp>

#include <mde/adapter/memory_store.hpp>
#include <mde/service/zip_writer.hpp>

#include "support/bytes.hpp"
#include "support/scripted_world.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace mde;
using namespace mde_test;

namespace {

const MachineActionId action_id = *MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a");
const PackageKey package_key{action_id};

/// 3,000 bytes, each `fill` a package of its own.
std::string package_of(char fill) {
    const std::size_t frame = service::ZipWriter().add("a", "").finish().size();
    return service::ZipWriter().add("a", std::string(3000 - frame, fill)).finish();
}

Sha256Digest sum_of(std::string_view text) {
    SumHasher hasher;
    hasher.update(bytes(text));
    return *hasher.finish();
}

/// What a well-behaved host answers to `bytes=first-`, or what one does that is asked for all.
HttpReply part_reply(const std::string& package, std::size_t first, const std::string& etag) {
    HttpReply reply;
    reply.status = 206;
    reply.body = package.substr(first);
    reply.add_field("Content-Type", "application/zip");
    if (!etag.empty()) reply.add_field("ETag", etag);
    reply.add_field("Content-Range", "bytes " + std::to_string(first) + '-' +
                                         std::to_string(package.size() - 1) + '/' +
                                         std::to_string(package.size()));
    return reply;
}

HttpReply whole_reply(const std::string& package, const std::string& etag) {
    HttpReply reply;
    reply.body = package;
    reply.add_field("Content-Type", "application/zip");
    if (!etag.empty()) reply.add_field("ETag", etag);
    return reply;
}

HttpReply cut(HttpReply reply, std::uint64_t after) {
    reply.cut_after = after;
    return reply;
}

struct ResumeWorld {
    using Ports = mde::Ports<ScriptedTransport, NoTokens, exemplar::NoQuota, VirtualClock, Recorder,
                             MemoryStore>;

    VirtualClock clock;
    ScriptedTransport host{clock};
    NoTokens tokens;
    exemplar::NoQuota quotas;
    Recorder recorder;
    MemoryStore store;
    Settings settings =
        Settings::for_cloud(clouds().front(), *TenantId::parse(scripted_tenant), "app-1");
    Diagnostics diagnostics;

    const std::string package = package_of('a');
    const std::string other = package_of('b');

    result<Receipt> download() {
        flow::Context context;
        context.settings = &settings;
        context.seed = 7;
        const Ports ports{&host, &tokens, &quotas, &clock, &recorder, &store};
        auto link = wire::adopt_link(
            Secret("https://userrequests-us.securitycenter.windows.com/p.zip?token=x"),
            clock.now());
        return run_blocking<flow::Download<SumHasher>>(ports, context, diagnostics,
                                                       std::move(*link), package_key, Receipt{});
    }

    std::string range(std::size_t request) {
        const auto& fields = host.sent.at(request).fields;
        return fields.contains("Range") ? fields.at("Range") : std::string();
    }
    /// Stored, hashed and proven to be `expected`, byte for byte.
    void check_stored(const result<Receipt>& receipt, const std::string& expected) {
        REQUIRE(receipt);
        const auto stored = store.find(package_key);
        REQUIRE(stored);
        CHECK(std::string(reinterpret_cast<const char*>(stored->bytes.data()),
                          stored->bytes.size()) == expected);
        CHECK(receipt->length == expected.size());
        CHECK(receipt->sha256 == sum_of(expected));
        CHECK(host.is_used_up());
    }
    /// What the next download would go on from.
    PackagePart kept() { return store.open(package_key)->part(); }
};

} // namespace

TEST_CASE("a transfer that breaks goes on from the byte it had") {
    ResumeWorld world;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000))
        .answer(part_reply(world.package, 1000, "\"A\""));
    world.check_stored(world.download(), world.package);
    CHECK(world.range(0).empty());
    CHECK(world.range(1) == "bytes=1000-");
    CHECK(world.host.sent[1].fields.at("If-Range") == "\"A\"");
    CHECK(world.recorder.count<observed::Committed>() == 1);
}

TEST_CASE("a later download goes on with what an earlier one left") {
    ResumeWorld world;
    world.settings.retry.tries = 1;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1234));
    CHECK(world.download().error() == errc::body_truncated);
    CHECK_FALSE(world.store.find(package_key));
    CHECK(world.kept() == PackagePart{3000, "\"A\"", 1234});
    world.host.answer(part_reply(world.package, 1234, "\"A\""));
    world.check_stored(world.download(), world.package);
    CHECK(world.range(1) == "bytes=1234-");
}

TEST_CASE("a part that was whole but never committed asks for its last byte") {
    ResumeWorld world;
    {
        auto writer = world.store.open(package_key);
        CHECK_FALSE(writer->begin({3000, "\"A\"", 0}));
        CHECK_FALSE(writer->write(0, bytes(world.package)));
    }
    world.host.answer(part_reply(world.package, 2999, "\"A\""));
    world.check_stored(world.download(), world.package);
    CHECK(world.range(0) == "bytes=2999-");
}

TEST_CASE("a part of a package above the limit is not gone on with") {
    ResumeWorld world;
    {
        auto writer = world.store.open(package_key);
        CHECK_FALSE(writer->begin({5000, "\"A\"", 0}));
        CHECK_FALSE(writer->write(0, bytes("PK")));
    }
    world.settings.package_limit = 4000;
    world.host.answer(whole_reply(world.package, "\"A\""));
    world.check_stored(world.download(), world.package);
    CHECK(world.range(0).empty());
}

TEST_CASE("a host that sends another package is never spliced") {
    using Change = std::function<void(HttpReply&)>;
    const std::vector<std::pair<const char*, Change>> lies = {
        {"another tag", [](HttpReply& r) { r.set_field("ETag", "\"B\""); }},
        {"no tag", [](HttpReply& r) { r.set_field("ETag", ""); }},
        {"a weak tag", [](HttpReply& r) { r.set_field("ETag", "W/\"A\""); }},
        {"another total",
         [](HttpReply& r) { r.set_field("Content-Range", "bytes 1000-2999/3001"); }},
        {"another beginning",
         [](HttpReply& r) { r.set_field("Content-Range", "bytes 999-2998/3000"); }},
        {"an unknown total",
         [](HttpReply& r) { r.set_field("Content-Range", "bytes 1000-2999/*"); }},
        {"no range", [](HttpReply& r) { r.set_field("Content-Range", ""); }},
        {"two ranges", [](HttpReply& r) { r.add_field("Content-Range", "bytes 0-1/3000"); }},
        {"an empty range",
         [](HttpReply& r) { r.set_field("Content-Range", "bytes 1000-999/3000"); }},
        {"a length that is not the range's", [](HttpReply& r) { r.body.pop_back(); }},
        {"several parts", [](HttpReply& r) { r.set_field("Content-Type", "text/multipart"); }},
        {"a coding", [](HttpReply& r) { r.add_field("Content-Encoding", "gzip"); }},
        {"an error page", [](HttpReply& r) { r.set_field("Content-Type", "text/html"); }},
        {"a refused range", [](HttpReply& r) { r.status = 416; }},
        {"a failed condition", [](HttpReply& r) { r.status = 412; }},
    };
    for (const auto& lie_told : lies) {
        CAPTURE(lie_told.first);
        ResumeWorld world;
        HttpReply lie = part_reply(world.other, 1000, "\"A\"");
        lie_told.second(lie);
        world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000))
            .answer(std::move(lie))
            .answer(whole_reply(world.other, "\"B\""));
        world.check_stored(world.download(), world.other);
        CHECK(world.range(1) == "bytes=1000-");
        CHECK(world.range(2).empty());
    }
}

TEST_CASE("a host that ignores ranges is begun with again in the same answer") {
    for (const char* tag : {"\"A\"", "\"B\"", ""}) {
        ResumeWorld world;
        world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000))
            .answer(whole_reply(world.other, tag));
        world.check_stored(world.download(), world.other);
    }
}

TEST_CASE("without a strong tag and a length a transfer begins again") {
    for (const char* tag : {"", "W/\"A\"", "unquoted"}) {
        ResumeWorld world;
        world.host.answer(cut(whole_reply(world.package, tag), 1000))
            .answer(whole_reply(world.package, tag));
        world.check_stored(world.download(), world.package);
        CHECK(world.range(1).empty());
    }
    ResumeWorld chunked;
    HttpReply reply = cut(whole_reply(chunked.package, "\"A\""), 1000);
    reply.framing = ReplyFraming::by_chunks;
    chunked.host.answer(std::move(reply)).answer(whole_reply(chunked.package, "\"A\""));
    chunked.check_stored(chunked.download(), chunked.package);
    CHECK(chunked.range(1).empty());
}

TEST_CASE("a part may be sent in smaller parts and in any framing") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        ResumeWorld world;
        HttpReply first = part_reply(world.package, 1000, "\"A\"");
        first.body.resize(500);
        first.set_field("Content-Range", "bytes 1000-1499/3000");
        first.framing = framing;
        world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000))
            .answer(std::move(first))
            .answer(part_reply(world.package, 1500, "\"A\""));
        world.check_stored(world.download(), world.package);
        CHECK(world.range(2) == "bytes=1500-");
    }
}

TEST_CASE("more bytes than a part was to have end the download and keep what was there") {
    ResumeWorld world;
    HttpReply more = part_reply(world.package, 1000, "\"A\"");
    more.framing = ReplyFraming::by_chunks;
    more.body += "more";
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000)).answer(std::move(more));
    CHECK(world.download().error() == errc::length_mismatch);
    CHECK(world.kept() == PackagePart{3000, "\"A\"", 1000});
}

TEST_CASE("an error page in place of a part leaves the part alone") {
    const auto page = [](const char* type, const char* body) {
        HttpReply reply;
        reply.body = body;
        reply.add_field("Content-Type", type);
        return reply;
    };
    ResumeWorld portal;
    portal.host.answer(cut(whole_reply(portal.package, "\"A\""), 1000))
        .answer(page("text/html", "<html>Sign in to the network</html>"));
    CHECK(portal.download().error() == errc::not_a_package);
    CHECK(portal.kept() == PackagePart{3000, "\"A\"", 1000});

    ResumeWorld expired;
    expired.host.answer(cut(whole_reply(expired.package, "\"A\""), 1000))
        .answer(page("application/json", R"({"error":"Expired token"})"));
    CHECK(expired.download().error() == errc::link_dead);
    CHECK(expired.kept() == PackagePart{3000, "\"A\"", 1000});
}

TEST_CASE("a package that proves to be none leaves nothing to go on with") {
    ResumeWorld world;
    std::string broken = world.package;
    broken.back() = 'x';
    world.host.answer(whole_reply(broken, "\"A\""));
    CHECK(world.download().error() == errc::zip_incomplete);
    CHECK(world.kept() == PackagePart{});
}

TEST_CASE("tries that bring bytes begin the count anew") {
    ResumeWorld world;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 100));
    for (std::size_t at = 100; at < 1500; at += 100)
        world.host.answer(cut(part_reply(world.package, at, "\"A\""), 100));
    world.host.answer(part_reply(world.package, 1500, "\"A\""));
    world.clock.advance(1s);
    world.settings.retry.most = world.settings.retry.first = 300ms;
    world.check_stored(world.download(), world.package);
    CHECK(world.host.sent.size() == 16);
}

TEST_CASE("there are so many tries in all") {
    for (const unsigned cuts : {19u, 20u}) {
        ResumeWorld world;
        world.settings.retry.most = world.settings.retry.first = 300ms;
        world.host.answer(cut(whole_reply(world.package, "\"A\""), 10));
        for (unsigned i = 1; i < cuts; ++i)
            world.host.answer(cut(part_reply(world.package, 10 * i, "\"A\""), 10));
        world.host.answer(part_reply(world.package, 10 * cuts, "\"A\""));
        CHECK(world.download().has_value() == (cuts < world.settings.retry.tries_in_all));
    }
}

TEST_CASE("tries that bring nothing are counted") {
    ResumeWorld world;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000));
    for (int i = 0; i < 10; ++i) world.host.fail(errc::connection_lost);
    CHECK(world.download().error() == errc::connection_lost);
    CHECK(world.host.sent.size() == world.settings.retry.tries);
    CHECK(world.kept() == PackagePart{3000, "\"A\"", 1000});
}

TEST_CASE("a dead link leaves the part to the next one") {
    ResumeWorld world;
    HttpReply dead;
    dead.status = 403;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000)).answer(std::move(dead));
    CHECK(world.download().error() == errc::link_dead);
    world.host.answer(part_reply(world.package, 1000, "\"A\""));
    world.check_stored(world.download(), world.package);
}

TEST_CASE("progress tells where a transfer goes on and where it began again") {
    ResumeWorld world;
    world.settings.retry.tries = 1;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000));
    CHECK_FALSE(world.download());
    world.recorder.events.clear();
    world.host.answer(whole_reply(world.other, "\"B\""));
    world.check_stored(world.download(), world.other);
    std::vector<std::uint64_t> stored;
    for (const auto& event : world.recorder.events)
        if (const auto* progress = std::get_if<observed::Progress>(&event))
            stored.push_back(progress->stored);
    REQUIRE(stored.size() >= 3);
    CHECK(stored[0] == 1000);
    CHECK(stored[1] == 0);
    CHECK(stored.back() == 3000);
}

TEST_CASE("a host that sends its parts byte by byte is left after so many") {
    ResumeWorld world;
    world.host.answer(cut(whole_reply(world.package, "\"A\""), 1000));
    for (std::size_t at = 1000; at < 1100; ++at) {
        HttpReply reply = part_reply(world.package, at, "\"A\"");
        reply.body.resize(1);
        const std::string position = std::to_string(at);
        reply.set_field("Content-Range", "bytes " + position + '-' + position + "/3000");
        world.host.answer(std::move(reply));
    }
    CHECK(world.download().error() == errc::body_truncated);
    CHECK(world.host.sent.size() == world.settings.retry.tries_in_all);
    CHECK(world.kept().stored == 1000 + world.settings.retry.tries_in_all - 1);
}
