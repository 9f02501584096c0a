// EXPECT: an_endpoint_is_https_host_and_optional_port
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/endpoint.hpp>

using namespace mde::literals;

static_assert(!"https://api.security.microsoft.com"_endpoint.empty());
#ifdef EXPECT_FAIL
static_assert(!"http://api.security.microsoft.com"_endpoint.empty());
#endif
