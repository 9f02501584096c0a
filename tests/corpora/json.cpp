// SPDX-License-Identifier: BSL-1.0
// The JSON parsing test suite: texts that every parser must take (y_), must not take (n_), or may
// (i_). run.sh gets it and says where it is.
#include <mde/wire/json.hpp>
#include <mde/wire/json_text.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

using namespace mde;

namespace {

std::map<std::string, std::string> texts_of(char kind) {
    const char* folder = std::getenv("MDE_JSON_CORPUS");
    REQUIRE(folder != nullptr);
    std::map<std::string, std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        std::ifstream in(entry.path(), std::ios::binary);
        if (name[0] == kind) texts[name] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    return texts;
}

} // namespace

TEST_CASE("what every parser must take is taken but for members of one name") {
    const auto texts = texts_of('y');
    CHECK(texts.size() > 90);
    for (const auto& [name, text] : texts) {
        CAPTURE(name);
        const auto document = wire::parse_json(text);
        if (name.find("duplicated_key") == std::string::npos)
            CHECK(document);
        else
            CHECK(document.error() == errc::duplicate_member);
    }
}

TEST_CASE("what no parser may take is refused") {
    const auto texts = texts_of('n');
    CHECK(texts.size() > 160);
    for (const auto& [name, text] : texts) {
        CAPTURE(name);
        CHECK_FALSE(wire::parse_json(text));
    }
}

TEST_CASE("what a parser may take is UTF-8 and within the bounds if it is taken") {
    const auto texts = texts_of('i');
    CHECK(texts.size() > 15);
    for (const auto& [name, text] : texts) {
        CAPTURE(name);
        const auto document = wire::parse_json(text);
        if (document) CHECK(wire::is_utf8(text));
        // Deeper than the bound, or a surrogate without its other half.
        if (name.find("500_nested") != std::string::npos) CHECK_FALSE(document);
        if (name.find("surrogate") != std::string::npos) CHECK_FALSE(document);
    }
}
