// SPDX-License-Identifier: BSL-1.0
// One client, one credential, one connection pool, and many threads: run under the thread
// sanitizer.
#include "support/https_world.hpp"
#include "support/service_thread.hpp"

#include <mde/adapter/memory_store.hpp>
#include <mde/adapter/memory_token_store.hpp>
#include <mde/request/client_secret.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::size_t thread_count = 8;

using Pool = boost::asio::thread_pool;
using PoolTransport = BeastTransport<Pool::executor_type>;
using PoolCredential = Credential<PoolTransport>;

struct Shared {
    HttpsWorld world;
    std::vector<MachineActionId> actions;
    Pool pool{thread_count};
    PoolTransport transport{pool.get_executor(), trust()};
    MemoryTokenStore tokens;
    PoolCredential credential{world.settings,
                              client_secret(Secret(HttpsWorld::application().client_secret)),
                              transport, CredentialOptions{{}, TokenStoreRef(tokens)}};
    MemoryStore store;

    Shared() {
        world.emulator.settings().quotas = service::Feature::off;
        for (std::size_t i = 0; i < 4 * thread_count; ++i)
            actions.push_back(world.finished_action());
    }

    auto client() {
        return make_client<OpensslSha256>(world.settings, transport, credential,
                                          exemplar::NoQuota());
    }
};

} // namespace

TEST_CASE("eight threads share one client on a thread pool") {
    Shared shared;
    const ServiceThread service(shared.world);
    auto client = shared.client();
    std::atomic<std::size_t> stored{0};
    std::atomic<std::size_t> looked{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < thread_count; ++t) {
        threads.emplace_back([&, t] {
            std::vector<std::future<Receipt>> packages;
            for (std::size_t i = t; i < shared.actions.size(); i += thread_count)
                packages.push_back(
                    client.async_fetch(shared.actions[i], shared.store, boost::asio::use_future));
            auto list = client.async_list(ListMachineActions{}, boost::asio::use_future);
            auto look =
                client.async_call(GetMachineAction{shared.actions[t]}, boost::asio::use_future);
            if (look.get().id == shared.actions[t]) ++looked;
            if (list.get().size() >= shared.actions.size()) ++looked;
            for (auto& package : packages)
                if (package.get().length != 0) ++stored;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(looked == 2 * thread_count);
    CHECK(stored == shared.actions.size());
    for (const MachineActionId& action : shared.actions)
        CHECK(shared.store.find(PackageKey(action)));
    shared.pool.join();
    CHECK(shared.world.emulator.log().count(Stage::sign_in) == 1);
}

TEST_CASE("operations are cancelled from their strands while others go on") {
    Shared shared;
    const ServiceThread service(shared.world);
    auto client = shared.client();
    struct One {
        explicit One(Pool& pool) : strand(boost::asio::make_strand(pool)) {}
        boost::asio::strand<Pool::executor_type> strand;
        boost::asio::cancellation_signal signal;
        std::promise<error_code> ended;
    };
    std::vector<std::unique_ptr<One>> all;
    for (std::size_t i = 0; i < shared.actions.size(); ++i) {
        all.push_back(std::make_unique<One>(shared.pool));
        One& one = *all.back();
        client.async_fetch(
            shared.actions[i], shared.store,
            boost::asio::bind_cancellation_slot(
                one.signal.slot(),
                boost::asio::bind_executor(one.strand, [&one](error_code ec, const Receipt&) {
                    one.ended.set_value(ec);
                })));
        if (i % 2 == 0)
            boost::asio::post(one.strand,
                              [&one] { one.signal.emit(boost::asio::cancellation_type::total); });
    }
    std::size_t stored = 0;
    for (const auto& one : all) {
        const error_code ec = one->ended.get_future().get();
        CHECK((!ec || ec == boost::asio::error::operation_aborted));
        if (!ec) ++stored;
    }
    CHECK(stored >= shared.actions.size() / 2);
    shared.pool.join();
}

TEST_CASE("a fleet runs on a thread pool beside other fleets") {
    Shared shared;
    const ServiceThread service(shared.world);
    auto client = shared.client();
    const auto fleet = [&](char letter) {
        FleetState state{shared.world.settings.tenant, "beside others", {}};
        for (int i = 0; i < 5; ++i) {
            std::string id(40, letter);
            id.front() = static_cast<char>('0' + i);
            state.add(*MachineId::parse(id));
        }
        return state;
    };
    std::vector<exemplar::MemoryState> saved(4);
    std::vector<std::future<FleetState>> fleets;
    for (std::size_t i = 0; i < saved.size(); ++i)
        fleets.push_back(client.async_collect_many(fleet(static_cast<char>('a' + i)), shared.store,
                                                   saved[i], boost::asio::use_future));
    for (auto& one : fleets) CHECK(one.get().count(JobPhase::stored) == 5);
    shared.pool.join();
}
