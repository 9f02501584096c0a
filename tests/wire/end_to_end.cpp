// SPDX-License-Identifier: BSL-1.0
// The client against the emulator over real TLS: every operation once, and what users do wrong.
#include "support/https_world.hpp"

#include <mde/adapter/file_store.hpp>
#include <mde/adapter/memory_store.hpp>
#include <mde/adapter/verify_packages.hpp>

#include "support/temporary_directory.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <doctest/doctest.h>

using namespace mde;
using namespace mde_test;

namespace {

/// Starts an operation and runs it to its end.
template <class Value>
struct Completed {
    error_code error;
    Value value;
    bool done = false;

    auto handler() {
        return [this](error_code ec, Value result) {
            error = ec;
            value = std::move(result);
            done = true;
        };
    }
};

} // namespace

TEST_CASE("a package travels end to end into a file") {
    HttpsWorld world;
    auto client = world.client();
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    Completed<Receipt> job;
    client.async_collect_to_store({*MachineId::parse(HttpsWorld::machine), "end to end"}, store,
                                  job.handler());
    REQUIRE(world.run_until([&] { return job.done; }));
    REQUIRE_MESSAGE(!job.error, job.error.message());
    const MachineActionId id = *MachineActionId::parse(job.value.action);
    const std::string stored = directory.read(std::string(id.text()) + ".zip");
    const auto package = world.emulator.packages().find(id);
    REQUIRE(package);
    CHECK(stored.size() == package->size);
    OpensslSha256 hasher;
    hasher.update(std::as_bytes(std::span(stored)));
    CHECK(job.value.sha256 == *hasher.finish());
    const auto receipt =
        wire::decode_receipt(directory.read(std::string(id.text()) + ".receipt.json"));
    REQUIRE(receipt);
    CHECK(*receipt == job.value);
    CHECK(directory.names().size() == 2);
    CHECK(directory.mode(std::string(id.text()) + ".zip") == 0600);
}

TEST_CASE("a package of many pieces arrives whole in each framing") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        HttpsWorld world;
        world.emulator.settings().package_framing = framing;
        world.emulator.packages().put_for_all(service::GeneratedPackage(3'000'017, 9));
        auto client = world.client();
        MemoryStore store;
        Completed<Receipt> job;
        const MachineActionId id = world.finished_action();
        client.async_fetch(id, store, job.handler());
        REQUIRE(world.run_until([&] { return job.done; }));
        REQUIRE_MESSAGE(!job.error, job.error.message());
        const auto stored = store.find(PackageKey{id});
        REQUIRE(stored);
        OpensslSha256 hasher;
        hasher.update(stored->bytes);
        CHECK(job.value.sha256 == *hasher.finish());
        const auto package = *world.emulator.packages().find(id);
        std::vector<std::byte> served(package.size);
        package.read(0, served);
        CHECK(served == stored->bytes);
    }
}

TEST_CASE("calls share a connection and a token") {
    HttpsWorld world;
    auto client = world.client();
    const MachineActionId id = world.finished_action();
    for (int i = 0; i < 5; ++i) {
        Completed<MachineAction> call;
        client.async_call(GetMachineAction{id}, call.handler());
        REQUIRE(world.run_until([&] { return call.done; }));
        REQUIRE_MESSAGE(!call.error, call.error.message());
    }
    CHECK(world.emulator.log().count(Stage::sign_in) == 1);
    CHECK(world.emulator.log().count(Stage::get_action) == 5);
}

TEST_CASE("many calls at once all end well") {
    HttpsWorld world;
    auto client = world.client();
    const MachineActionId id = world.finished_action();
    int done = 0;
    for (int i = 0; i < 50; ++i)
        client.async_call(GetMachineAction{id}, [&](error_code ec, MachineAction action) {
            CHECK_FALSE(ec);
            CHECK(action.id == id);
            ++done;
        });
    CHECK(world.run_until([&] { return done == 50; }));
    CHECK(world.emulator.log().count(Stage::sign_in) == 1);
}

TEST_CASE("a token that is refused in the middle of many calls is renewed once") {
    HttpsWorld world;
    auto client = world.client();
    const MachineActionId id = world.finished_action();
    int done = 0;
    const auto call_ten_times = [&] {
        done = 0;
        for (int i = 0; i < 10; ++i)
            client.async_call(GetMachineAction{id}, [&](error_code ec, MachineAction) {
                CHECK_FALSE(ec);
                ++done;
            });
        REQUIRE(world.run_until([&] { return done == 10; }));
    };
    call_ten_times();
    service::Fault refused;
    refused.stage = Stage::get_action;
    refused.status = 401;
    refused.count = 10;
    world.emulator.add(refused);
    call_ten_times();
    CHECK(world.emulator.log().count(Stage::sign_in) == 2);
}

TEST_CASE("those who wait for one sign-in share its refusal") {
    HttpsWorld world;
    world.transport.emplace(world.io, trust());
    HttpsWorld::Credential credential(world.settings, client_secret(Secret("wrong but secret")),
                                      *world.transport);
    auto client = make_client<OpensslSha256>(world.settings, *world.transport, credential);
    const MachineActionId id = world.finished_action();
    int done = 0;
    for (int i = 0; i < 10; ++i)
        client.async_call(GetMachineAction{id}, [&](error_code ec, MachineAction) {
            CHECK(ec == errc::sign_in_refused);
            ++done;
        });
    REQUIRE(world.run_until([&] { return done == 10; }));
    CHECK(world.emulator.log().count(Stage::sign_in) == 1);
}

TEST_CASE("a sign-in whose leader is cancelled is led by another") {
    HttpsWorld world;
    service::Fault slow;
    slow.stage = Stage::sign_in;
    slow.delay = 1h;
    world.emulator.add(slow);
    auto client = world.client();
    const MachineActionId id = world.finished_action();
    Completed<MachineAction> first;
    Completed<MachineAction> second;
    net::cancellation_signal signal;
    client.async_call(GetMachineAction{id},
                      net::bind_cancellation_slot(signal.slot(), first.handler()));
    client.async_call(GetMachineAction{id}, second.handler());
    REQUIRE(world.run_until([&] { return world.emulator.log().count(Stage::sign_in) == 1; }));
    signal.emit(net::cancellation_type::total);
    REQUIRE(world.run_until([&] { return first.done && second.done; }));
    CHECK(first.error == net::error::operation_aborted);
    CHECK_FALSE(second.error);
}

TEST_CASE("a wrong secret says so and shows no secret") {
    HttpsWorld world;
    world.emulator.settings().echo_secrets_in_errors = service::Feature::on;
    world.transport.emplace(world.io, trust());
    HttpsWorld::Credential credential(world.settings, client_secret(Secret("wrong but secret")),
                                      *world.transport);
    auto client = make_client<OpensslSha256>(world.settings, *world.transport, credential);
    Completed<MachineAction> call;
    Diagnostics diagnostics;
    CallOptions options;
    options.diagnostics = &diagnostics;
    client.async_call(GetMachineAction{world.finished_action()}, options, call.handler());
    REQUIRE(world.run_until([&] { return call.done; }));
    CHECK(call.error == errc::sign_in_refused);
    CHECK(diagnostics.stage == Stage::sign_in);
    CHECK(diagnostics.code == "invalid_client");
    CHECK(diagnostics.message.find("wrong but secret") == std::string::npos);
}

TEST_CASE("a link that died is replaced on the way") {
    HttpsWorld world;
    service::Fault fault;
    fault.stage = Stage::download;
    fault.distortion = service::Distortion::expired_link;
    world.emulator.add(fault);
    auto client = world.client();
    MemoryStore store;
    Completed<Receipt> job;
    client.async_fetch(world.finished_action(), store, job.handler());
    REQUIRE(world.run_until([&] { return job.done; }));
    CHECK_FALSE(job.error);
    CHECK(world.emulator.log().count(Stage::get_link) == 2);
}

TEST_CASE("a connection that is dropped in the middle is taken up again") {
    for (const auto framing :
         {ReplyFraming::by_length, ReplyFraming::by_chunks, ReplyFraming::by_close}) {
        HttpsWorld world;
        world.emulator.packages().put_for_all(service::GeneratedPackage(1'000'000, 3));
        service::Fault fault;
        fault.stage = Stage::download;
        fault.cut_after = 500'000;
        fault.framing = framing;
        world.emulator.add(fault);
        auto client = world.client();
        MemoryStore store;
        Completed<Receipt> job;
        const MachineActionId id = world.finished_action();
        client.async_fetch(id, store, job.handler());
        REQUIRE(world.run_until([&] { return job.done; }));
        REQUIRE_MESSAGE(!job.error, job.error.message());
        CHECK(store.find(PackageKey{id})->bytes.size() == 1'000'000);
        CHECK(world.emulator.log().count(Stage::download) == 2);
    }
}

TEST_CASE("a link is redeemed by hand with async_mint_link and async_download") {
    HttpsWorld world;
    auto client = world.client();
    MemoryStore store;
    const MachineActionId id = world.finished_action();
    Completed<PackageUri> minted;
    client.async_mint_link(id, minted.handler());
    REQUIRE(world.run_until([&] { return minted.done; }));
    REQUIRE_FALSE(minted.error);
    CHECK(minted.value.host() == "127.0.0.1");
    Completed<Receipt> job;
    client.async_download(std::move(minted.value), PackageKey{id}, store, job.handler());
    CHECK(minted.value.valueless());
    REQUIRE(world.run_until([&] { return job.done; }));
    CHECK_FALSE(job.error);

    // What is stored is told before the link is looked at.
    for (const auto& [into, error] : {std::pair(store, errc::store_has_package),
                                      std::pair(MemoryStore(), errc::package_uri_spent)}) {
        MemoryStore other = into;
        Completed<Receipt> again;
        client.async_download(std::move(minted.value), PackageKey{id}, other, again.handler());
        REQUIRE(world.run_until([&] { return again.done; }));
        CHECK(again.error == error);
    }
}

TEST_CASE("a package comes over several connections into a file") {
    HttpsWorld world;
    const service::GeneratedPackage package(9'000'017, 6);
    world.emulator.packages().put_for_all(package);
    world.settings.connections_per_package = 4;
    auto client = world.client();
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    const MachineActionId id = world.finished_action();
    Completed<Receipt> job;
    client.async_fetch(id, store, job.handler());
    REQUIRE(world.run_until([&] { return job.done; }));
    REQUIRE_FALSE(job.error);
    CHECK(world.emulator.log().count(Stage::download, 206) == 6);
    std::vector<std::byte> bytes(static_cast<std::size_t>(package.size()));
    REQUIRE(package.read(0, bytes) == bytes.size());
    OpensslSha256 hasher;
    hasher.update(bytes);
    CHECK(job.value.sha256 == *hasher.finish());
    const auto found = *verify_packages<OpensslSha256>(directory.path());
    REQUIRE(found.size() == 1);
    CHECK(found.front().verdict == Verdict::good);
}

TEST_CASE("cancelling a fetch before its first byte leaves nothing in the store") {
    HttpsWorld world;
    world.emulator.packages().put_for_all(service::GeneratedPackage(50'000'000, 3));
    auto client = world.client();
    const TemporaryDirectory directory;
    FileStore store = *FileStore::in(directory.path());
    Completed<Receipt> job;
    net::cancellation_signal signal;
    client.async_fetch(world.finished_action(), store,
                       net::bind_cancellation_slot(signal.slot(), job.handler()));
    REQUIRE(world.run_until([&] { return !directory.names().empty(); }));
    signal.emit(net::cancellation_type::total);
    REQUIRE(world.run_until([&] { return job.done; }));
    CHECK(job.error == net::error::operation_aborted);
    CHECK(directory.names().empty());
}

TEST_CASE("a deadline ends a job in time") {
    HttpsWorld world;
    world.emulator.settings().schedule.to_final = 1h;
    auto client = world.client();
    MemoryStore store;
    Completed<Receipt> job;
    CallOptions options;
    options.time_limit = 300ms;
    const auto begun = std::chrono::steady_clock::now();
    client.async_collect_to_store({*MachineId::parse(HttpsWorld::machine), "why"}, store, options,
                                  job.handler());
    REQUIRE(world.run_until([&] { return job.done; }));
    CHECK(job.error == errc::deadline_exceeded);
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("a slow answer ends with the deadline") {
    HttpsWorld world;
    service::Fault fault;
    fault.stage = Stage::get_action;
    fault.delay = 1h;
    fault.count = 0;
    world.emulator.add(fault);
    auto client = world.client();
    Completed<MachineAction> call;
    CallOptions options;
    options.time_limit = 300ms;
    client.async_call(GetMachineAction{world.finished_action()}, options, call.handler());
    REQUIRE(world.run_until([&] { return call.done; }));
    CHECK(call.error == errc::deadline_exceeded);
}
