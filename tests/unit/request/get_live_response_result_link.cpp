// SPDX-License-Identifier: BSL-1.0
#include <mde/request/get_live_response_result_link.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <string>

using namespace mde;
using namespace mde::literals;

static_assert(ApiRequest<GetLiveResponseResultLink>);
static_assert(std::same_as<GetLiveResponseResultLink::Response, PackageUri>);
static_assert(
    GetLiveResponseResultLink{"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action, 3}.target() ==
    "/api/machineactions/7327b54f-d718-525c-bca0-7dacde913b5a/"
    "GetLiveResponseResultDownloadLink(index=3)");

TEST_CASE("the page is written down as it stands") {
    using Request = GetLiveResponseResultLink;
    CHECK(Request::method == Method::get);
    CHECK(Request::application ==
          AnyOf{Permission::machine_read_all, Permission::machine_read_write_all});
    CHECK(Request::delegated == AnyOf{Permission::machine_live_response});
    CHECK(Request::quota == Quota{.per_minute = 100, .per_hour = 1500});
    CHECK(Request::link_life == LinkLife::declared);
    CHECK(Request{}.index == 0);
}

TEST_CASE("the longest id and index have room") {
    const GetLiveResponseResultLink request{*MachineActionId::undocumented(std::string(64, '.')),
                                            4294967295u};
    CHECK(request.target().view().ends_with(
        "%2E/GetLiveResponseResultDownloadLink(index=4294967295)"));
    CHECK(request.key() == PackageKey::live_response(request.action, 4294967295u));
}
