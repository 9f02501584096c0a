// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace mde;
using namespace mde::wire;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

} // namespace

TEST_CASE("a document of every kind of value is read") {
    const auto document = parse_json_object(
        R"({"s":"a\u00e9\n","i":-7,"u":18446744073709551615,"d":1.5,"t":true,"n":null,)"
        R"("a":[1,[2],{"b":{}}],"":"no name"})");
    REQUIRE(document);
    CHECK(document->size() == 8);
    CHECK(document->at("s").as_string() == "a\xc3\xa9\n");
    CHECK(document->at("i").as_int64() == -7);
    CHECK(document->at("u").as_uint64() == 18446744073709551615ull);
    CHECK(document->at("a").as_array().size() == 3);
    CHECK(document->at("").as_string() == "no name");
}

TEST_CASE("a text of 1 MiB is read and one byte more is too large") {
    const auto padded = [](std::size_t size) { return "{}" + std::string(size - 2, ' '); };
    CHECK(parse_json(padded(bounds::json_text - 1)));
    CHECK(parse_json(padded(bounds::json_text)));
    CHECK(parse_json(padded(bounds::json_text + 1)).error() == errc::answer_too_large);
}

TEST_CASE("nesting of 32 is read and 33 is refused") {
    CHECK(parse_json(nested(31)));
    CHECK(parse_json(nested(bounds::json_depth)));
    CHECK(parse_json(nested(bounds::json_depth + 1)).error() == errc::malformed_answer);
    CHECK(parse_json(nested(100000)).error() == errc::malformed_answer);
    std::string objects;
    for (int i = 0; i < 33; ++i) objects += R"({"a":)";
    CHECK(parse_json(objects + "1" + std::string(33, '}')).error() == errc::malformed_answer);
}

TEST_CASE("a member named twice is refused at every depth") {
    for (const char* text :
         {R"({"value":1,"value":2})", R"({"value":1,"a":2,"value":1})", R"({"a":{"b":1,"b":1}})",
          R"([{"b":1,"b":1}])", R"({"a":[{"b":{}},{"c":1,"c":[]}]})",
          R"({"a":{"x":1},"a":{"x":1}})", R"({"":1,"":2})", R"({"\u0061":1,"a":2})",
          R"({"a":{"b":1},"c":2,"a":3})"}) {
        CAPTURE(text);
        CHECK(parse_json(text).error() == errc::duplicate_member);
    }
}

TEST_CASE("the same name in different objects or in another case is no duplicate") {
    for (const char* text :
         {R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":2}])", R"({"a":1,"A":2})",
          R"({"a":{"b":1},"c":{"b":2}})", R"({"ab":1,"a":2,"b":3})", R"({"a":1,"a\u0000":2})"}) {
        CAPTURE(text);
        CHECK(parse_json(text));
    }
}

TEST_CASE("a long name is compared whole") {
    const std::string name(9000, 'n');
    CHECK(parse_json("{\"" + name + "\":1,\"" + name + "\":2}").error() == errc::duplicate_member);
    CHECK(parse_json("{\"" + name + "1\":1,\"" + name + "2\":2}"));
}

TEST_CASE("one byte order mark is dropped and a second is refused") {
    CHECK(parse_json_object("\xef\xbb\xbf{}"));
    CHECK(parse_json("\xef\xbb\xbf\xef\xbb\xbf{}").error() == errc::malformed_answer);
    CHECK(parse_json("\xef\xbb\xbf").error() == errc::malformed_answer);
    CHECK(parse_json("\xef\xbb").error() == errc::malformed_answer);
}

TEST_CASE("what is not JSON is refused") {
    for (const std::string_view text : {"",
                                        " ",
                                        "{",
                                        "}",
                                        "{]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "[1,]",
                                        "nul",
                                        "tru",
                                        "01",
                                        "1.",
                                        "+1",
                                        "NaN",
                                        "Infinity",
                                        "\"a",
                                        "\"\n\"",
                                        "\"\t\"",
                                        "\"\\x\"",
                                        "\"\\ud800\"",
                                        "\"\xff\"",
                                        "\"\xc0\x80\"",
                                        "\"\xed\xa0\x80\"",
                                        "{}{}",
                                        "{} x",
                                        "{}]",
                                        "/* a */ {}",
                                        "// a\n{}",
                                        "<html></html>",
                                        "json{}"}) {
        CAPTURE(std::string(text));
        CHECK(parse_json(text).error() == errc::malformed_answer);
    }
    CHECK(parse_json(std::string_view("{}\0", 3)).error() == errc::malformed_answer);
    CHECK(parse_json(std::string_view()).error() == errc::malformed_answer);
}

TEST_CASE("every beginning of a document is refused") {
    const std::string text = R"({"a":[1,{"b":"c\u00e9"}],"d":null,"e":-1.5e3})";
    REQUIRE(parse_json(text));
    for (std::size_t i = 0; i < text.size(); ++i)
        CHECK(parse_json(text.substr(0, i)).error() == errc::malformed_answer);
}

TEST_CASE("an answer that must be an object is no other value") {
    for (const char* text : {"[]", "null", "1", "\"a\"", "true", "[{}]"})
        CHECK(parse_json_object(text).error() == errc::malformed_answer);
}

TEST_CASE("numbers beyond reason do no harm") {
    CHECK(parse_json("[1e308,1e309,1e999999999,-1e999999999,1e-999999999]"));
    CHECK(parse_json(std::string(400, '9')));
    CHECK_FALSE(parse_json("1e" + std::string(400, '9')));
}

TEST_CASE("members are read by type and absent ones are empty") {
    const auto object =
        parse_json_object(R"({"s":"x","n":null,"i":5,"neg":-5,"spelt":"3599","o":{},"a":[]})");
    REQUIRE(object);
    Members members(*object);
    CHECK(members.string("s") == "x");
    CHECK_FALSE(members.string("n"));
    CHECK_FALSE(members.string("absent"));
    CHECK_FALSE(members.string("S"));
    CHECK(members.integer("i") == 5);
    CHECK(members.integer("neg") == -5);
    CHECK(members.integer("spelt") == 3599);
    CHECK_FALSE(members.integer("n"));
    CHECK(members.object("o") != nullptr);
    CHECK(members.object("n") == nullptr);
    CHECK(members.array("a") != nullptr);
    CHECK(members.array("absent") == nullptr);
    CHECK(members.find("n") == nullptr);
    CHECK(members.ok());
    members.reject();
    CHECK_FALSE(members.ok());
}

TEST_CASE("a member of another type is not taken for absent") {
    const auto object = parse_json_object(
        R"({"i":5,"b":true,"o":{},"a":[],"s":"x","d":1.0,"u":9223372036854775808})");
    REQUIRE(object);
    const auto ok_after = [&](auto read) {
        Members members(*object);
        read(members);
        return members.ok();
    };
    for (const char* name : {"i", "b", "o", "a", "d"})
        CHECK_FALSE(ok_after([&](Members& m) { CHECK_FALSE(m.string(name)); }));
    for (const char* name : {"b", "o", "a", "s", "d", "u"})
        CHECK_FALSE(ok_after([&](Members& m) { CHECK_FALSE(m.integer(name)); }));
    for (const char* name : {"i", "b", "a", "s"})
        CHECK_FALSE(ok_after([&](Members& m) { CHECK(m.object(name) == nullptr); }));
    for (const char* name : {"i", "b", "o", "s"})
        CHECK_FALSE(ok_after([&](Members& m) { CHECK(m.array(name) == nullptr); }));
}

TEST_CASE("a spelt number has 1 to 18 digits and nothing else") {
    const auto read = [](std::string text) {
        json::object object;
        object["n"] = json::string(text);
        Members members(object);
        const auto number = members.integer("n");
        CHECK(members.ok() == number.has_value());
        return number;
    };
    CHECK(read("0") == 0);
    CHECK(read(std::string(18, '9')) == 999999999999999999);
    for (const char* text :
         {"", "1234567890123456789", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3"})
        CHECK_FALSE(read(text));
}

TEST_CASE("a wiping resource gives memory of the alignment that is asked for") {
    WipingResource memory;
    for (const std::size_t alignment : {1u, 8u, 16u, 64u}) {
        void* data = memory.allocate(100, alignment);
        CHECK(reinterpret_cast<std::uintptr_t>(data) % alignment == 0);
        memory.deallocate(data, 100, alignment);
    }
    WipingResource other;
    CHECK(memory == memory);
    CHECK_FALSE(memory == other);
    const auto document = parse_json(R"({"a":["secret",{"b":1}]})", json::storage_ptr(&memory));
    CHECK(document);
}
