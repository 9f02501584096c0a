// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_FORWARD_NAMES_HPP
#define MDE_TESTS_LAYERING_FORWARD_NAMES_HPP

/// @file
/// What base/fwd.hpp declares is defined somewhere, as what it is declared.

#include "layering/include_rules.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace layering {

namespace detail {

/// `declared` is such as "struct Receipt".
inline bool is_defined(const Tree& tree, const std::string& declared) {
    return std::any_of(tree.begin(), tree.end(), [&](const auto& file) {
        const std::vector<std::string> lines = lines_of(file.second);
        return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.starts_with(declared + " ") && line.ends_with('{');
        });
    });
}

} // namespace detail

inline Violations check_forward_names(const Tree& tree) {
    Violations found;
    const std::string path = "mde/base/fwd.hpp";
    for (const std::string& line : lines_of(tree.at(path))) {
        if (!detail::starts_with_any(line, {"class ", "struct ", "enum class "})) continue;
        const std::string declared = line.substr(0, line.find(';'));
        if (!detail::is_defined(tree, declared))
            found.push_back(path + ": '" + declared + "' is defined nowhere");
    }
    return found;
}

} // namespace layering

#endif
