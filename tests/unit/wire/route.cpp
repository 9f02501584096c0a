// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/route.hpp>

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
