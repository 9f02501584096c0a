// SPDX-License-Identifier: BSL-1.0
#include <mde/port/transport.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace mde;

namespace {

struct Executor {};

struct GoodExchange {
    ResponseHead answer;
    const ResponseHead& head() const { return answer; }
    template <class Handler>
    void async_read_some(std::span<std::byte>, Handler&& handler) {
        std::forward<Handler>(handler)(error_code(), std::size_t(0));
    }
};
struct HeadByValue : GoodExchange {
    ResponseHead head() const { return answer; }
};
struct WithoutRead {
    ResponseHead answer;
    const ResponseHead& head() const { return answer; }
};
struct NotDefault : GoodExchange {
    explicit NotDefault(int) {}
};
template <class E>
struct TransportOf {
    using executor_type = Executor;
    using Exchange = E;
    executor_type get_executor() { return {}; }
    template <class Handler>
    void async_send(const HttpRequest&, Handler&& handler) {
        std::forward<Handler>(handler)(error_code(), E());
    }
};
struct WithoutExecutor {
    using Exchange = GoodExchange;
    template <class Handler>
    void async_send(const HttpRequest&, Handler&&) {}
};

static_assert(HttpExchange<GoodExchange>);
static_assert(!HttpExchange<HeadByValue> && !HttpExchange<WithoutRead> &&
              !HttpExchange<NotDefault>);
static_assert(Transport<TransportOf<GoodExchange>>);
static_assert(!Transport<TransportOf<WithoutRead>> && !Transport<WithoutExecutor>);
static_assert(BlockingTransport<exemplar::DeadTransport>);
static_assert(!BlockingTransport<TransportOf<GoodExchange>>);
static_assert(!Transport<exemplar::DeadTransport>);

} // namespace

TEST_CASE("the smallest transport reaches nothing") {
    exemplar::DeadTransport transport;
    CHECK(transport.send(HttpRequest{}).error() == errc::unreachable);
    exemplar::DeadTransport::Exchange exchange;
    CHECK(exchange.head().status() == 0);
    CHECK(*exchange.read_some({}) == 0);
}
