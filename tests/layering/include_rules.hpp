// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_INCLUDE_RULES_HPP
#define MDE_TESTS_LAYERING_INCLUDE_RULES_HPP

/// @file
/// The table of the layers as code: who may include whom, what may be known where, how a header
/// looks. Works on a map of texts, so that the rules can be tested on trees that do not exist.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace layering {

/// Path below the include folder (`mde/base/time.hpp`) to text.
using Tree = std::map<std::string, std::string>;
using Violations = std::vector<std::string>;

struct Layer {
    std::string_view name;
    int rank;
};

inline constexpr std::array<Layer, 9> layers{{{"base", 0},
                                              {"model", 1},
                                              {"wire", 2},
                                              {"request", 3},
                                              {"port", 3},
                                              {"flow", 4},
                                              {"async", 5},
                                              {"adapter", 6},
                                              {"service", 6}}};
inline constexpr int async_rank = 5;
inline constexpr int adapter_rank = 6;

inline constexpr std::size_t most_columns = 100;
inline constexpr std::size_t most_lines = 400;

/// Takes <chrono> whole only where there is no smaller part of it.
inline constexpr std::string_view chrono_header = "mde/base/chrono.hpp";

/// `base` of `mde/base/time.hpp`; empty for a header at the top.
inline std::string layer_of(const std::string& path) {
    const std::size_t begin = path.find('/');
    const std::size_t end = path.find('/', begin + 1);
    if (begin == std::string::npos || end == std::string::npos) return {};
    return path.substr(begin + 1, end - begin - 1);
}

inline std::optional<int> rank_of(std::string_view layer) {
    for (const Layer& known : layers)
        if (known.name == layer) return known.rank;
    return std::nullopt;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// What stands between the brackets or quotes of each `#include`.
inline std::vector<std::string> includes_of(const std::string& text) {
    std::vector<std::string> found;
    for (const std::string& line : lines_of(text)) {
        std::size_t at = line.find_first_not_of(" \t");
        if (at == std::string::npos || line[at] != '#') continue;
        at = line.find_first_not_of(" \t", at + 1);
        if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
        const std::size_t open = line.find_first_of("<\"", at);
        if (open == std::string::npos) continue;
        const std::size_t close = line.find_first_of(">\"", open + 1);
        if (close == std::string::npos) continue;
        found.push_back(line.substr(open + 1, close - open - 1));
    }
    return found;
}

/// Code with its comments taken out; strings are left as they are.
inline std::string without_comments(const std::string& text) {
    std::string code;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "//") == 0 && (i == 0 || text[i - 1] != ':')) {
            i = text.find('\n', i);
            if (i == std::string::npos) break;
            code.push_back('\n');
        } else if (text.compare(i, 2, "/*") == 0) {
            i = text.find("*/", i + 2);
            if (i == std::string::npos) break;
            ++i;
        } else {
            code.push_back(text[i]);
        }
    }
    return code;
}

namespace detail {

inline bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> all) {
    return std::any_of(all.begin(), all.end(),
                       [&](std::string_view prefix) { return text.starts_with(prefix); });
}

/// Why a header of layer `from` may not include the own header `target`; empty if it may.
inline std::string own_include_refusal(const std::string& from, const std::string& target) {
    const std::string to = layer_of(target);
    if (to.empty()) return "a layer includes a header that stands above the layers";
    const auto to_rank = rank_of(to);
    if (!to_rank) return "'" + to + "' is no layer";
    if (from == to) return {};
    if (target.find("/detail/") != std::string::npos)
        return "details belong to their own layer, '" + to + "'";
    const int from_rank = *rank_of(from);
    if (*to_rank > from_rank)
        return "'" + from + "' (rank " + std::to_string(from_rank) + ") includes '" + to +
               "' (rank " + std::to_string(*to_rank) + "): includes run only downwards";
    if (*to_rank == from_rank) return "'" + from + "' and '" + to + "' do not know each other";
    return {};
}

/// Why a header of layer `from` may not include the foreign header `target`; empty if it may.
inline std::string foreign_include_refusal(const std::string& from, const std::string& target) {
    const int rank = *rank_of(from);
    if (rank < async_rank && starts_with_any(target, {"boost/asio", "boost/beast"}))
        return "below 'async' nothing knows Asio or Beast";
    if (rank < adapter_rank && starts_with_any(target, {"boost/beast"}))
        return "below 'adapter' nothing knows Beast";
    if (from != "wire" && from != "service" && starts_with_any(target, {"boost/json"}))
        return "JSON is the business of 'wire' and 'service'";
    // It has to be linked since Boost 1.83, and its parsers of older versions have faults.
    if (starts_with_any(target, {"boost/url"})) return "links are split without Boost.URL";
    if (from != "adapter" && (starts_with_any(target, {"openssl/", "boost/asio/ssl"}) ||
                              target == "boost/beast.hpp" || target == "boost/beast/ssl.hpp"))
        return "OpenSSL is the business of 'adapter'";
    if (rank < async_rank && target == "thread") return "below 'async' there are no threads";
    static const std::set<std::string_view> files{"fstream", "filesystem", "cstdio"};
    if (rank < adapter_rank && files.contains(target)) return "below 'adapter' there are no files";
    return {};
}

inline void check_includes(const Tree& tree, const std::string& path, Violations& found) {
    const std::string from = layer_of(path);
    for (const std::string& target : includes_of(tree.at(path))) {
        const bool own = target.starts_with("mde/");
        if (own && !tree.contains(target))
            found.push_back(path + ": includes " + target + ", which does not exist");
        if (from.empty()) continue;
        const std::string refusal =
            own ? own_include_refusal(from, target) : foreign_include_refusal(from, target);
        if (!refusal.empty()) found.push_back(path + ": includes " + target + ": " + refusal);
    }
}

/// Depth-first walk; `trail` is the way to `path`, so that a cycle can be shown whole.
inline void walk(const Tree& tree, const std::string& path, std::vector<std::string>& trail,
                 std::set<std::string>& done, Violations& found) {
    const auto seen = std::find(trail.begin(), trail.end(), path);
    if (seen != trail.end()) {
        std::string cycle;
        for (auto step = seen; step != trail.end(); ++step) cycle += *step + " -> ";
        found.push_back("cycle: " + cycle + path);
        return;
    }
    if (done.contains(path) || !tree.contains(path)) return;
    trail.push_back(path);
    for (const std::string& target : includes_of(tree.at(path)))
        walk(tree, target, trail, done, found);
    trail.pop_back();
    done.insert(path);
}

inline std::string guard_of(const std::string& path) {
    std::string guard;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        guard.push_back(std::isalnum(byte) ? static_cast<char>(std::toupper(byte)) : '_');
    }
    return guard;
}

inline void check_looks(const std::string& path, const std::string& text, Violations& found) {
    const std::vector<std::string> lines = lines_of(text);
    const std::string guard = guard_of(path);
    if (lines.empty() || lines[0] != "// SPDX-License-Identifier: BSL-1.0")
        found.push_back(path + ": the first line is not the SPDX line");
    if (lines.size() < 3 || lines[1] != "#ifndef " + guard || lines[2] != "#define " + guard)
        found.push_back(path + ": the include guard is not " + guard + " in lines 2 and 3");
    if (lines.empty() || lines.back() != "#endif")
        found.push_back(path + ": the last line is not a bare #endif");
    if (text.find("/// @file") == std::string::npos) found.push_back(path + ": no '/// @file'");
    if (!text.ends_with('\n')) found.push_back(path + ": no line break at the end");
    if (text.find('\r') != std::string::npos) found.push_back(path + ": a carriage return");
    if (text.find('\t') != std::string::npos) found.push_back(path + ": a tab");
    // What a header includes costs no room: none is to save an include for want of a line.
    const auto counted = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
        return !line.starts_with("#include");
    });
    if (counted > static_cast<std::ptrdiff_t>(most_lines))
        found.push_back(path + ": " + std::to_string(counted) + " lines, " +
                        std::to_string(most_lines) + " are allowed");
    // A row of a table in a comment cannot be broken.
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].size() > most_columns && !lines[i].starts_with("/// |"))
            found.push_back(path + ":" + std::to_string(i + 1) + ": " +
                            std::to_string(lines[i].size()) + " columns, " +
                            std::to_string(most_columns) + " are allowed");
}

inline void check_clocks(const std::string& path, const std::string& text, Violations& found) {
    const auto rank = rank_of(layer_of(path));
    if (!rank || *rank >= async_rank) return;
    const std::string code = without_comments(text);
    for (const std::string_view clock :
         {"system_clock", "steady_clock", "high_resolution_clock", "utc_clock", "file_clock"})
        if (code.find(std::string(clock) + "::now(") != std::string::npos)
            found.push_back(path + ": reads " + std::string(clock) +
                            ": below 'async' the time is an argument");
}

} // namespace detail

inline Violations check_cycles(const Tree& tree) {
    Violations found;
    std::set<std::string> done;
    for (const auto& [path, text] : tree) {
        std::vector<std::string> trail;
        detail::walk(tree, path, trail, done, found);
    }
    return found;
}

/// Everything but the looks.
inline Violations check_structure(const Tree& tree) {
    Violations found;
    for (const auto& [path, text] : tree) {
        const std::string layer = layer_of(path);
        if (!layer.empty() && !rank_of(layer)) {
            found.push_back(path + ": '" + layer + "' is no layer");
            continue;
        }
        detail::check_includes(tree, path, found);
        detail::check_clocks(path, text, found);
    }
    const Violations cycles = check_cycles(tree);
    found.insert(found.end(), cycles.begin(), cycles.end());
    return found;
}

inline Violations check_looks(const Tree& tree) {
    Violations found;
    for (const auto& [path, text] : tree) detail::check_looks(path, text, found);
    return found;
}

/// What the headers of request/ may reach of what is not ours. They are included by everybody who
/// describes a call, so what they cost is a promise (benchmark/compile): whatever Boost.System
/// brings along is free, and little comes on top.
inline Violations check_costs(const Tree& tree) {
    static const std::set<std::string> cheap{"array",
                                             "boost/system/error_code.hpp",
                                             "boost/system/result.hpp",
                                             "concepts",
                                             "cstddef",
                                             "cstdint",
                                             "cstring",
                                             "functional",
                                             "optional",
                                             "ratio",
                                             "span",
                                             "string",
                                             "string_view",
                                             "type_traits",
                                             "utility",
                                             "variant",
                                             "vector",
                                             "bits/chrono.h"};
    Violations found;
    std::set<std::string> reached;
    std::vector<std::string> open;
    for (const auto& [path, text] : tree)
        if (layer_of(path) == "request") open.push_back(path);
    while (!open.empty()) {
        const std::string path = open.back();
        open.pop_back();
        const auto header = tree.find(path);
        if (header == tree.end() || !reached.insert(path).second) continue;
        for (const std::string& target : includes_of(header->second)) {
            if (target.starts_with("mde/"))
                open.push_back(target);
            else if (!cheap.contains(target) && !(target == "chrono" && path == chrono_header))
                found.push_back(path + ": request/ reaches <" + target + ">, which is not cheap");
        }
    }
    return found;
}

/// What may lie at the top of the repository, dot-files aside.
inline Violations check_top_level(const std::vector<std::string>& names) {
    static const std::set<std::string> allowed{"include",        "tests",       "examples",
                                               "CMakeLists.txt", "meson.build", "README.md"};
    Violations found;
    for (const std::string& name : names)
        if (!name.starts_with('.') && !allowed.contains(name))
            found.push_back("the top level holds '" + name + "'");
    return found;
}

/// All headers below `folder`/mde.
inline Tree read_tree(const std::filesystem::path& folder) {
    Tree tree;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "mde")) {
        if (!entry.is_regular_file() || entry.path().extension() != ".hpp") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string path = std::filesystem::relative(entry.path(), folder).generic_string();
        tree[path] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    return tree;
}

} // namespace layering

#endif
