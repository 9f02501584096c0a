// EXPECT: (cannot convert|could not convert|no viable conversion|conversion from)
// SPDX-License-Identifier: BSL-1.0

#include <mde/model/package_uri.hpp>

#include <string_view>

std::size_t uses(const mde::PackageUri& uri) {
    std::string_view shown = uri.host();
#ifdef EXPECT_FAIL
    std::string_view text = uri;
    shown = text;
#endif
    return shown.size();
}
