// SPDX-License-Identifier: BSL-1.0
// The rules, on the real tree.

#include "layering/boost_versions.hpp"
#include "layering/compiled_once.hpp"
#include "layering/docstring_rules.hpp"
#include "layering/forward_names.hpp"
#include "layering/include_rules.hpp"
#include "layering/references.hpp"
#include "layering/std_headers.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace {

std::string joined(const layering::Violations& found) {
    std::string text;
    for (const std::string& violation : found) text += violation + "\n";
    return text;
}

} // namespace

TEST_CASE("includes run only downwards and foreign headers stay where they belong") {
    const layering::Tree tree = layering::read_tree(MDE_INCLUDE_DIR);
    REQUIRE(tree.size() > 40);
    CHECK(joined(layering::check_structure(tree)) == "");
}

TEST_CASE("headers of requests reach nothing that is slow to compile") {
    CHECK(joined(layering::check_costs(layering::read_tree(MDE_INCLUDE_DIR))) == "");
}

TEST_CASE("every header looks like its neighbours") {
    CHECK(joined(layering::check_looks(layering::read_tree(MDE_INCLUDE_DIR))) == "");
}

TEST_CASE("every header and every name at namespace scope is explained") {
    CHECK(joined(layering::check_docstrings(layering::read_tree(MDE_INCLUDE_DIR))) == "");
}

TEST_CASE("what is declared ahead is defined") {
    CHECK(joined(layering::check_forward_names(layering::read_tree(MDE_INCLUDE_DIR))) == "");
    const layering::Tree stale{{"mde/base/fwd.hpp", "class A;\nstruct B;\nenum class C;\n"},
                               {"mde/base/a.hpp", "struct A {\nstruct B {\nenum class C2 {\n"}};
    CHECK(layering::check_forward_names(stale).size() == 2);
}

TEST_CASE("what is compiled once is declared for all, and defined in the one source") {
    layering::Tree tree = layering::read_tree(MDE_INCLUDE_DIR);
    for (auto& [path, text] : layering::read_repository(MDE_REPOSITORY))
        if (path.starts_with("include/mde/") && path.ends_with(".ipp"))
            tree[path.substr(8)] = std::move(text);
    REQUIRE(tree.contains("mde/https.ipp"));
    CHECK(joined(layering::check_compiled_once(tree)) == "");
}

TEST_CASE("every header includes what it uses of the standard library") {
    CHECK(joined(layering::check_std_headers(layering::read_tree(MDE_INCLUDE_DIR))) == "");
}

TEST_CASE("nothing is used that a later Boost has not") {
    layering::Tree files = layering::read_repository(MDE_REPOSITORY);
    std::erase_if(files, [](const auto& file) {
        return !file.first.starts_with("include/") && !file.first.starts_with("examples/");
    });
    CHECK(files.size() > 200);
    CHECK(joined(layering::check_boost_versions(files)) == "");
}

TEST_CASE("files that a comment or the README names are there") {
    const layering::Tree files = layering::read_repository(MDE_REPOSITORY);
    std::size_t named = 0;
    for (const auto& [path, text] : files)
        named += layering::paths_named(layering::words_of(path, text)).size();
    CHECK(named > 50);
    CHECK(joined(layering::check_references(files, MDE_REPOSITORY)) == "");
}

TEST_CASE("the top level of the repository holds nothing else") {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(MDE_REPOSITORY)) {
        const std::string name = entry.path().filename().string();
        // Build folders and what the demo stored are the developer's own; .gitignore keeps them
        // out.
        if (!name.starts_with("build") && !name.starts_with("mde-demo-")) names.push_back(name);
    }
    CHECK(joined(layering::check_top_level(names)) == "");
}
