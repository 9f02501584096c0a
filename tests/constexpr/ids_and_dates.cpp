// SPDX-License-Identifier: BSL-1.0
// Ids, dates and expiry as constants: compiling is passing.

#include <mde/base/sha256_digest.hpp>
#include <mde/model/expiry_policy.hpp>
#include <mde/model/tenant_id.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/link_grammar.hpp>

#include <chrono>

using namespace mde;
using namespace mde::literals;
using namespace std::chrono_literals;

namespace {

static_assert("CONTOSO.onmicrosoft.com"_tenant == "contoso.onmicrosoft.com"_tenant);
static_assert("7327b54f-d718-525c-bca0-7dacde913b5a"_tenant.segment() ==
              "7327b54f-d718-525c-bca0-7dacde913b5a");

static_assert(wire::format_date(UtcTime(Ticks(17060601887283693))) ==
              "2024-01-24T01:36:28.7283693Z");
static_assert(wire::detail::scan_date("2024-01-24T01:36:28.7283693Z") ==
              UtcTime(Ticks(17060601887283693)));
static_assert(wire::query_value("/p?se=1%2f&sig=2", "se") == "1%2f");

static_assert(ExpiryPolicy{}.expires_at(LinkTimes{}) == MonotonicTime(60s));
static_assert(saturating_add(MonotonicTime::max(), 1ns) == MonotonicTime::max());

static_assert(Sha256Digest::from_hex(Sha256Digest{}.hex()) == Sha256Digest{});

} // namespace
