// SPDX-License-Identifier: BSL-1.0
#include <mde/model/package_key.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>

using namespace mde;
using namespace mde::literals;

TEST_CASE("a package is named after its action") {
    const PackageKey key{"7327B54F-d718-525c-bca0-7dacde913b5a"_machine_action};
    CHECK(key.name() == "7327b54f-d718-525c-bca0-7dacde913b5a");
    CHECK(key == PackageKey{"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action});
}

namespace {

constexpr auto action = "7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action;
constexpr UtcTime generated{std::chrono::sys_days(std::chrono::year(2021) / 1 / 11) +
                            std::chrono::hours(9) + std::chrono::minutes(8)};

PackageKey exported(ExportKind kind, UtcTime at = generated, unsigned index = 3) {
    return PackageKey::export_file(kind, *TenantId::parse("contoso.onmicrosoft.com"), at, index);
}

bool is_safe_name(std::string_view name) {
    return !name.empty() &&
           name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ%-") == std::string_view::npos;
}

} // namespace

static_assert(PackageKey(action).is_package());
static_assert(PackageKey(action).extension() == ".zip");
static_assert(PackageKey(action).content_kind() == ContentKind::zip);
static_assert(PackageKey(action).link_kind() == LinkKind::package);
// A constant expression, since those see a view that outlives its text.
static_assert(PackageKey::export_file(ExportKind::certificates, "contoso.example"_tenant, generated,
                                      7)
                  .name() ==
              "certificateAssessmentExport%-contoso%2Eexample-20210111T090800-0000000-7");

TEST_CASE("a live-response result is named after its action and command") {
    const PackageKey key = PackageKey::live_response(action, 12);
    CHECK(key.name() == "7327b54f-d718-525c-bca0-7dacde913b5a%-result-12");
    CHECK(key.extension() == ".bin");
    CHECK(key.content() == "LiveResponseResult");
    CHECK(key.content_kind() == ContentKind::any);
    CHECK(key.link_kind() == LinkKind::blob);
    CHECK(key.action() == action);
    CHECK(key != PackageKey(action));
    CHECK(key != PackageKey::live_response(action, 1));
}

TEST_CASE("a file of an export is named after its kind and tenant and moment and place") {
    const PackageKey key = exported(ExportKind::software_inventory);
    CHECK(key.name() == "SoftwareInventoryExport%-contoso%2Eonmicrosoft%2Ecom-"
                        "20210111T090800-0000000-3");
    CHECK(key.extension() == ".json.gz");
    CHECK(key.content() == "SoftwareInventoryExport");
    CHECK(key.content_kind() == ContentKind::gzip);
    CHECK(key.link_kind() == LinkKind::blob);
    CHECK(key.action().empty());
    CHECK(exported(ExportKind::certificates, generated + Ticks(1234567), 0)
              .name()
              .view()
              .ends_with("-20210111T090800-1234567-0"));
}

TEST_CASE("every two keys have different names") {
    std::set<std::string> names;
    const auto add = [&](const PackageKey& key) {
        const std::string name(key.name().view());
        CHECK(is_safe_name(name));
        CHECK(names.insert(name).second);
    };
    add(PackageKey(action));
    // Ids that try to look like the other keys.
    add(PackageKey(*MachineActionId::undocumented(std::string(action.text()) + "%-result-0")));
    add(PackageKey(*MachineActionId::undocumented(std::string(action.text()) + "-result-0")));
    for (const unsigned index : {0u, 1u, 10u, 4294967295u})
        add(PackageKey::live_response(action, index));
    for (std::size_t i = 0; i < export_names.size(); ++i) {
        const auto kind = static_cast<ExportKind>(i);
        add(exported(kind));
        add(exported(kind, generated + Ticks(1)));
        add(exported(kind, generated, 33));
        add(PackageKey::export_file(kind, "7327b54f-d718-525c-bca0-7dacde913b5a"_tenant, generated,
                                    3));
    }
}

TEST_CASE("no id can name a file elsewhere") {
    for (const char* id :
         {"../../etc/passwd", "..", ".", "a\\b", "C:evil", "a/b", ".hidden", "~", "a\n"}) {
        CHECK(is_safe_name(PackageKey(*MachineActionId::undocumented(id)).name()));
        CHECK(
            is_safe_name(PackageKey::live_response(*MachineActionId::undocumented(id), 0).name()));
        CHECK(is_safe_name(PackageKey::export_file(ExportKind::certificates,
                                                   *TenantId::undocumented(id), generated, 0)
                               .name()));
    }
}

TEST_CASE("the longest names have room") {
    const std::string longest(64, '.');
    CHECK(PackageKey::live_response(*MachineActionId::undocumented(longest), 4294967295u)
              .name()
              .view()
              .ends_with("%2E%-result-4294967295"));
    CHECK(PackageKey::export_file(ExportKind::secure_configurations,
                                  *TenantId::undocumented(longest), UtcTime::max(), 4294967295u)
              .name()
              .view()
              .ends_with("-4294967295"));
}
