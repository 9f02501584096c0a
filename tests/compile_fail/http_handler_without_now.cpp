// EXPECT: http_handler_has_handle_of_request_and_now
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/http_handler.hpp>

struct Whole {
    mde::HttpReply handle(const mde::IncomingRequest&, const mde::Now&) { return {}; }
};
static_assert(mde::HttpHandler<Whole>);

struct Partial {
    mde::HttpReply handle(const mde::IncomingRequest&) { return {}; }
};
#ifdef EXPECT_FAIL
static_assert(mde::HttpHandler<Partial>);
#endif
