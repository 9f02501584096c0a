// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_STD_HEADERS_HPP
#define MDE_TESTS_LAYERING_STD_HEADERS_HPP

/// @file
/// A header includes what it uses of the standard library itself: what comes with another header
/// today may not come with it in the next version of the library, or with another one.

#include "layering/boost_versions.hpp"
#include "layering/include_rules.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace layering {

struct StdName {
    std::string_view header;
    std::string_view name;
};

/// Names that have one home. `std::move`, `std::size_t` and their like come with nearly everything,
/// and are still asked for where they are used.
inline constexpr std::array std_names = std::to_array<StdName>({
    {"algorithm", "any_of"},
    {"algorithm", "all_of"},
    {"algorithm", "copy"},
    {"algorithm", "count_if"},
    {"algorithm", "equal"},
    {"algorithm", "fill"},
    {"algorithm", "find"},
    {"algorithm", "find_if"},
    {"algorithm", "lower_bound"},
    {"algorithm", "max"},
    {"algorithm", "min"},
    {"algorithm", "none_of"},
    {"algorithm", "remove_if"},
    {"algorithm", "sort"},
    {"algorithm", "upper_bound"},
    {"array", "array"},
    {"atomic", "atomic"},
    {"charconv", "from_chars"},
    {"charconv", "to_chars"},
    {"chrono", "chrono"},
    {"concepts", "convertible_to"},
    {"concepts", "same_as"},
    {"cstddef", "byte"},
    {"cstddef", "max_align_t"},
    {"cstddef", "ptrdiff_t"},
    {"cstddef", "size_t"},
    {"cstdint", "int64_t"},
    {"cstdint", "uint16_t"},
    {"cstdint", "uint32_t"},
    {"cstdint", "uint64_t"},
    {"cstdint", "uint8_t"},
    {"cstring", "memcmp"},
    {"cstring", "memcpy"},
    {"deque", "deque"},
    {"functional", "function"},
    {"functional", "less"},
    {"limits", "numeric_limits"},
    {"map", "map"},
    {"memory", "make_shared"},
    {"memory", "make_unique"},
    {"memory", "shared_ptr"},
    {"memory", "unique_ptr"},
    {"memory", "weak_ptr"},
    {"mutex", "lock_guard"},
    {"mutex", "mutex"},
    {"mutex", "unique_lock"},
    {"optional", "nullopt"},
    {"optional", "optional"},
    {"set", "set"},
    {"span", "as_bytes"},
    {"span", "span"},
    {"string", "string"},
    {"string", "to_string"},
    {"string_view", "string_view"},
    {"tuple", "tuple"},
    {"type_traits", "decay_t"},
    {"type_traits", "is_same_v"},
    {"type_traits", "remove_cvref_t"},
    {"type_traits", "remove_reference_t"},
    {"type_traits", "true_type"},
    {"utility", "exchange"},
    {"utility", "forward"},
    {"utility", "move"},
    {"utility", "pair"},
    {"variant", "get_if"},
    {"variant", "holds_alternative"},
    {"variant", "monostate"},
    {"variant", "variant"},
    {"variant", "visit"},
    {"vector", "vector"},
});

/// Each header that is missing, once, with a name that asks for it.
inline Violations check_std_headers(const Tree& tree) {
    Violations found;
    for (const auto& [path, text] : tree) {
        std::vector<std::string> there = includes_of(text);
        // Our own way to what <chrono> says of spans and points in time.
        if (std::find(there.begin(), there.end(), "mde/base/chrono.hpp") != there.end())
            there.emplace_back("chrono");
        const std::string code = without_comments(text);
        for (const auto& [header, name] : std_names) {
            if (std::find(there.begin(), there.end(), header) != there.end()) continue;
            if (!detail::says(code, "std::" + std::string(name))) continue;
            there.emplace_back(header);
            found.push_back(path + ": uses std::" + std::string(name) + " and does not include " +
                            std::string(header));
        }
    }
    return found;
}

} // namespace layering

#endif
