// SPDX-License-Identifier: BSL-1.0
// The checker itself, on trees that are made up.

#include "layering/include_rules.hpp"
#include "layering/boost_versions.hpp"
#include "layering/references.hpp"
#include "layering/std_headers.hpp"

#include <doctest/doctest.h>

using layering::Tree;
using layering::Violations;

namespace {

std::string including(std::initializer_list<const char*> targets) {
    std::string text;
    for (const char* target : targets) text += std::string("#include <") + target + ">\n";
    return text;
}

Violations refusals(const char* path, std::initializer_list<const char*> targets) {
    Tree tree{{path, including(targets)}};
    for (const std::string target : targets)
        if (target.starts_with("mde/") && target != path) tree[target];
    return layering::check_structure(tree);
}

bool has(const Violations& found, const std::string& words) {
    return found.size() == 1 && found[0].find(words) != std::string::npos;
}

constexpr const char* proper = "// SPDX-License-Identifier: BSL-1.0\n"
                               "#ifndef MDE_BASE_A_HPP\n"
                               "#define MDE_BASE_A_HPP\n"
                               "\n"
                               "/// @file\n"
                               "/// A header.\n"
                               "\n"
                               "#endif\n";

} // namespace

TEST_CASE("includes are found whatever their spacing and brackets") {
    CHECK(
        layering::includes_of("#include <a>\n  #  include \"b/c.hpp\" // <d>\n//#include <e>\n") ==
        std::vector<std::string>{"a", "b/c.hpp"});
    CHECK(layering::includes_of("#define include <a>\n#if 1\n#endif\n").empty());
}

TEST_CASE("the layer is the first folder") {
    CHECK(layering::layer_of("mde/base/time.hpp") == "base");
    CHECK(layering::layer_of("mde/flow/detail/x.hpp") == "flow");
    CHECK(layering::layer_of("mde/mde.hpp").empty());
}

TEST_CASE("a tree that only looks down passes") {
    CHECK(refusals("mde/adapter/a.hpp", {"mde/async/b.hpp", "mde/base/c.hpp", "openssl/evp.h",
                                         "boost/beast/http.hpp", "thread"})
              .empty());
    CHECK(refusals("mde/port/a.hpp", {"mde/wire/b.hpp", "mde/model/c.hpp"}).empty());
    CHECK(refusals("mde/request/a.hpp", {"mde/wire/b.hpp"}).empty());
    CHECK(refusals("mde/wire/a.hpp", {"boost/json/value.hpp"}).empty());
    CHECK(refusals("mde/async/a.hpp", {"boost/asio/compose.hpp", "mde/flow/b.hpp"}).empty());
    CHECK(refusals("mde/flow/a.hpp", {"mde/flow/detail/b.hpp"}).empty());
    CHECK(refusals("mde/mde.hpp", {"mde/async/a.hpp"}).empty());
}

TEST_CASE("an upward include is reported with both ranks") {
    CHECK(
        has(refusals("mde/base/a.hpp", {"mde/model/b.hpp"}),
            "mde/base/a.hpp: includes mde/model/b.hpp: 'base' (rank 0) includes 'model' (rank 1): "
            "includes run only downwards"));
    CHECK(has(refusals("mde/wire/a.hpp", {"mde/request/b.hpp"}), "only downwards"));
    CHECK(has(refusals("mde/flow/a.hpp", {"mde/async/b.hpp"}), "only downwards"));
}

TEST_CASE("neighbours of one rank do not include each other") {
    CHECK(has(refusals("mde/port/a.hpp", {"mde/request/b.hpp"}), "do not know each other"));
    CHECK(has(refusals("mde/request/a.hpp", {"mde/port/b.hpp"}), "do not know each other"));
    CHECK(has(refusals("mde/adapter/a.hpp", {"mde/service/b.hpp"}), "do not know each other"));
    CHECK(has(refusals("mde/service/a.hpp", {"mde/adapter/b.hpp"}), "do not know each other"));
}

TEST_CASE("details stay in their layer") {
    CHECK(has(refusals("mde/async/a.hpp", {"mde/flow/detail/b.hpp"}), "their own layer"));
}

TEST_CASE("no layer includes the umbrella") {
    CHECK(has(refusals("mde/async/a.hpp", {"mde/mde.hpp"}), "above the layers"));
}

TEST_CASE("a folder that is no layer and a header that is not there are reported") {
    CHECK(has(layering::check_structure({{"mde/util/a.hpp", ""}}), "'util' is no layer"));
    CHECK(has(layering::check_structure({{"mde/base/a.hpp", "#include <mde/base/b.hpp>\n"}}),
              "does not exist"));
}

TEST_CASE("foreign headers are kept where they belong") {
    CHECK(has(refusals("mde/flow/a.hpp", {"boost/asio/any_io_executor.hpp"}), "Asio"));
    CHECK(has(refusals("mde/port/a.hpp", {"boost/beast/http.hpp"}), "Beast"));
    CHECK(has(refusals("mde/async/a.hpp", {"boost/beast/core.hpp"}), "Beast"));
    CHECK(has(refusals("mde/request/a.hpp", {"boost/json.hpp"}), "JSON"));
    for (const char* layer : {"mde/wire/a.hpp", "mde/service/a.hpp", "mde/adapter/a.hpp"})
        CHECK(has(refusals(layer, {"boost/url/parse.hpp"}), "without Boost.URL"));
    CHECK(has(refusals("mde/async/a.hpp", {"openssl/ssl.h"}), "OpenSSL"));
    CHECK(has(refusals("mde/async/a.hpp", {"boost/asio/ssl/stream.hpp"}), "OpenSSL"));
    CHECK(has(refusals("mde/service/a.hpp", {"openssl/hmac.h"}), "OpenSSL"));
    for (const char* file : {"fstream", "filesystem", "cstdio"})
        CHECK(has(refusals("mde/async/a.hpp", {file}), "no files"));
    CHECK(has(refusals("mde/flow/a.hpp", {"thread"}), "no threads"));
    CHECK(refusals("mde/async/a.hpp", {"thread"}).empty());
}

TEST_CASE("clocks are read in async and above only") {
    const std::string code = "auto now = std::chrono::steady_clock::now();\n";
    CHECK(has(layering::check_structure({{"mde/flow/a.hpp", code}}), "reads steady_clock"));
    CHECK(layering::check_structure({{"mde/async/a.hpp", code}}).empty());
    CHECK(layering::check_structure({{"mde/flow/a.hpp", "// " + code}}).empty());
    CHECK(layering::check_structure({{"mde/flow/a.hpp", "/* " + code + "*/"}}).empty());
}

TEST_CASE("what a request reaches is judged wherever it is included") {
    const auto costs = [](const char* target) {
        return layering::check_costs({{"mde/request/a.hpp", including({"mde/wire/b.hpp"})},
                                      {"mde/wire/b.hpp", including({target})},
                                      {"mde/flow/c.hpp", including({"map"})}});
    };
    CHECK(costs("string").empty());
    for (const char* slow : {"map", "memory", "algorithm", "chrono", "iostream", "sstream",
                             "boost/json/value.hpp", "boost/asio/post.hpp", "bits/stl_map.h"})
        CHECK(has(costs(slow), std::string("mde/wire/b.hpp: request/ reaches <") + slow + ">"));
    CHECK(layering::check_costs({{"mde/request/a.hpp", including({"mde/base/chrono.hpp"})},
                                 {"mde/base/chrono.hpp", including({"chrono"})}})
              .empty());
}

TEST_CASE("a cycle is reported whole and once") {
    const Tree tree{{"mde/base/a.hpp", including({"mde/base/b.hpp"})},
                    {"mde/base/b.hpp", including({"mde/base/c.hpp"})},
                    {"mde/base/c.hpp", including({"mde/base/b.hpp"})}};
    CHECK(layering::check_cycles(tree) ==
          Violations{"cycle: mde/base/b.hpp -> mde/base/c.hpp -> mde/base/b.hpp"});
    CHECK(has(layering::check_structure(tree), "cycle: "));
}

TEST_CASE("a header that includes itself is a cycle") {
    CHECK(layering::check_cycles({{"mde/base/a.hpp", including({"mde/base/a.hpp"})}}) ==
          Violations{"cycle: mde/base/a.hpp -> mde/base/a.hpp"});
}

TEST_CASE("a diamond is not a cycle") {
    CHECK(
        layering::check_cycles({{"mde/base/a.hpp", including({"mde/base/b.hpp", "mde/base/c.hpp"})},
                                {"mde/base/b.hpp", including({"mde/base/d.hpp"})},
                                {"mde/base/c.hpp", including({"mde/base/d.hpp"})},
                                {"mde/base/d.hpp", ""}})
            .empty());
}

TEST_CASE("a proper header has no violation and each flaw has one") {
    const std::string path = "mde/base/a.hpp";
    const std::string text = proper;
    const auto flaws = [&](const std::string& changed) {
        return layering::check_looks(Tree{{path, changed}});
    };
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string changed = text;
        return changed.replace(changed.find(from), from.size(), to);
    };
    CHECK(flaws(text).empty());
    CHECK(has(flaws(replaced("SPDX-License-Identifier: BSL-1.0", "Copyright")), "SPDX"));
    CHECK(has(flaws(replaced("#ifndef MDE_BASE_A_HPP", "#ifndef MDE_A_HPP")), "guard"));
    CHECK(has(flaws(replaced("#define MDE_BASE_A_HPP", "#define MDE_A_HPP")), "guard"));
    CHECK(has(flaws(replaced("@file", "@brief")), "@file"));
    CHECK(has(flaws(replaced("#endif", "#endif // MDE_BASE_A_HPP")), "bare #endif"));
    CHECK(has(flaws(text.substr(0, text.size() - 1)), "line break"));
    CHECK(has(flaws(replaced("A header.", "A\theader.")), "tab"));
    CHECK(has(flaws(replaced("A header.", std::string(97, 'x'))), "101 columns"));
    CHECK(flaws(replaced("A header.", std::string(96, 'x'))).empty());
    CHECK(flaws(replaced("A header.", "| " + std::string(96, 'x'))).empty());
    CHECK(has(flaws(replaced("\n\n/// @file", "\n" + std::string(394, '\n') + "/// @file")),
              "lines"));
}

TEST_CASE("a header of the standard library that is used and not included is reported once") {
    const auto flaws = [](const std::string& text) {
        return layering::check_std_headers({{"a.hpp", text}});
    };
    CHECK(flaws("#include <optional>\nstd::optional<int> a = std::nullopt; // std::vector\n")
              .empty());
    CHECK(has(flaws("std::optional<int> a = std::nullopt;"), "does not include optional"));
    CHECK(has(flaws("mystd::vector a; std::vector<int> b;"), "uses std::vector"));
    CHECK(flaws("std::vector<std::string> a;").size() == 2);
}

TEST_CASE("what a later Boost has not is found in code and not in words") {
    const auto flaws = [](const std::string& text) {
        return layering::check_boost_versions({{"a.hpp", text}});
    };
    CHECK(flaws("// io_service\nint my_io_service; json::results b;\n").empty());
    CHECK(has(flaws("#include <boost/json/memory_resource.hpp>\n"), "memory_resource.hpp, which"));
    CHECK(has(flaws("boost::asio::io_service a;\n"), "uses io_service"));
    CHECK(has(flaws("int a = net::buffer_cast<int*>(b);\n"), "uses buffer_cast"));
    CHECK(has(flaws("json::error_code"), "uses json::error_code"));
}

TEST_CASE("files are found in what is written for people") {
    using Paths = std::vector<std::string>;
    CHECK(layering::paths_named("see examples/a/b.cpp, (tests/c) and `.ci/run`.") ==
          Paths{"examples/a/b.cpp", "tests/c", ".ci/run"});
    CHECK(layering::paths_named("`mde/a.hpp` of include/mde/. Not mde/a or build/tests/d") ==
          Paths{"include/mde/a.hpp", "include/mde/"});
    CHECK(layering::paths_named("").empty());
    CHECK(layering::words_of("a.hpp", "int a; // one\n\"tests/b\";\n/// two\n") == "one\ntwo\n");
    CHECK(layering::words_of("a.sh", "a # one\nb\n") == "one\n");
    CHECK(layering::words_of("a.md", "one\n# two\n") == "one\n# two\n");
}

TEST_CASE("a file that is named and not there is reported") {
    const auto flaws = [](const char* path, const char* text) {
        return layering::check_references({{path, text}}, MDE_REPOSITORY);
    };
    CHECK(flaws("a.hpp", "/// See tests/main.cpp.\n").empty());
    CHECK(has(flaws("a.hpp", "/// See examples/no/such.cpp.\n"),
              "a.hpp: names examples/no/such.cpp, which does not exist"));
    CHECK(has(flaws("a.md", "[it](tests/nothing)"), "names tests/nothing"));
}

TEST_CASE("the top level holds what was agreed and dot-files") {
    CHECK(layering::check_top_level({"include", "tests", "examples", "CMakeLists.txt",
                                     "meson.build", "README.md", ".ci", ".gitignore"})
              .empty());
    CHECK(layering::check_top_level({"src", "CMakePresets.json"}) ==
          Violations{"the top level holds 'src'", "the top level holds 'CMakePresets.json'"});
}
