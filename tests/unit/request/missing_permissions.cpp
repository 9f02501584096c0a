// SPDX-License-Identifier: BSL-1.0
#include <mde/request/missing_permissions.hpp>

#include <mde/request/collect_investigation_package.hpp>
#include <mde/request/get_machine_action.hpp>
#include <mde/request/get_package_uri.hpp>

#include <doctest/doctest.h>

using namespace mde;

namespace {

std::vector<MissingPermission> missing(TokenSubject subject, AnyOf granted) {
    const TokenClaims claims{"", "", subject, granted};
    return missing_permissions<CollectInvestigationPackage, GetMachineAction, GetPackageUri>(
        claims);
}

} // namespace

TEST_CASE("a token with what the pages ask for lacks nothing") {
    CHECK(missing(TokenSubject::application,
                  AnyOf(Permission::machine_collect_forensics, Permission::machine_read_write_all))
              .empty());
    CHECK(missing(TokenSubject::user,
                  AnyOf(Permission::machine_collect_forensics, Permission::machine_read))
              .empty());
}

TEST_CASE("each call that is not allowed is named with what would be enough") {
    CHECK(missing(TokenSubject::application, AnyOf(Permission::machine_collect_forensics)) ==
          std::vector<MissingPermission>{{Stage::get_action, GetMachineAction::application}});
    CHECK(missing(TokenSubject::application, AnyOf()) ==
          std::vector<MissingPermission>{{Stage::collect, CollectInvestigationPackage::application},
                                         {Stage::get_action, GetMachineAction::application},
                                         {Stage::get_link, GetPackageUri::application}});
}

TEST_CASE("application permissions are of no use to a user's token") {
    const AnyOf application(Permission::machine_read_all, Permission::machine_read_write_all);
    CHECK(missing(TokenSubject::user, application) ==
          std::vector<MissingPermission>{{Stage::collect, CollectInvestigationPackage::delegated},
                                         {Stage::get_action, GetMachineAction::delegated},
                                         {Stage::get_link, GetPackageUri::delegated}});
}
