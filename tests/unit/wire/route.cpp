// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/route.hpp>
#include <mde/wire/route_match.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;
using namespace mde::wire;

namespace {

constexpr std::string_view link_route = "/api/machineactions/{id}/getPackageUri";
constexpr std::string_view one_route = "/api/machineactions/{id}";
constexpr std::string_view list_route = "/api/machineactions";

} // namespace

static_assert(expand_route(link_route, "x") == "/api/machineactions/x/getPackageUri");
static_assert(match_route(link_route, "/api/machineactions/x/getPackageUri") == "x");

TEST_CASE("a route is expanded where its hole is") {
    CHECK(expand_route(one_route, "x") == "/api/machineactions/x");
    CHECK(expand_route(list_route, "x") == "/api/machineactions");
    CHECK(expand_route("/{id}/oauth2/v2.0/token", "t") == "/t/oauth2/v2.0/token");
    CHECK(expand_route(link_route, std::string(192, '%')).size() == 20 + 192 + 14);
}

TEST_CASE("a path is matched in any case and with a version or without") {
    for (const char* path :
         {"/api/machineactions/X-1/getPackageUri", "/api/machineactions/X-1/GetPackageUri",
          "/API/MachineActions/X-1/GETPACKAGEURI", "/api/v1.0/machineactions/X-1/getPackageUri",
          "/Api/V1.0/machineActions/X-1/getpackageuri"})
        CHECK(match_route(link_route, path) == "X-1");
    CHECK(match_route(one_route, "/api/machineactions/X-1") == "X-1");
    CHECK(match_route(list_route, "/api/v1.0/MACHINEACTIONS") == "");
}

TEST_CASE("other paths are not matched") {
    for (const char* path :
         {"", "/", "/api", "/api/", "/machineactions/x/getPackageUri",
          "/api/v2.0/machineactions/x/getPackageUri",
          "/api/v1.0/v1.0/machineactions/x/getPackageUri", "/api/machineactions/getPackageUri",
          "/api/machineactions//getPackageUri", "/api/machineactions/x/getPackageUri/",
          "/api/machineactions/x/getPackageUrix", "/api/machineactions/x/y/getPackageUri",
          "/api/machineactions/x/getPackage", "/api/machineaction/x/getPackageUri",
          "x/api/machineactions/x/getPackageUri", "/api//machineactions/x/getPackageUri",
          "/api/machineactions/x"})
        CHECK_FALSE(match_route(link_route, path));
    CHECK_FALSE(match_route(one_route, "/api/machineactions/x/cancel"));
    CHECK_FALSE(match_route(one_route, "/api/machineactions/"));
    CHECK_FALSE(match_route(one_route, "/api/machineactions"));
    CHECK_FALSE(match_route(list_route, "/api/machineactions/"));
    CHECK_FALSE(match_route(list_route, "/api/machineactions/x"));
    CHECK_FALSE(match_route("/{id}/oauth2/v2.0/token", "/t/oauth2/v2.0/token"));
}

TEST_CASE("what was expanded is matched again") {
    for (const char* segment : {"x", "a%2Fb", "getPackageUri", "v1.0", "-"})
        for (const std::string_view route : {link_route, one_route})
            CHECK(match_route(route, expand_route(route, segment)) == segment);
}

namespace {

constexpr std::string_view numbered = "/api/machineactions/{id}/Link(index={n})";

} // namespace

static_assert(expand_route(numbered, "abc", 12) == "/api/machineactions/abc/Link(index=12)");
static_assert(match_numbered_route(numbered, "/api/machineactions/abc/Link(index=12)") ==
              NumberedMatch{"abc", 12});

TEST_CASE("a route with a number is filled and matched") {
    CHECK(expand_route(numbered, "a%2Fb", 4294967295u) ==
          "/api/machineactions/a%2Fb/Link(index=4294967295)");
    CHECK(match_numbered_route(numbered, "/API/v1.0/MachineActions/x/link(INDEX=0)") ==
          NumberedMatch{"x", 0});
    CHECK(match_numbered_route(numbered, "/api/machineactions/x9/Link(index=007)") ==
          NumberedMatch{"x9", 7});
    for (const char* path :
         {"/api/machineactions/x/Link(index=)", "/api/machineactions/x/Link(index=-1)",
          "/api/machineactions/x/Link(index=1", "/api/machineactions/x/Link(index=1))",
          "/api/machineactions/x/Link(index=1000000000)", "/api/machineactions/x/Link(index=a)",
          "/api/machineactions//Link(index=1)", "/api/machineactions/x/y/Link(index=1)",
          "/api/machineactions/x/Link", "1)", ")", "", "/api/machineactions/x/Link(1)"}) {
        CAPTURE(path);
        CHECK_FALSE(match_numbered_route(numbered, path));
    }
    CHECK_FALSE(match_numbered_route("/api/machineactions/{id}", "/api/machineactions/1"));
}
