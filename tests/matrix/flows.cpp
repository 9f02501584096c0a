// SPDX-License-Identifier: BSL-1.0
// One list of cases, run on each transport that goes over a network: Beast, libcurl's multi
// interface, and libcurl's easy handles with the blocking driver.
#include "matrix/callers.hpp"
#include "support/raw_tls_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::initializer_list<ReplyFraming> every_framing{
    ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close};

/// The service on its thread, and one caller. What is to go wrong is said before.
struct Scene {
    explicit Scene(CallerMaker make) : maker(make) {}

    void fault(service::Fault what) { world.emulator.add(std::move(what)); }

    Caller& begin() {
        service.emplace(world);
        caller = maker(world.settings, std::move(setup));
        return *caller;
    }
    /// A package that is there already.
    Outcome fetch(Duration limit = 20s) {
        id = world.finished_action();
        return begin().fetch(id, store, limit);
    }
    std::vector<std::byte> served() {
        service->stop();
        const auto package = *world.emulator.packages().find(id);
        std::vector<std::byte> bytes(package.size);
        package.read(0, bytes);
        return bytes;
    }
    /// How often a stage was asked for, in the end.
    std::uint64_t count(Stage stage) {
        service->stop();
        return world.emulator.log().count(stage);
    }

    HttpsWorld world;
    CallerSetup setup;
    CallerMaker maker;
    MemoryStore store;
    MachineActionId id;
    std::optional<ServiceThread> service;
    std::unique_ptr<Caller> caller;
};

service::Fault fault_of(Stage stage) {
    service::Fault fault;
    fault.stage = stage;
    return fault;
}

void the_whole_job_ends_in_the_store(CallerMaker make) {
    Scene scene(make);
    const Outcome job = scene.begin().collect(scene.store, 20s);
    REQUIRE_MESSAGE(!job.error, job.error.message());
    CHECK(job.receipt.comment == "over each transport");
    const auto stored = scene.store.find(PackageKey(*MachineActionId::parse(job.receipt.action)));
    REQUIRE(stored);
    OpensslSha256 hasher;
    hasher.update(stored->bytes);
    CHECK(job.receipt.sha256 == *hasher.finish());
    CHECK(scene.count(Stage::sign_in) == 1);
}

void a_package_of_many_pieces_arrives_whole_in_each_framing(CallerMaker make) {
    for (const ReplyFraming framing : every_framing) {
        Scene scene(make);
        scene.world.emulator.settings().package_framing = framing;
        scene.world.emulator.packages().put_for_all(service::GeneratedPackage(3'000'017, 9));
        const Outcome job = scene.fetch();
        REQUIRE_MESSAGE(!job.error, job.error.message());
        CHECK(scene.store.find(PackageKey{scene.id})->bytes == scene.served());
    }
}

void a_wrong_secret_is_refused_in_the_service_s_words(CallerMaker make) {
    Scene scene(make);
    scene.world.emulator.settings().echo_secrets_in_errors = service::Feature::on;
    scene.setup.secret = "wrong but secret";
    const Outcome job = scene.begin().collect(scene.store, 20s);
    CHECK(job.error == errc::sign_in_refused);
    CHECK(job.diagnostics.code == "invalid_client");
    CHECK(job.diagnostics.message.find("wrong but secret") == std::string::npos);
    CHECK(scene.count(Stage::collect) == 0);
}

void an_unknown_action_is_told_as_such(CallerMaker make) {
    Scene scene(make);
    const Outcome job = scene.begin().fetch(
        *MachineActionId::parse("ffffffff-ffff-4fff-8fff-ffffffffffff"), scene.store);
    CHECK(job.error == errc::action_not_found);
    CHECK(job.diagnostics.code == "ResourceNotFound");
    CHECK(scene.count(Stage::download) == 0);
}

void a_token_that_is_refused_is_renewed_once(CallerMaker make) {
    Scene scene(make);
    auto refused = fault_of(Stage::get_link);
    refused.status = 401;
    scene.fault(refused);
    const Outcome job = scene.fetch();
    CHECK_MESSAGE(!job.error, job.error.message());
    CHECK(scene.count(Stage::sign_in) == 2);
}

void a_link_that_has_expired_is_replaced(CallerMaker make) {
    Scene scene(make);
    auto expired = fault_of(Stage::download);
    expired.distortion = service::Distortion::expired_link;
    scene.fault(expired);
    const Outcome job = scene.fetch();
    CHECK_MESSAGE(!job.error, job.error.message());
    CHECK(scene.count(Stage::get_link) == 2);
}

void a_body_that_breaks_off_is_gone_on_with(CallerMaker make) {
    for (const ReplyFraming framing : every_framing) {
        Scene scene(make);
        scene.world.emulator.packages().put_for_all(service::GeneratedPackage(1'000'000, 3));
        auto cut = fault_of(Stage::download);
        cut.cut_after = 500'000;
        cut.framing = framing;
        scene.fault(cut);
        const Outcome job = scene.fetch();
        REQUIRE_MESSAGE(!job.error, job.error.message());
        CHECK(scene.store.find(PackageKey{scene.id})->bytes == scene.served());
        CHECK(scene.count(Stage::download) == 2);
    }
}

void a_transfer_goes_on_over_a_second_link(CallerMaker make) {
    Scene scene(make);
    scene.world.emulator.packages().put_for_all(service::GeneratedPackage(1'000'000, 3));
    auto cut = fault_of(Stage::download);
    cut.cut_after = 700'000;
    scene.fault(cut);
    auto expired = fault_of(Stage::download);
    expired.first = 2;
    expired.distortion = service::Distortion::expired_link;
    scene.fault(expired);
    const Outcome job = scene.fetch();
    REQUIRE_MESSAGE(!job.error, job.error.message());
    CHECK(scene.count(Stage::get_link) == 2);
    CHECK(scene.count(Stage::download) == 3);
    CHECK(scene.world.emulator.log().count(Stage::download, 206) == 1);
    CHECK(scene.store.find(PackageKey{scene.id})->bytes == scene.served());
}

void a_throttled_call_waits_as_long_as_it_is_told(CallerMaker make) {
    Scene scene(make);
    auto throttled = fault_of(Stage::get_link);
    throttled.status = 429;
    throttled.retry_after = "1";
    scene.fault(throttled);
    const auto begun = std::chrono::steady_clock::now();
    const Outcome job = scene.fetch();
    CHECK_MESSAGE(!job.error, job.error.message());
    CHECK(std::chrono::steady_clock::now() - begun >= 1s);
    CHECK(scene.count(Stage::get_link) == 2);
}

void a_redirect_to_another_host_is_not_followed(CallerMaker make) {
    for (const Stage stage : {Stage::sign_in, Stage::get_link, Stage::download}) {
        Scene scene(make);
        auto elsewhere = fault_of(stage);
        elsewhere.status = 307;
        elsewhere.count = 0;
        elsewhere.fields = {{"Location", "https://elsewhere.example/x"}};
        scene.fault(elsewhere);
        const Outcome job = scene.fetch();
        CHECK(job.error == errc::redirect_refused);
    }
}

void a_slow_answer_ends_with_the_deadline(CallerMaker make) {
    Scene scene(make);
    auto slow = fault_of(Stage::download);
    slow.delay = 1h;
    slow.count = 0;
    scene.fault(slow);
    const auto begun = std::chrono::steady_clock::now();
    const Outcome job = scene.fetch(400ms);
    CHECK(job.error == errc::deadline_exceeded);
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

void a_service_that_is_away_is_unreachable(CallerMaker make) {
    Scene scene(make);
    scene.world.settings.api = scene.world.settings.authority =
        *Endpoint::parse("https://127.0.0.1:" + std::to_string(Listener().port()));
    const Outcome job = scene.begin().collect(scene.store, 20s);
    CHECK(job.error == errc::unreachable);
}

void a_service_with_another_authority_is_told_nothing(CallerMaker make) {
    Scene scene(make);
    scene.setup.ca_pem = CertificateAuthority().ca_pem();
    const Outcome job = scene.begin().collect(scene.store, 20s);
    CHECK(job.error == errc::certificate_unknown_issuer);
    CHECK(scene.count(Stage::sign_in) == 0);
}

/// From here on without flows: what a transport makes of servers that break the rules.
HttpRequest request_to(std::uint16_t port) {
    HttpRequest request;
    request.host = "127.0.0.1";
    request.port = port;
    request.target = "/x%2f../y";
    request.time_limit = 10s;
    return request;
}

RawAnswer answer_of(CallerMaker make, std::string bytes, Goodbye goodbye = Goodbye::orderly) {
    static const IssuedCertificate identity = authority().issue({.hosts = {"127.0.0.1"}});
    const RawTlsServer server(identity, {{std::move(bytes), goodbye}});
    CallerSetup setup;
    setup.options.idle_limit = setup.options.head_limit = 5s;
    return make(HttpsWorld().settings, std::move(setup))->get(request_to(server.port()), 1000);
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

void a_chain_with_an_authority_that_nobody_knows_is_of_an_unknown_issuer(CallerMaker make) {
    IssuedCertificate identity = authority().issue({.hosts = {"127.0.0.1"}});
    identity.certificate_pem += authority().ca_pem();
    const RawTlsServer server(identity, {{ok + "Content-Length: 0\r\n\r\n", Goodbye::orderly}});
    CallerSetup setup;
    setup.ca_pem = CertificateAuthority().ca_pem();
    const auto caller = make(HttpsWorld().settings, std::move(setup));
    CHECK(caller->get(request_to(server.port()), 1000).error == errc::certificate_unknown_issuer);
}

void bodies_end_where_their_framing_says(CallerMaker make) {
    CHECK(answer_of(make, ok + "Content-Length: 5\r\n\r\nhello").body == "hello");
    CHECK(answer_of(make, ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n"
                               "X-Sum: 1\r\n\r\n")
              .body == "hello!");
    CHECK(answer_of(make, ok + "\r\nuntil the end").body == "until the end");
    CHECK(answer_of(make, "HTTP/1.1 204 No Content\r\n\r\n", Goodbye::stall).status == 204);
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n";
    CHECK(answer_of(make, interim + interim + ok + "Content-Length: 2\r\n\r\nhi").body == "hi");
    const std::string longer(100'000, 'x');
    CHECK(answer_of(make, ok + "Content-Length: 100000\r\n\r\n" + longer).body == longer);
}

void a_body_that_ends_early_is_truncated_however_it_ends(CallerMaker make) {
    for (const Goodbye goodbye : {Goodbye::orderly, Goodbye::cut}) {
        CAPTURE(static_cast<int>(goodbye));
        for (const std::string& bytes :
             {ok + "Content-Length: 50\r\n\r\nhello",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
              ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
            CAPTURE(bytes);
            const RawAnswer answer = answer_of(make, bytes, goodbye);
            CHECK_MESSAGE(answer.error == errc::body_truncated, answer.error.message());
        }
    }
    CHECK(answer_of(make, ok + "\r\nuntil the end", Goodbye::cut).error == errc::body_truncated);
    CHECK(answer_of(make, ok + "Content-Length: 50\r\n\r\nhello", Goodbye::reset).error);
}

void heads_that_break_the_rules_are_refused(CallerMaker make) {
    for (const std::string& head : std::initializer_list<std::string>{
             "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n",
             "HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n",
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n",
             "HTTP/2 200 OK\r\nContent-Length: 0\r\n",
             "SSH-2.0-OpenSSH_9.2\r\n",
             ok + "Content-Length: 5\r\nContent-Length: 6\r\n",
             ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
             ok + "Content-Length: -1\r\n",
             ok + "Transfer-Encoding: xchunked\r\n",
             ok + "Transfer-Encoding: chunked, identity\r\n",
             ok + "no colon\r\n",
         }) {
        CAPTURE(head);
        const RawAnswer answer = answer_of(make, head + "\r\n");
        CHECK_MESSAGE(answer.error == errc::malformed_head, answer.error.message());
    }
}

void heads_are_bounded(CallerMaker make) {
    std::string many = ok;
    for (std::size_t i = 0; i <= bounds::response_fields; ++i)
        many += "X-" + std::to_string(i) + ": y\r\n";
    std::string interim;
    for (unsigned i = 0; i <= bounds::interim_answers; ++i)
        interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
    for (const std::string& head :
         {many, ok + "X: " + std::string(bounds::response_field, 'x') + "\r\n",
          interim + ok + "Content-Length: 0\r\n"})
        CHECK(answer_of(make, head + "\r\n").error == errc::malformed_head);
}

void what_is_not_safe_is_not_sent(CallerMaker make) {
    const auto caller = make(HttpsWorld().settings, {});
    HttpRequest request = request_to(1);
    request.target = "/x\r\nX-Smuggled: y";
    CHECK(caller->get(request, 100).error == errc::unsafe_request);
    request = request_to(1);
    request.scheme = Scheme::http;
    CHECK(caller->get(request, 100).error == errc::cleartext_refused);
}

} // namespace

/// The list, once for each transport.
#define MDE_FLOW_CASE(name)                                                                        \
    TEST_CASE("beast: " #name) { name(beast_caller); }                                             \
    TEST_CASE("curl multi: " #name) { name(curl_multi_caller); }                                   \
    TEST_CASE("curl easy: " #name) { name(curl_easy_caller); }

MDE_FLOW_CASE(the_whole_job_ends_in_the_store)
MDE_FLOW_CASE(a_package_of_many_pieces_arrives_whole_in_each_framing)
MDE_FLOW_CASE(a_wrong_secret_is_refused_in_the_service_s_words)
MDE_FLOW_CASE(an_unknown_action_is_told_as_such)
MDE_FLOW_CASE(a_token_that_is_refused_is_renewed_once)
MDE_FLOW_CASE(a_link_that_has_expired_is_replaced)
MDE_FLOW_CASE(a_body_that_breaks_off_is_gone_on_with)
MDE_FLOW_CASE(a_transfer_goes_on_over_a_second_link)
MDE_FLOW_CASE(a_throttled_call_waits_as_long_as_it_is_told)
MDE_FLOW_CASE(a_redirect_to_another_host_is_not_followed)
MDE_FLOW_CASE(a_slow_answer_ends_with_the_deadline)
MDE_FLOW_CASE(a_service_that_is_away_is_unreachable)
MDE_FLOW_CASE(a_service_with_another_authority_is_told_nothing)
MDE_FLOW_CASE(a_chain_with_an_authority_that_nobody_knows_is_of_an_unknown_issuer)
MDE_FLOW_CASE(bodies_end_where_their_framing_says)
MDE_FLOW_CASE(a_body_that_ends_early_is_truncated_however_it_ends)
MDE_FLOW_CASE(heads_that_break_the_rules_are_refused)
MDE_FLOW_CASE(heads_are_bounded)
MDE_FLOW_CASE(what_is_not_safe_is_not_sent)

#undef MDE_FLOW_CASE
