// SPDX-License-Identifier: BSL-1.0
// Each part with each other part: transport, token, executor and store. Every combination fetches a
// package; those over a network do so from one service, over real TLS.
#include "matrix/parts.hpp"
#include "matrix/tokens.hpp"

#include "2_plug/curl_easy_transport.hpp"

#include <mde/async/client.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/flow/fetch_package.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

/// No part is made known to another one: they meet here.
template <template <class> class Transport, class Token, class Executor, class Store>
void fetch() {
    Executor executor;
    Transport<decltype(executor.executor())> transport(executor.executor());
    Store store;
    auto tokens = transport.tokens();
    auto client = make_client<OpensslSha256>(transport.settings(), transport.made, tokens,
                                             exemplar::NoQuota());
    const MachineActionId id = transport.action();
    const auto start = [&](auto&& token) {
        return client.async_fetch(id, store.made, std::forward<decltype(token)>(token));
    };
    const matrix::Ended ended = Token::run(start, executor.executor());
    REQUIRE_MESSAGE(!ended.error, ended.error.message());
    // One who is detached has no receipt.
    if (ended.receipt.length != 0) CHECK(ended.receipt.sha256 == matrix::served());
    OpensslSha256 hasher;
    const std::string stored = store.stored(PackageKey(id));
    hasher.update(std::as_bytes(std::span(stored)));
    CHECK(*hasher.finish() == matrix::served());
}

/// libcurl's easy handles with the blocking driver: neither tokens nor executors.
template <class Store>
void fetch_blocking() {
    using Transport = example::CurlEasyTransport;
    Transport transport(authority().ca_pem());
    matrix::World& world = matrix::world();
    auto tokens = matrix::World::tokens(world.real_token);
    exemplar::NoQuota quotas;
    SystemClock clock;
    NoObserver observer;
    Store store;
    const Ports<Transport, exemplar::FixedToken, exemplar::NoQuota, SystemClock, NoObserver,
                decltype(store.made)>
        ports{&transport, &tokens, &quotas, &clock, &observer, &store.made};
    flow::Context context;
    context.settings = &world.real.settings;
    Diagnostics said;
    const MachineActionId id = world.service.ask([&] { return world.real.finished_action(); });
    const auto receipt = run_blocking<flow::FetchPackage<OpensslSha256>>(ports, context, said, id);
    REQUIRE_MESSAGE(receipt.has_value(), receipt.error().message());
    CHECK(receipt->sha256 == matrix::served());
    OpensslSha256 hasher;
    const std::string stored = store.stored(PackageKey(id));
    hasher.update(std::as_bytes(std::span(stored)));
    CHECK(*hasher.finish() == matrix::served());
}

using Names = std::array<std::string_view, 4>;
std::vector<Names>& combinations() {
    static std::vector<Names> all;
    return all;
}
struct Listed {
    explicit Listed(Names names) { combinations().push_back(names); }
};

} // namespace

#define MDE_JOIN_(a, b) a##b
#define MDE_JOIN(a, b) MDE_JOIN_(a, b)
#define MDE_COMBINATION(transport, token, executor, store)                                         \
    static const Listed MDE_JOIN(listed_, __COUNTER__)({#transport, #token, #executor, #store});   \
    TEST_CASE(#transport " x " #token " x " #executor " x " #store) {                              \
        fetch<matrix::transport, matrix::token, matrix::executor, matrix::store>();                \
    }

MDE_COMBINATION(beast, callback, io_context, memory)
MDE_COMBINATION(beast, callback, any_io_executor, memory)
MDE_COMBINATION(beast, future, io_context, tee)
MDE_COMBINATION(beast, future, thread_pool, memory)
MDE_COMBINATION(beast, future, own_class, tee)
MDE_COMBINATION(beast, coroutine, io_context, memory)
MDE_COMBINATION(beast, coroutine, strand, tee)
MDE_COMBINATION(beast, coroutine, strand, async)
MDE_COMBINATION(beast, coroutine, system_executor, own)
MDE_COMBINATION(beast, deferred, io_context, own)
MDE_COMBINATION(beast, deferred, own_class, async)
MDE_COMBINATION(beast, as_tuple, thread_pool, memory)
MDE_COMBINATION(beast, as_tuple, thread_pool, own)
MDE_COMBINATION(beast, as_tuple, system_executor, memory)
MDE_COMBINATION(beast, any_completion_handler, strand, file)
MDE_COMBINATION(beast, any_completion_handler, any_io_executor, memory)
MDE_COMBINATION(beast, detached, io_context, async)
MDE_COMBINATION(beast, detached, system_executor, file)
MDE_COMBINATION(beast, spawn, thread_pool, async)
MDE_COMBINATION(beast, spawn, own_class, memory)
MDE_COMBINATION(beast, spawn, any_io_executor, file)
MDE_COMBINATION(curl_multi, callback, io_context, file)
MDE_COMBINATION(curl_multi, callback, strand, file)
MDE_COMBINATION(curl_multi, callback, thread_pool, async)
MDE_COMBINATION(curl_multi, callback, system_executor, async)
MDE_COMBINATION(curl_multi, future, io_context, async)
MDE_COMBINATION(curl_multi, future, own_class, file)
MDE_COMBINATION(curl_multi, future, any_io_executor, async)
MDE_COMBINATION(curl_multi, coroutine, thread_pool, async)
MDE_COMBINATION(curl_multi, coroutine, own_class, memory)
MDE_COMBINATION(curl_multi, deferred, strand, memory)
MDE_COMBINATION(curl_multi, deferred, any_io_executor, own)
MDE_COMBINATION(curl_multi, as_tuple, io_context, tee)
MDE_COMBINATION(curl_multi, as_tuple, own_class, file)
MDE_COMBINATION(curl_multi, as_tuple, any_io_executor, own)
MDE_COMBINATION(curl_multi, any_completion_handler, io_context, file)
MDE_COMBINATION(curl_multi, any_completion_handler, thread_pool, tee)
MDE_COMBINATION(curl_multi, any_completion_handler, system_executor, async)
MDE_COMBINATION(curl_multi, any_completion_handler, own_class, memory)
MDE_COMBINATION(curl_multi, detached, strand, own)
MDE_COMBINATION(curl_multi, detached, thread_pool, async)
MDE_COMBINATION(curl_multi, detached, own_class, tee)
MDE_COMBINATION(curl_multi, spawn, io_context, file)
MDE_COMBINATION(curl_multi, spawn, system_executor, own)
MDE_COMBINATION(in_process, callback, thread_pool, tee)
MDE_COMBINATION(in_process, callback, own_class, own)
MDE_COMBINATION(in_process, future, strand, own)
MDE_COMBINATION(in_process, future, system_executor, file)
MDE_COMBINATION(in_process, coroutine, io_context, file)
MDE_COMBINATION(in_process, coroutine, any_io_executor, file)
MDE_COMBINATION(in_process, deferred, thread_pool, file)
MDE_COMBINATION(in_process, deferred, system_executor, tee)
MDE_COMBINATION(in_process, as_tuple, strand, async)
MDE_COMBINATION(in_process, as_tuple, any_io_executor, tee)
MDE_COMBINATION(in_process, any_completion_handler, io_context, memory)
MDE_COMBINATION(in_process, any_completion_handler, own_class, own)
MDE_COMBINATION(in_process, detached, thread_pool, memory)
MDE_COMBINATION(in_process, detached, any_io_executor, async)
MDE_COMBINATION(in_process, spawn, strand, tee)
MDE_COMBINATION(in_process, spawn, own_class, memory)

TEST_CASE("curl_easy x blocking x memory") { fetch_blocking<matrix::memory>(); }
TEST_CASE("curl_easy x blocking x file") { fetch_blocking<matrix::file>(); }
TEST_CASE("curl_easy x blocking x tee") { fetch_blocking<matrix::tee>(); }
TEST_CASE("curl_easy x blocking x own") { fetch_blocking<matrix::own>(); }

TEST_CASE("each two parts of different kinds meet in some combination") {
    CHECK(combinations().size() >= 60);
    for (std::size_t one = 0; one < 4; ++one) {
        for (std::size_t other = one + 1; other < 4; ++other) {
            std::set<std::string_view> ones;
            std::set<std::string_view> others;
            std::set<std::pair<std::string_view, std::string_view>> pairs;
            for (const Names& names : combinations()) {
                ones.insert(names[one]);
                others.insert(names[other]);
                pairs.emplace(names[one], names[other]);
            }
            CHECK(pairs.size() == ones.size() * others.size());
        }
    }
}
