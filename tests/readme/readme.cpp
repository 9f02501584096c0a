// SPDX-License-Identifier: BSL-1.0
// What the README quotes is what the examples say.
#include "readme/quotes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

namespace {

std::string readme_text() { return readme::read_file(std::string(MDE_REPOSITORY) + "/README.md"); }

} // namespace

TEST_CASE("a quote is found without its indentation") {
    CHECK(readme::region("a\n  //[x\n  b\n\n    c\n  //]\nd\n", "x") == "b\n\n  c\n");
    CHECK_THROWS(readme::region("//[x\nb\n", "x"));
    CHECK_THROWS(readme::region("//[y\nb\n//]\n", "x"));
    const auto quotes = readme::quotes_of("text\n<!-- quote: p.cpp x -->\n```cpp\nb\n```\nmore\n");
    REQUIRE(quotes.size() == 1);
    CHECK(quotes[0].path == "p.cpp");
    CHECK(quotes[0].name == "x");
    CHECK(quotes[0].code == "b\n");
}

TEST_CASE("every quote in the README is current") {
    const auto quotes = readme::quotes_of(readme_text());
    CHECK(quotes.size() >= 3);
    for (const readme::Quote& quote : quotes) {
        CAPTURE(quote.path);
        CHECK(quote.code ==
              readme::region(readme::read_file(std::string(MDE_REPOSITORY) + "/" + quote.path),
                             quote.name));
    }
}

TEST_CASE("every C++ block in the README is a quote") {
    unsigned blocks = 0;
    for (const std::string& line : readme::lines_of(readme_text())) blocks += line == "```cpp";
    CHECK(blocks == readme::quotes_of(readme_text()).size());
}

TEST_CASE("every link in the README leads somewhere") {
    CHECK(readme::links_of("a [b](#c) [d `e`](f/g) ![h](i.svg)\n```cpp\n[](int j) {}\n```\n") ==
          std::vector<std::string>{"#c", "f/g", "i.svg"});
    CHECK(readme::anchors_of("# mde\n## What it `does`: all\n#no\n") ==
          std::vector<std::string>{"#mde", "#what-it-does-all"});
    const std::string text = readme_text();
    const auto anchors = readme::anchors_of(text);
    const auto links = readme::links_of(text);
    CHECK(links.size() > 20);
    for (const std::string& link : links) {
        CAPTURE(link);
        if (link.starts_with('#'))
            CHECK(std::find(anchors.begin(), anchors.end(), link) != anchors.end());
        else
            CHECK(std::filesystem::exists(std::string(MDE_REPOSITORY) + "/" + link));
    }
}

TEST_CASE("what a consumer writes to plug something in is short") {
    struct Limit {
        const char* path;
        const char* name;
        std::size_t lines;
    };
    for (const Limit& limit : {Limit{"2_plug/folder_store.hpp", "your_store", 40},
                               Limit{"2_plug/your_transport.cpp", "your_transport", 120},
                               Limit{"2_plug/your_request.cpp", "your_request", 25}}) {
        CAPTURE(limit.path);
        const std::string source =
            readme::read_file(std::string(MDE_REPOSITORY) + "/examples/" + limit.path);
        std::size_t lines = 0;
        for (const std::string& line : readme::lines_of(readme::region(source, limit.name)))
            lines += line.empty() ? 0u : 1u;
        CHECK(lines > 5);
        CHECK(lines <= limit.lines);
    }
}
