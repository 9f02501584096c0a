// SPDX-License-Identifier: BSL-1.0
#include <mde/request/api_request.hpp>

#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>
#include <mde/request/list_machine_actions.hpp>
#include <mde/request/token_request.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace mde;

namespace {

/// A call that a consumer adds.
struct IsolateMachine {
    using Response = int;
    static constexpr Method method = Method::post;
    static constexpr AnyOf application{Permission::machine_isolate};
    static constexpr AnyOf delegated{Permission::machine_isolate};
    static constexpr Quota quota{};
    [[maybe_unused]] static constexpr Stage stage = Stage::other;
    std::string_view target() const { return "/api/machines/x/isolate"; }
};

struct WithoutQuota {
    using Response = int;
    [[maybe_unused]] static constexpr Method method = Method::get;
    [[maybe_unused]] static constexpr AnyOf application{};
    static constexpr AnyOf delegated{};
    [[maybe_unused]] static constexpr Stage stage = Stage::other;
    std::string_view target() const { return "/"; }
};

static_assert(ApiRequest<IsolateMachine> && !ApiRequestWithBody<IsolateMachine>);
static_assert(!ApiRequest<WithoutQuota> && !ApiRequest<int>);
static_assert(ApiRequest<GetPackageUri> && !ApiRequestWithBody<GetPackageUri>);
static_assert(ApiRequest<GetMachineAction> && !ApiRequestWithBody<GetMachineAction>);
static_assert(ApiRequest<ListMachineActions> && !ApiRequestWithBody<ListMachineActions>);
static_assert(ApiRequestWithBody<CancelMachineAction>);
static_assert(ApiRequestWithBody<CollectInvestigationPackage>);
// It goes to the authority, and holds a secret, so it cannot be copied.
static_assert(!ApiRequest<TokenRequest>);

/// A page whose method has a body is not read twice by accident: only GET is repeated.
template <class Request>
constexpr bool body_means_post = ApiRequestWithBody<Request> == (Request::method == Method::post);

} // namespace

TEST_CASE("calls with a body are POST and the others are GET") {
    CHECK(body_means_post<GetPackageUri>);
    CHECK(body_means_post<GetMachineAction>);
    CHECK(body_means_post<ListMachineActions>);
    CHECK(body_means_post<CancelMachineAction>);
    CHECK(body_means_post<CollectInvestigationPackage>);
}

TEST_CASE("each call has the stage that diagnostics name") {
    CHECK(GetPackageUri::stage == Stage::get_link);
    CHECK(GetMachineAction::stage == Stage::get_action);
    CHECK(ListMachineActions::stage == Stage::list_actions);
    CHECK(CancelMachineAction::stage == Stage::cancel);
    CHECK(CollectInvestigationPackage::stage == Stage::collect);
}

TEST_CASE("the quotas are those of the pages") {
    CHECK(GetPackageUri::quota == Quota{2, 120});
    CHECK(GetMachineAction::quota == Quota{100, 1500});
    CHECK(ListMachineActions::quota == Quota{100, 1500});
    CHECK(CancelMachineAction::quota == Quota{100, 1500});
    CHECK(CollectInvestigationPackage::quota == Quota{100, 1500});
}
