// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_MATRIX_TOKENS_HPP
#define MDE_TESTS_MATRIX_TOKENS_HPP

/// @file
/// Every way to wait for an operation, under a short name: `start(token)` begins it, and the
/// calling thread waits for what came of it.

#include <mde/base/error.hpp>
#include <mde/model/receipt.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace mde_test::matrix {

namespace net = boost::asio;

struct Ended {
    mde::error_code error;
    mde::Receipt receipt;
};

template <class Value>
Value wait_for(std::future<Value> future) {
    if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
        throw std::runtime_error("no completion");
    return future.get();
}

/// A handler that keeps its promise.
struct Promise {
    std::shared_ptr<std::promise<Ended>> promise = std::make_shared<std::promise<Ended>>();

    void operator()(mde::error_code ec, mde::Receipt receipt) const {
        promise->set_value({ec, std::move(receipt)});
    }
    Ended wait() const { return wait_for(promise->get_future()); }
};

struct callback {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor&) {
        const Promise promise;
        start([promise](mde::error_code ec, mde::Receipt receipt) {
            promise(ec, std::move(receipt));
        });
        return promise.wait();
    }
};

struct future {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor&) {
        return {{}, wait_for(start(net::use_future))};
    }
};

struct coroutine {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor& executor) {
        const auto job = [&start]() -> net::awaitable<mde::Receipt> {
            mde::Receipt receipt = co_await start(net::use_awaitable);
            co_return receipt;
        };
        return {{}, wait_for(net::co_spawn(net::any_io_executor(executor), job, net::use_future))};
    }
};

struct deferred {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor&) {
        auto operation = start(net::deferred);
        const Promise promise;
        std::move(operation)(promise);
        return promise.wait();
    }
};

struct as_tuple {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor& executor) {
        const auto job = [&start]() -> net::awaitable<Ended> {
            auto outcome = co_await start(net::as_tuple(net::use_awaitable));
            Ended ended{std::get<0>(outcome), std::move(std::get<1>(outcome))};
            co_return ended;
        };
        return wait_for(net::co_spawn(net::any_io_executor(executor), job, net::use_future));
    }
};

struct any_completion_handler {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor&) {
        const Promise promise;
        start(net::any_completion_handler<void(mde::error_code, mde::Receipt)>(promise));
        return promise.wait();
    }
};

struct detached {
    /// Nobody is told; that it is over is seen by what the handler owned.
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor&) {
        const Promise promise;
        const auto over = [promise](int* unused) {
            delete unused;
            promise({}, {});
        };
        start(net::consign(net::detached, std::shared_ptr<int>(new int(), over)));
        return promise.wait();
    }
};

struct spawn {
    template <class Start, class Executor>
    static Ended run(const Start& start, const Executor& executor) {
        const Promise promise;
        net::spawn(
            net::any_io_executor(executor),
            [&start, promise](net::yield_context yield) {
                mde::error_code ec;
                mde::Receipt receipt = start(yield[ec]);
                promise(ec, std::move(receipt));
            },
            net::detached);
        return promise.wait();
    }
};

} // namespace mde_test::matrix

#endif
