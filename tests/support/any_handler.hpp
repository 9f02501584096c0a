// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_ANY_HANDLER_HPP
#define MDE_TESTS_SUPPORT_ANY_HANDLER_HPP

/// @file
/// A server whose answers are whatever a function says: compiled once, whatever it serves.

#include "support/https_world.hpp"

#include <functional>

namespace mde_test {

struct AnyHandler {
    std::function<mde::HttpReply(const mde::IncomingRequest&, const mde::Now&)> answer;

    mde::HttpReply handle(const mde::IncomingRequest& request, const mde::Now& now) {
        return answer(request, now);
    }
};

using AnyServer = mde::HttpsServer<Executor, AnyHandler, mde::SystemClock>;

} // namespace mde_test

#endif
