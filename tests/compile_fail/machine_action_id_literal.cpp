// EXPECT: a_machine_action_id_is_a_GUID_or_40_hex_digits
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/machine_action_id.hpp>

using namespace mde::literals;

static_assert(!"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action.empty());
#ifdef EXPECT_FAIL
static_assert(!"7327b54f-d718-525c-bca0-7dacde913b5"_machine_action.empty());
#endif
