// SPDX-License-Identifier: BSL-1.0
// The checker itself, on headers that are made up.

#include "layering/compiled_once.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

layering::Violations flaws(const std::string& path, const std::string& code) {
    return layering::check_compiled_once(
        {{path, code},
         {"mde/https.ipp", "#include <mde/mde.hpp>\n#include <mde/adapter/a.hpp>\n"},
         {"mde/mde.ipp", "#include <mde/mde.hpp>\n"},
         {"mde/mde.hpp", "#include <mde/base/a.hpp>\n"}});
}

std::string defined(const std::string& code) {
    return "#if MDE_DEFINITIONS\n\n" + code + "\n#endif\n";
}

} // namespace

TEST_CASE("what is defined for the one source was declared for all") {
    const std::string body = "int a(int b) {\n    return b;\n}\n";
    const std::string declared = "MDE_DECL int a(int b);\n";
    CHECK(flaws("mde/base/a.hpp", declared + defined("MDE_DECL " + body)).empty());
    CHECK(flaws("mde/base/a.hpp", defined("MDE_DECL int A::a() {\n    return 1;\n}\n")).empty());
    CHECK(flaws("mde/base/a.hpp", defined("MDE_DECL std::string\nA::a() {\n}\n")).empty());
    CHECK(flaws("mde/base/a.hpp", declared + defined("#if B\n#endif\nMDE_DECL " + body)).empty());
    CHECK(flaws("mde/base/a.hpp", "inline " + body).empty());
    CHECK(flaws("mde/base/a.hpp", defined("MDE_DECL " + body)).size() == 1);
    CHECK(flaws("mde/base/a.hpp", declared + defined("inline " + body)).size() == 1);
    CHECK(
        flaws("mde/base/a.hpp", "MDE_DECL int b(int a);\n" + defined("MDE_DECL " + body)).size() ==
        1);
}

TEST_CASE("the one source sees every definition") {
    const std::string code = defined("MDE_DECL int A::a() {\n    return 1;\n}\n");
    CHECK(flaws("mde/base/a.hpp", code).empty());
    CHECK(flaws("mde/adapter/a.hpp", code).empty());
    CHECK(flaws("mde/adapter/b.hpp", code).size() == 1);
    CHECK(flaws("mde/base/b.hpp", code).size() == 2);
}
