// SPDX-License-Identifier: BSL-1.0
// A store that takes its time: it slows the network down, and may fail or be cancelled at each
// step.
#include <mde/async/run_flow.hpp>
#include <mde/flow/fetch_package.hpp>

#include "support/posting_transport.hpp"
#include "support/world.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace mde;
using namespace mde_test;

namespace {

/// What the store saw, and where it is to fail.
struct SlowStoreLog {
    net::io_context* io = nullptr;
    unsigned steps = 0;
    unsigned fail_at = 0;
    unsigned open = 0;
    bool committed = false;
    bool aborted = false;
    std::string text;

    error_code step() {
        return ++steps == fail_at ? make_error_code(errc::store_failed) : error_code();
    }
};

/// Each operation comes back by way of the executor, some turns later.
struct SlowStore {
    std::shared_ptr<SlowStoreLog> log = std::make_shared<SlowStoreLog>();

    class Writer {
      public:
        std::shared_ptr<SlowStoreLog> log;

        template <class Token>
        auto async_begin(const PackagePart&, Token&& token) {
            return later(std::forward<Token>(token), [](SlowStoreLog& l) { l.text.clear(); });
        }
        template <class Token>
        auto async_write(std::uint64_t offset, std::span<const std::byte> bytes, Token&& token) {
            return later(std::forward<Token>(token), [offset, bytes](SlowStoreLog& l) {
                CHECK(offset == l.text.size());
                l.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            });
        }
        template <class Token>
        auto async_commit(const Receipt&, Token&& token) {
            return later(std::forward<Token>(token), [](SlowStoreLog& l) { l.committed = true; });
        }
        void abort() { log->aborted = true; }

      private:
        template <class Token, class Work>
        auto later(Token&& token, Work work) {
            return net::async_initiate<Token, void(error_code)>(
                [log = log, work](auto handler) {
                    const error_code ec = log->step();
                    if (!ec) work(*log);
                    net::post(*log->io, [io = log->io, ec, handler = std::move(handler)]() mutable {
                        net::post(*io, net::append(std::move(handler), ec));
                    });
                },
                token);
        }
    };

    template <class Token>
    auto async_open(const PackageKey&, Token&& token) {
        return net::async_initiate<Token, void(error_code, Writer)>(
            [log = log](auto handler) {
                Writer writer;
                writer.log = log;
                net::post(*log->io, net::append(std::move(handler), log->step(), writer));
            },
            token);
    }
};
static_assert(AsyncPackageStore<SlowStore> && !PackageStore<SlowStore>);

struct SlowWorld : World {
    using Executor = net::io_context::executor_type;
    using Posting = PostingTransport<World::Transport, Executor>;
    using SlowPorts =
        mde::Ports<Posting, ServiceTokens, LocalQuotas, VirtualClock, Recorder, SlowStore>;

    net::io_context io;
    Posting posting{transport, io.get_executor()};
    SlowStore slow;
    MachineActionId id = finished_action();
    net::cancellation_signal cancel;
    std::optional<error_code> outcome;

    SlowWorld() { slow.log->io = &io; }

    void begin() {
        const SlowPorts slow_ports{&posting, &tokens, &quotas, &clock, &recorder, &slow};
        async_run_flow<flow::FetchPackage<SumHasher>>(
            slow_ports, context(), nullptr,
            net::bind_cancellation_slot(cancel.slot(),
                                        [this](error_code ec, Receipt) { outcome = ec; }),
            id);
    }
};

} // namespace

TEST_CASE("a package goes into a store that takes its time") {
    SlowWorld world;
    world.begin();
    world.io.run();
    CHECK(world.outcome == error_code());
    CHECK(world.slow.log->committed);
    CHECK(world.slow.log->text.starts_with("PK"));
    CHECK(world.recorder.count<observed::Committed>() == 1);
}

TEST_CASE("an error at each step of a slow store ends the fetch as what it is") {
    SlowWorld first;
    first.begin();
    first.io.run();
    REQUIRE(first.slow.log->steps >= 4);
    for (unsigned step = 1; step <= first.slow.log->steps; ++step) {
        CAPTURE(step);
        SlowWorld world;
        world.slow.log->fail_at = step;
        world.begin();
        world.io.run();
        CHECK(world.outcome == make_error_code(errc::store_failed));
        CHECK_FALSE(world.slow.log->committed);
        CHECK(world.recorder.count<observed::Committed>() == 0);
    }
}

TEST_CASE("a slow store is cancelled at each step and left tidy") {
    SlowWorld first;
    first.begin();
    const std::size_t steps = first.io.run();
    for (std::size_t step = 0; step + 1 < steps; ++step) {
        CAPTURE(step);
        SlowWorld world;
        world.begin();
        for (std::size_t i = 0; i < step; ++i) world.io.run_one();
        world.cancel.emit(net::cancellation_type::terminal);
        world.io.run();
        REQUIRE(world.outcome);
        if (*world.outcome) {
            CHECK(*world.outcome == net::error::operation_aborted);
            CHECK((world.slow.log->aborted || world.slow.log->committed ||
                   world.slow.log->text.empty()));
        }
    }
}
