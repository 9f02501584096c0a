// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_DOCSTRING_RULES_HPP
#define MDE_TESTS_LAYERING_DOCSTRING_RULES_HPP

/// @file
/// What of a header has to be explained, as far as that can be seen without a compiler: the file,
/// and what stands at namespace scope. Members are the business of the reference, which is built by
/// Doxygen; concepts are seen only here.

#include "layering/compiled_once.hpp"
#include "layering/include_rules.hpp"

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace layering {

namespace detail {

/// The text of the comment behind `/// @file`, up to its first empty line.
inline std::string file_comment(const std::vector<std::string>& lines) {
    std::string text;
    std::size_t at = 0;
    while (at < lines.size() && lines[at] != "/// @file") ++at;
    for (++at; at < lines.size() && lines[at].starts_with("/// "); ++at)
        text.append(text.empty() ? "" : " ").append(lines[at].substr(4));
    return text;
}

/// Such as "A link, and when it ends."
inline bool is_prose(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.empty() ? ' ' : text.front());
    return (std::isupper(first) || first == '`') && text.ends_with('.') &&
           text.find(' ') != std::string_view::npos;
}

/// Namespaces of a header as it is walked through. Whatever is in a namespace stands at the
/// beginning of its line: so the code is formatted.
class Scopes {
  public:
    /// True if the line opens or closes a namespace, or is about one.
    bool take(const std::string& line) {
        if (line.starts_with("} // namespace")) {
            if (!names_.empty()) names_.pop_back();
            return true;
        }
        if (!line.starts_with("namespace ")) return false;
        if (line.ends_with('{')) names_.push_back(line);
        return true;
    }

    /// Inside `mde`, and neither among details nor among the words that are for the compiler.
    bool asks_for_docstrings() const {
        for (const std::string& name : names_)
            if (name.find("detail ") != std::string::npos || name == "namespace needed {")
                return false;
        return !names_.empty();
    }

  private:
    std::vector<std::string> names_;
};

/// Of a line at the beginning of which something is declared: whether that needs no docstring,
/// since it is explained where it is defined, or declares nothing.
inline bool explains_itself(const std::string& line) {
    const bool is_type = starts_with_any(line, {"class ", "struct ", "enum "});
    const bool is_forward = is_type && line.ends_with(';') && line.find('{') == std::string::npos;
    const bool is_detail = line.substr(0, line.find('(')).find(" detail::") != std::string::npos;
    return is_forward || is_detail ||
           starts_with_any(line, {"static_assert(", "using literals::", "MDE_INSTANCE "});
}

/// Of a line that begins a template: whether a member is defined, which its class declares and
/// explains.
inline bool defines_member(const std::vector<std::string>& lines, std::size_t at) {
    if (!lines[at].starts_with("template <")) return false;
    std::string head;
    for (std::size_t i = at + 1; i < lines.size() && head.find('(') == std::string::npos; ++i)
        head.append(lines[i]).append(" ");
    return head.substr(0, head.find('(')).find(">::") != std::string::npos;
}

/// Enumerators, each on a line of its own, of the enumeration that begins at `lines[at]`.
inline void check_enumerators(const std::string& path, const std::vector<std::string>& lines,
                              std::size_t at, Violations& found) {
    for (++at; at < lines.size() && lines[at] != "};"; ++at) {
        const bool is_enumerator = lines[at].ends_with(',') && !lines[at].starts_with("    //");
        if (is_enumerator && !lines[at - 1].starts_with("    ///"))
            found.push_back(path + ":" + std::to_string(at + 1) +
                            ": no '///' before the enumerator");
    }
}

inline void check_docstrings(const std::string& path, const std::string& text, Violations& found) {
    const std::vector<std::string> lines = lines_of(text);
    if (!is_prose(file_comment(lines)))
        found.push_back(path + ": no sentence behind '/// @file' says what is in it");
    Scopes scopes;
    // What the line before is: the end of something, or its middle.
    bool is_open = false;
    bool is_explained = false;
    Definitions definitions;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        const bool is_comment = line.starts_with("//");
        if (line.find("/// |") != std::string::npos && !line.ends_with('|'))
            found.push_back(path + ":" + std::to_string(i + 1) + ": a row of a table is broken");
        definitions.take(line);
        if (line.empty() || is_comment || line[0] == '#' || scopes.take(line)) {
            is_explained = line.starts_with("///");
            is_open = is_open && (line.empty() || is_comment);
            continue;
        }
        const bool begins = !is_open && !starts_with_any(line, {" ", "}", ")"});
        if (begins && !is_explained && !definitions.are_here() && scopes.asks_for_docstrings() &&
            !explains_itself(line) && !defines_member(lines, i))
            found.push_back(path + ":" + std::to_string(i + 1) + ": no '///' before '" + line +
                            "'");
        if (begins && line.starts_with("enum ") && scopes.asks_for_docstrings())
            check_enumerators(path, lines, i, found);
        // Inside a body nothing begins: its lines are indented.
        is_open = !line.ends_with(';') && !line.ends_with('}');
        is_explained = false;
    }
}

} // namespace detail

inline Violations check_docstrings(const Tree& tree) {
    Violations found;
    for (const auto& [path, text] : tree)
        if (path.find("/detail/") == std::string::npos) detail::check_docstrings(path, text, found);
    return found;
}

} // namespace layering

#endif
