// EXPECT: exchange_has_read_some_of_bytes_that_returns_result_of_size
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/transport.hpp>

struct Whole {
    struct Exchange {
        mde::ResponseHead answer;
        const mde::ResponseHead& head() const { return answer; }
        mde::result<std::size_t> read_some(std::span<std::byte>) { return std::size_t(0); }
    };
    mde::result<Exchange> send(const mde::HttpRequest&) { return Exchange(); }
};
static_assert(mde::BlockingTransport<Whole>);

struct Partial {
    struct Exchange {
        mde::ResponseHead answer;
        const mde::ResponseHead& head() const { return answer; }
    };
    mde::result<Exchange> send(const mde::HttpRequest&) { return Exchange(); }
};
#ifdef EXPECT_FAIL
static_assert(mde::BlockingTransport<Partial>);
#endif
