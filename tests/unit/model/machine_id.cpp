// SPDX-License-Identifier: BSL-1.0
#include <mde/model/machine_id.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::literals;

static_assert("00112233445566778899AABBCCDDEEFF00112233"_machine.text() ==
              "00112233445566778899aabbccddeeff00112233");

TEST_CASE("a machine id has 40 hexadecimal digits or the 32 of the page") {
    for (const std::size_t count : {32u, 40u}) CHECK(MachineId::parse(std::string(count, 'a')));
    for (const std::size_t count : {0u, 31u, 33u, 39u, 41u})
        CHECK(MachineId::parse(std::string(count, 'a')).error() == errc::malformed_id);
    CHECK(MachineId::parse(std::string(39, 'a') + 'g').error() == errc::malformed_id);
    CHECK(MachineId::parse("7327b54f-d718-525c-bca0-7dacde913b5a").error() == errc::malformed_id);
}

TEST_CASE("a host name needs the escape") {
    CHECK(MachineId::parse("ws-1.contoso.com").error() == errc::malformed_id);
    CHECK(MachineId::undocumented("ws-1.contoso.com")->segment() == "ws-1%2Econtoso%2Ecom");
}
