// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_COMPILED_ONCE_HPP
#define MDE_TESTS_LAYERING_COMPILED_ONCE_HPP

/// @file
/// What a program that compiles the SDK once relies on: its files see a declaration of everything,
/// and its one source sees every definition.

#include "layering/include_rules.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace layering {

/// The part of a header that such a program compiles once, as its lines go by.
class Definitions {
  public:
    void take(const std::string& line) {
        if (line.starts_with("#if")) depth_ += depth_ != 0 || line == "#if MDE_DEFINITIONS" ? 1 : 0;
        if (line.starts_with("#endif") && depth_ != 0) --depth_;
    }
    bool are_here() const { return depth_ != 0; }

  private:
    std::size_t depth_ = 0;
};

namespace detail {

/// From the beginning of a definition to its first parenthesis.
inline std::string head_of(const std::vector<std::string>& lines, std::size_t at) {
    std::string head = lines[at];
    while (head.find('(') == std::string::npos && ++at < lines.size())
        head.append(" ").append(lines[at].substr(lines[at].find_first_not_of(' ')));
    return head.substr(0, head.find('('));
}

inline bool is_declared_above(const std::vector<std::string>& lines, std::size_t at,
                              const std::string& name) {
    for (std::size_t i = 0; i < at; ++i)
        if (lines[i].starts_with("MDE_DECL ") && head_of(lines, i).ends_with(name)) return true;
    return false;
}

inline void check_definitions(const std::string& path, const std::string& text, Violations& found) {
    const std::vector<std::string> lines = lines_of(text);
    Definitions definitions;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        definitions.take(lines[i]);
        if (!definitions.are_here() || lines[i].empty() ||
            starts_with_any(lines[i], {" ", "#", "/", "}", ")"}))
            continue;
        // The second line of a head that is too long for one.
        if (lines[i].find("::") != std::string::npos && !lines[i].starts_with("MDE_DECL ") &&
            lines[i - 1].starts_with("MDE_DECL "))
            continue;
        const std::string head = head_of(lines, i);
        const std::string name = head.substr(head.rfind(' '));
        const bool is_member = name.find("::") != std::string::npos;
        if (!lines[i].starts_with("MDE_DECL ") ||
            (!is_member && !is_declared_above(lines, i, name)))
            found.push_back(path + ":" + std::to_string(i + 1) +
                            ": not declared above, or without MDE_DECL: '" + lines[i] + "'");
    }
}

inline void reach(const Tree& tree, const std::string& path, std::set<std::string>& reached) {
    if (!tree.contains(path) || !reached.insert(path).second) return;
    for (const std::string& target : includes_of(tree.at(path))) reach(tree, target, reached);
}

} // namespace detail

/// `tree` holds mde/https.ipp and mde/mde.ipp, too. What needs no TLS is in both.
inline Violations check_compiled_once(const Tree& tree) {
    Violations found;
    std::set<std::string> with_tls;
    std::set<std::string> without_tls;
    detail::reach(tree, "mde/https.ipp", with_tls);
    detail::reach(tree, "mde/mde.ipp", without_tls);
    for (const auto& [path, text] : tree) {
        detail::check_definitions(path, text, found);
        if (text.find("#if MDE_DEFINITIONS") == std::string::npos) continue;
        if (!with_tls.contains(path)) found.push_back(path + ": mde/https.ipp does not compile it");
        if (!path.starts_with("mde/adapter/") && !without_tls.contains(path))
            found.push_back(path + ": mde/mde.ipp does not compile it");
    }
    return found;
}

} // namespace layering

#endif
