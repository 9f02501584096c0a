// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/form.hpp>
#include <mde/wire/form_fields.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::wire;

namespace {

std::string form_of(std::initializer_list<std::pair<const char*, std::string_view>> fields) {
    Secret form;
    for (const auto& [name, value] : fields) append_form_field(form, name, value);
    return std::string(form.expose());
}

} // namespace

TEST_CASE("fields are joined and everything special is encoded") {
    CHECK(form_of({}).empty());
    CHECK(form_of({{"a", "b"}}) == "a=b");
    CHECK(form_of({{"a", ""}, {"b", "x y"}}) == "a=&b=x%20y");
    CHECK(form_of({{"client_secret", "~+&=%/\r\n\xc3\xa9"}}) ==
          "client_secret=~%2B%26%3D%25%2F%0D%0A%C3%A9");
}

TEST_CASE("what was written is read back whatever the bytes") {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    const auto fields = parse_form(form_of({{"all", bytes}, {"none", ""}}));
    REQUIRE(fields);
    CHECK(fields->size() == 2);
    CHECK(fields->at("all") == bytes);
    CHECK(fields->at("none").empty());
}

TEST_CASE("a plus is a space in a form") {
    const auto fields = parse_form("scope=a+b%2Bc");
    REQUIRE(fields);
    CHECK(fields->at("scope") == "a b+c");
}

TEST_CASE("missing values and empty pairs are taken as browsers write them") {
    CHECK(parse_form("")->empty());
    CHECK(parse_form("&&")->empty());
    CHECK(parse_form("a")->at("a").empty());
    CHECK(parse_form("a=")->at("a").empty());
    CHECK(parse_form("a=b=c")->at("a") == "b=c");
    CHECK(parse_form("=x")->at("") == "x");
    CHECK(parse_form("&a=1&&b=2&")->size() == 2);
}

TEST_CASE("broken escapes and names that come twice are refused") {
    for (const char* text : {"a=%", "a=%2", "a=%2g", "%zz=a", "a=1&a=2", "a=1&%61=2", "a&a"})
        CHECK_FALSE(parse_form(text));
}
