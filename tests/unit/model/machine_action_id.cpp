// SPDX-License-Identifier: BSL-1.0
#include <mde/model/machine_action_id.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::literals;

static_assert("7327B54F-D718-525C-BCA0-7DACDE913B5A"_machine_action.text() ==
              "7327b54f-d718-525c-bca0-7dacde913b5a");

TEST_CASE("a GUID and the 40 digits of the page are action ids") {
    CHECK(MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a"));
    CHECK(MachineActionId::parse("7327b54fd718525cbca07dacde913b5ac3c85673"));
    CHECK("7327b54fd718525cbca07dacde913b5ac3c85673"_machine_action.segment() ==
          "7327b54fd718525cbca07dacde913b5ac3c85673");
}

TEST_CASE("other lengths and other characters are no action ids") {
    CHECK(MachineActionId::parse("").error() == errc::malformed_id);
    for (const std::size_t count : {32u, 39u, 41u, 64u})
        CHECK(MachineActionId::parse(std::string(count, 'a')).error() == errc::malformed_id);
    CHECK(MachineActionId::parse("../../7327b54f-d718-525c-bca0-7dacde").error() ==
          errc::malformed_id);
    CHECK(MachineActionId::parse("7327b54f-d718-525c-bca0-7dacde913b5a/").error() ==
          errc::malformed_id);
}
