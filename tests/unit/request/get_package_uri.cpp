// SPDX-License-Identifier: BSL-1.0
#include <mde/request/get_package_uri.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace mde;
using namespace mde::literals;

static_assert(std::same_as<GetPackageUri::Response, PackageUri>);
static_assert(GetPackageUri{"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action}.target() ==
              "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/getPackageUri");

TEST_CASE("the page is written down as it stands") {
    const GetPackageUri request{"7327b54fd718525cbca07dacde913b5ac3c85673"_machine_action};
    CHECK(request.target() ==
          "/api/machineactions/7327b54fd718525cbca07dacde913b5ac3c85673/getPackageUri");
    CHECK(GetPackageUri::method == Method::get);
    CHECK(GetPackageUri::delegated == AnyOf{Permission::machine_collect_forensics});
    CHECK(GetPackageUri::application == AnyOf{Permission::machine_collect_forensics,
                                              Permission::machine_read_all,
                                              Permission::machine_read_write_all});
    CHECK(GetPackageUri::quota == Quota{.per_minute = 2, .per_hour = 120});
}

TEST_CASE("the longest id has room") {
    const GetPackageUri request{*MachineActionId::undocumented(std::string(64, '.'))};
    CHECK(request.target().view().size() == 20 + 192 + 14);
    CHECK(request.target().view().ends_with("%2E/getPackageUri"));
}
