// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/http_message.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;

TEST_CASE("fields are found without regard to case and the first one wins") {
    ResponseHead head(200);
    CHECK(head.status() == 200);
    CHECK(head.add_field("ETag", "\"1\""));
    CHECK(head.add_field("etag", "\"2\""));
    CHECK(head.add_field("Date", ""));
    CHECK(head.field("ETAG") == "\"1\"");
    CHECK(head.count("eTag") == 2);
    CHECK(head.count("Age") == 0);
    CHECK(head.field("Date") == "");
    CHECK_FALSE(head.field("Age"));
    CHECK(head.field_or_empty("Age").empty());
    CHECK(head.size() == 3);
    CHECK(head[1].name == "etag");
    CHECK(head[1].value == "\"2\"");
}

TEST_CASE("a head survives being copied and moved and cleared") {
    ResponseHead head(404);
    CHECK(head.add_field("A", "1"));
    const ResponseHead copy = head;
    ResponseHead moved = std::move(head);
    CHECK(copy.field("a") == "1");
    CHECK(moved.field("a") == "1");
    moved.clear();
    CHECK(moved.status() == 0);
    CHECK(moved.size() == 0);
    CHECK_FALSE(moved.field("a"));
    moved.set_status(201);
    CHECK(moved.status() == 201);
}

TEST_CASE("a hundred fields are taken and not one more") {
    ResponseHead head;
    for (int i = 0; i < 99; ++i) REQUIRE(head.add_field("X", "1"));
    CHECK(head.add_field("X", "1"));
    CHECK_FALSE(head.add_field("X", "1"));
    CHECK_FALSE(head.add_field("", ""));
    CHECK(head.size() == 100);
}

TEST_CASE("one field has 16 KiB for name and value together") {
    ResponseHead head;
    CHECK(head.add_field("X", std::string(16 * 1024 - 2, 'v')));
    CHECK(head.add_field("X", std::string(16 * 1024 - 1, 'v')));
    CHECK_FALSE(head.add_field("X", std::string(16 * 1024, 'v')));
    CHECK_FALSE(head.add_field(std::string(16 * 1024, 'n'), "v"));
    CHECK(head.size() == 2);
}

TEST_CASE("all fields together have 64 KiB") {
    ResponseHead head;
    for (int i = 0; i < 3; ++i) REQUIRE(head.add_field("X", std::string(16 * 1024 - 1, 'v')));
    CHECK(head.add_field("X", std::string(16 * 1024 - 2, 'v')));
    CHECK_FALSE(head.add_field("XY", ""));
    CHECK(head.add_field("X", ""));
    CHECK_FALSE(head.add_field("X", ""));
    CHECK(head.add_field("", ""));
}

TEST_CASE("methods have their names") {
    CHECK(name_of(Method::get) == "GET");
    CHECK(name_of(Method::post) == "POST");
}

TEST_CASE("a fresh request goes to the port of https and may take for ever") {
    const HttpRequest request;
    CHECK(request.port == 443);
    CHECK(request.method == Method::get);
    CHECK(request.time_limit == Duration::max());
}
