// EXPECT: a_machine_id_is_40_or_32_hex_digits
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/machine_id.hpp>

using namespace mde::literals;

static_assert(!"00112233445566778899aabbccddeeff00112233"_machine.empty());
#ifdef EXPECT_FAIL
static_assert(!"00112233445566778899aabbccddeeff0011223g"_machine.empty());
#endif
