// EXPECT: state_store_has_load_that_returns_result_of_optional_string
// SPDX-License-Identifier: BSL-1.0

#include <mde/port/state_store.hpp>

struct Whole {
    mde::error_code save(std::string_view) { return {}; }
    mde::result<std::optional<std::string>> load() { return std::optional<std::string>(); }
};
static_assert(mde::StateStore<Whole>);

struct Partial {
    mde::error_code save(std::string_view) { return {}; }
    mde::result<std::string> load() { return std::string(); }
};
#ifdef EXPECT_FAIL
static_assert(mde::StateStore<Partial>);
#endif
