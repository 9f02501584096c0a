// EXPECT: a_tenant_id_is_a_GUID_or_a_domain_name
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/tenant_id.hpp>

using namespace mde::literals;

static_assert(!"contoso.onmicrosoft.com"_tenant.empty());
#ifdef EXPECT_FAIL
static_assert(!"contoso/../fabrikam"_tenant.empty());
#endif
