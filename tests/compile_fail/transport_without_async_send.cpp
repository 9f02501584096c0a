// EXPECT: transport_has_async_send_of_request_and_token
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/transport.hpp>

struct Exchange {
    mde::ResponseHead answer;
    const mde::ResponseHead& head() const { return answer; }
    template <class Token>
    void async_read_some(std::span<std::byte>, Token) {}
};

struct Whole {
    using Exchange = ::Exchange;
    using executor_type = int;
    executor_type get_executor() { return 0; }
    template <class Token>
    void async_send(const mde::HttpRequest&, Token) {}
};
static_assert(mde::Transport<Whole>);

struct Partial {
    using Exchange = ::Exchange;
    using executor_type = int;
    executor_type get_executor() { return 0; }
    template <class Token>
    void send(const mde::HttpRequest&, Token) {}
};
#ifdef EXPECT_FAIL
static_assert(mde::Transport<Partial>);
#endif
