// SPDX-License-Identifier: BSL-1.0
// Whole jobs over real TLS: each answer of the service breaks off at each class of byte, in each
// way; and answers without end.
#include "support/raw_tls_caller.hpp"

#include <mde/adapter/detail/reply_body.hpp>
#include <mde/adapter/memory_store.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace {

using mde::errc;
using mde_test::Answer;
using mde_test::Goodbye;
using mde_test::RawTlsServer;
using namespace std::chrono_literals;

/// Lines and fields of a request as it came over the wire.
struct ReadRequest {
    std::string method;
    std::string target;
    std::string host;
    std::vector<mde::HeaderField> fields;
    std::string_view body;

    explicit ReadRequest(std::string_view text) {
        const std::size_t end = text.find("\r\n\r\n");
        body = text.substr(end + 4);
        std::size_t line_end = text.find("\r\n");
        const std::string_view line = text.substr(0, line_end);
        method = line.substr(0, line.find(' '));
        target = line.substr(method.size() + 1, line.rfind(' ') - method.size() - 1);
        while (line_end < end) {
            const std::size_t begin = line_end + 2;
            line_end = text.find("\r\n", begin);
            const std::string_view field = text.substr(begin, line_end - begin);
            const std::size_t colon = field.find(": ");
            fields.push_back({field.substr(0, colon), field.substr(colon + 2)});
            if (fields.back().name == "Host") host = fields.back().value;
        }
    }
};

/// Classes of bytes in an answer.
enum class Spot {
    nothing,
    first,
    status_line,
    lone_cr,
    field_name,
    field_value,
    before_empty_line,
    before_last_lf,
    head,
    chunk_size,
    chunk_cr,
    body_begin,
    body_half,
    before_last_chunk,
    last_size,
    last_cr,
    before_last,
};
constexpr int spots = static_cast<int>(Spot::before_last) + 1;

std::size_t place_of(Spot spot, const std::string& bytes) {
    const std::size_t line = bytes.find('\r');
    const std::size_t head = bytes.find("\r\n\r\n") + 4;
    const std::size_t rest = bytes.size() - head;
    switch (spot) {
    case Spot::nothing: return 0;
    case Spot::first: return 1;
    case Spot::status_line: return 9;
    case Spot::lone_cr: return line + 1;
    case Spot::field_name: return line + 4;
    case Spot::field_value: return bytes.find(": ") + 3;
    case Spot::before_empty_line: return head - 2;
    case Spot::before_last_lf: return head - 1;
    case Spot::head: return head;
    case Spot::chunk_size: return head + 1;
    case Spot::chunk_cr: return bytes.find('\r', head) + 1;
    case Spot::body_begin: return head + 6;
    case Spot::body_half: return head + rest / 2;
    case Spot::before_last_chunk: return bytes.size() - 5;
    case Spot::last_size: return bytes.size() - 4;
    case Spot::last_cr: return bytes.size() - 2;
    case Spot::before_last: break;
    }
    return bytes.size() - 1;
}

/// The service behind a server that breaks one answer.
class HostileWorld {
  public:
    using Emulator = mde::service::Emulator<mde::OpensslHmac>;
    using Transport = mde_test::LoopbackTransport;

    static constexpr std::string_view tenant = mde_test::HttpsWorld::tenant;
    static constexpr std::string_view machine = mde_test::HttpsWorld::machine;

    /// What is to become of an answer; it has its number, from 1 on.
    using Change = std::function<Answer(unsigned, std::string)>;

    explicit HostileWorld(Change change) : change_(std::move(change)) {
        const mde::service::Application app = mde_test::HttpsWorld::application();
        emulator.add(app);
        emulator.settings().link_host = "127.0.0.1";
        emulator.settings().link_port = server_.port();
        const std::string host = "127.0.0.1:" + std::to_string(server_.port());
        settings = mde::Settings::for_cloud(mde::clouds().front(), *mde::TenantId::parse(tenant),
                                            app.client_id);
        settings.api = settings.authority = *mde::Endpoint::parse("https://" + host);
        settings.poll.first = settings.poll.most = 1ms;
        settings.retry.least = settings.retry.first = settings.retry.most = 1ms;
        REQUIRE(settings.links.allow(host));
        mde::Now past = mde::SystemClock().now();
        past.monotonic -= 1min;
        id = emulator.add_action(std::string(tenant),
                                 mde::MachineActionType::collect_investigation_package,
                                 std::string("ff"), {}, past);
    }

    /// What `start(client, handler)` ends with.
    template <class Start>
    mde::error_code run(Start start) {
        mde::net::io_context io;
        Transport transport(io, mde_test::trust(), mde_test::Caller::quick());
        mde::Credential<Transport> credential(
            settings,
            mde::client_secret(mde::Secret(mde_test::HttpsWorld::application().client_secret)),
            transport);
        auto client = mde::make_client<mde::OpensslSha256>(settings, transport, credential);
        std::optional<mde::error_code> error;
        start(client, [&error](mde::error_code ec, const auto&) { error = ec; });
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!error && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
        REQUIRE(error);
        return *error;
    }

    unsigned requests() const noexcept { return count_; }
    std::uint64_t flooded() const noexcept { return server_.flooded(); }

    /// Touched by the server's thread while a job runs.
    Emulator emulator{mde::OpensslHmac::with_random_key()};
    mde::Settings settings;
    mde::MachineActionId id;
    mde::MemoryStore store;

  private:
    Answer answer(const std::string& text) {
        const ReadRequest request(text);
        mde::HttpReply reply = emulator.handle(
            {request.method, request.target, request.host, request.fields, request.body},
            mde::SystemClock().now());
        std::vector<char> bytes;
        mde::detail::ReplyBody body(std::move(reply));
        mde::detail::ReplyBody::append(bytes,
                                       mde::detail::reply_head(body.reply(), body.length(), true));
        do body.append_piece(bytes);
        while (!body.at_end());
        return change_(++count_, std::string(bytes.begin(), bytes.end()));
    }

    Change change_;
    std::atomic<unsigned> count_{0};
    RawTlsServer server_{mde_test::good_identity(),
                         [this](const std::string& text) { return std::optional(answer(text)); }};
};

/// Breaks the answer `number` there, in that way; all others are good.
HostileWorld::Change breaking(unsigned number, Spot spot, Goodbye goodbye) {
    return [=](unsigned count, std::string bytes) {
        if (count != number) return Answer{std::move(bytes), Goodbye::keep};
        return Answer{bytes.substr(0, place_of(spot, bytes)), goodbye};
    };
}

/// Each answer of a job breaks once at each spot in each way; `check(world)` says what is wrong.
template <class Start, class Check>
void break_each_answer(unsigned answers, Start start, Check check, std::size_t least) {
    std::size_t count = 0;
    for (unsigned number = 1; number <= answers; ++number)
        for (int spot = 0; spot < spots; ++spot)
            for (const Goodbye goodbye : {Goodbye::orderly, Goodbye::cut, Goodbye::reset}) {
                HostileWorld world(breaking(number, static_cast<Spot>(spot), goodbye));
                const mde::error_code error = world.run(
                    [&](auto& client, auto handler) { start(world, client, std::move(handler)); });
                CAPTURE(number);
                CAPTURE(spot);
                CAPTURE(static_cast<int>(goodbye));
                CHECK_MESSAGE(!error, error.message());
                CHECK(world.requests() > answers);
                check(world);
                ++count;
            }
    std::printf("%zu fault cases\n", count);
    CHECK(count >= least);
}

/// What becomes of a call whose answer begins with `begin` and then never ends.
mde::error_code flood(const std::string& begin, std::uint64_t& flooded) {
    HostileWorld world([&](unsigned count, std::string bytes) {
        return count == 1 ? Answer{std::move(bytes), Goodbye::keep} : Answer{begin, Goodbye::flood};
    });
    world.settings.retry.tries = 1;
    const mde::error_code error = world.run([&](auto& client, auto handler) {
        client.async_call(mde::GetMachineAction{world.id}, std::move(handler));
    });
    flooded = world.flooded();
    return error;
}

} // namespace

TEST_CASE("a fetch goes on whatever answer breaks off at whatever byte") {
    break_each_answer(
        4,
        [](HostileWorld& world, auto& client, auto handler) {
            client.async_fetch(world.id, world.store, std::move(handler));
        },
        [](HostileWorld& world) {
            const auto stored = world.store.find(mde::PackageKey(world.id));
            REQUIRE(stored);
            const std::string served = mde::service::sample_package(world.id);
            CHECK(std::string(reinterpret_cast<const char*>(stored->bytes.data()),
                              stored->bytes.size()) == served);
        },
        200);
}

TEST_CASE("a collection begins once whatever answer breaks off at whatever byte") {
    break_each_answer(
        2,
        [](HostileWorld&, auto& client, auto handler) {
            client.async_collect({*mde::MachineId::parse(HostileWorld::machine), "once"},
                                 std::move(handler));
        },
        [](HostileWorld& world) { CHECK(world.emulator.actions().size() == 2); }, 100);
}

TEST_CASE("an answer without end is not read to its end") {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    struct Endless {
        std::string begin;
        errc error;
    };
    for (const Endless& endless : std::vector<Endless>{
             {ok + "Content-Length: 1073741824\r\n\r\n{\"value\":", errc::answer_too_large},
             {ok + "Transfer-Encoding: chunked\r\n\r\n40000000\r\n", errc::answer_too_large},
             {ok + "\r\n[", errc::answer_too_large},
             {"", errc::malformed_head},
             {ok + "X: ", errc::malformed_head},
             {ok + "Transfer-Encoding: chunked\r\n\r\n2;", errc::malformed_head},
             {ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", errc::malformed_head},
         }) {
        CAPTURE(endless.begin);
        std::uint64_t flooded = 0;
        CHECK(flood(endless.begin, flooded) == endless.error);
        // What the sockets hold beside what was read.
        CHECK(flooded < 32 * mde::bounds::mib);
    }
    std::printf("7 fault cases\n");
}
