// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_README_QUOTES_HPP
#define MDE_TESTS_README_QUOTES_HPP

/// @file
/// What a document quotes from examples, held against the examples.
///
/// A quote is a code block right below `<!-- quote: path name -->`; in the file at `path` it stands
/// between `//[name` and `//]`, there perhaps further to the right.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace readme {

struct Quote {
    std::string path;
    std::string name;
    std::string code;
};

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

/// Without the indentation that all non-empty lines share.
inline std::string unindented(const std::vector<std::string>& lines) {
    std::size_t shared = std::string::npos;
    for (const std::string& line : lines)
        if (!line.empty()) shared = (std::min)(shared, line.find_first_not_of(' '));
    std::string text;
    for (const std::string& line : lines)
        text += (line.empty() ? line : line.substr(shared)) + '\n';
    return text;
}

/// The part of a source file between `//[name` and `//]`; throws if it is not there once.
inline std::string region(std::string_view source, const std::string& name) {
    std::vector<std::string> inside;
    bool open = false;
    unsigned found = 0;
    for (const std::string& line : lines_of(source)) {
        const std::size_t begin = line.find_first_not_of(' ');
        const std::string word = begin == std::string::npos ? "" : line.substr(begin);
        if (word == "//]") open = false;
        if (open) inside.push_back(line);
        if (word == "//[" + name) {
            open = true;
            ++found;
        }
    }
    if (found != 1 || open) throw std::runtime_error("no region " + name);
    return unindented(inside);
}

inline std::vector<Quote> quotes_of(std::string_view document) {
    constexpr std::string_view mark = "<!-- quote: ";
    const std::vector<std::string> lines = lines_of(document);
    std::vector<Quote> quotes;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].starts_with(mark)) continue;
        std::istringstream words(lines[i].substr(mark.size()));
        Quote quote;
        words >> quote.path >> quote.name;
        if (i + 1 == lines.size() || lines[i + 1] != "```cpp")
            throw std::runtime_error("no code block below the quote of " + quote.name);
        for (i += 2; i < lines.size() && lines[i] != "```"; ++i) quote.code += lines[i] + '\n';
        quotes.push_back(std::move(quote));
    }
    return quotes;
}

/// A document without its blocks of code.
inline std::vector<std::string> prose_of(std::string_view document) {
    std::vector<std::string> prose;
    bool is_code = false;
    for (const std::string& line : lines_of(document)) {
        const bool is_fence = line.starts_with("```");
        if (is_fence) is_code = !is_code;
        if (!is_code && !is_fence) prose.push_back(line);
    }
    return prose;
}

/// What stands in the round brackets of each `[text](target)`.
inline std::vector<std::string> links_of(std::string_view document) {
    constexpr std::string_view middle = "](";
    std::vector<std::string> links;
    for (const std::string& line : prose_of(document))
        for (std::size_t at = 0; (at = line.find(middle, at)) != std::string::npos;) {
            at += middle.size();
            links.push_back(line.substr(at, line.find(')', at) - at));
        }
    return links;
}

/// The targets that headings make: `#in-30-seconds`.
inline std::vector<std::string> anchors_of(std::string_view document) {
    std::vector<std::string> anchors;
    for (const std::string& line : prose_of(document)) {
        const std::size_t begin = line.find_first_not_of('#');
        if (begin == 0 || begin == std::string::npos || line[begin] != ' ') continue;
        std::string anchor = "#";
        for (const char c : line.substr(begin + 1)) {
            const auto byte = static_cast<unsigned char>(c);
            if (std::isalnum(byte) || c == '-' || c == '_')
                anchor.push_back(static_cast<char>(std::tolower(byte)));
            else if (c == ' ')
                anchor.push_back('-');
        }
        anchors.push_back(anchor);
    }
    return anchors;
}

} // namespace readme

#endif
