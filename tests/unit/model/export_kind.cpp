// SPDX-License-Identifier: BSL-1.0
#include <mde/model/export_kind.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mde;

static_assert(name_of(ExportKind::certificates) == "certificateAssessmentExport");

TEST_CASE("every export is found by its name in any case and by no other") {
    for (std::size_t i = 0; i < export_names.size(); ++i) {
        const auto kind = static_cast<ExportKind>(i);
        CHECK(find_export_kind(name_of(kind)) == kind);
        std::string upper(name_of(kind));
        for (char& c : upper)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        CHECK(find_export_kind(upper) == kind);
    }
    for (const char* name : {"", "Export", "SoftwareInventory", "SoftwareInventoryExport "})
        CHECK_FALSE(find_export_kind(name));
}
