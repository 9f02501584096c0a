// SPDX-License-Identifier: BSL-1.0
#include <mde/model/package_key.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::literals;

TEST_CASE("a package is named after its action") {
    const PackageKey key{"7327B54F-d718-525c-bca0-7dacde913b5a"_machine_action};
    CHECK(key.name() == "7327b54f-d718-525c-bca0-7dacde913b5a");
    CHECK(key == PackageKey{"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action});
}

TEST_CASE("no id can name a file elsewhere") {
    for (const char* id :
         {"../../etc/passwd", "..", ".", "a\\b", "C:evil", "a/b", ".hidden", "~", "a\n"}) {
        const PackageKey key{*MachineActionId::undocumented(id)};
        const std::string name(key.name().view());
        CHECK(name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ%-") == std::string::npos);
    }
}
