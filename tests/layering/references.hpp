// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_LAYERING_REFERENCES_HPP
#define MDE_TESTS_LAYERING_REFERENCES_HPP

/// @file
/// What comments and documents point at: files of the repository, which may have been renamed.

#include "layering/include_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace layering {

/// Everything below one of the folders of the top level that `text` names, and headers by the name
/// they are included by.
inline std::vector<std::string> paths_named(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789_-./";
    std::vector<std::string> found;
    while (!text.empty()) {
        const std::size_t begin = std::min(text.find_first_of(letters), text.size());
        text.remove_prefix(begin);
        std::string_view word = text.substr(0, text.find_first_not_of(letters));
        text.remove_prefix(word.size());
        while (word.ends_with('.')) word.remove_suffix(1);
        const bool header = word.starts_with("mde/") && word.ends_with(".hpp");
        if (header) found.push_back("include/" + std::string(word));
        for (const std::string_view folder : {"include/", "examples/", "tests/", ".ci/"})
            if (word.starts_with(folder)) found.emplace_back(word);
    }
    return found;
}

/// What of a file is written for people: a document as a whole, of other files the comments.
inline std::string words_of(const std::string& path, const std::string& text) {
    if (path.ends_with(".md")) return text;
    const bool slashes = path.ends_with(".hpp") || path.ends_with(".cpp");
    const std::string_view mark = slashes ? "// " : "# ";
    std::string words;
    for (const std::string& line : lines_of(text)) {
        const std::size_t at = line.find(mark);
        // Behind an odd number of quotes the mark stands in a string.
        if (at != std::string::npos &&
            std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 == 0)
            words += line.substr(at + mark.size()) + '\n';
    }
    return words;
}

/// Each file that is named and is not there.
inline Violations check_references(const Tree& files, const std::filesystem::path& repository) {
    Violations found;
    for (const auto& [path, text] : files)
        for (const std::string& named : paths_named(words_of(path, text)))
            if (!std::filesystem::exists(repository / named))
                found.push_back(path + ": names " + named + ", which does not exist");
    return found;
}

/// The README, and what is written by hand below the folders of the top level.
inline Tree read_repository(const std::filesystem::path& repository) {
    std::vector<std::filesystem::path> paths;
    for (const char* file : {"README.md", "CMakeLists.txt", "meson.build"})
        paths.push_back(repository / file);
    for (const char* folder : {"include/mde", "examples", "tests", ".ci"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(repository / folder))
            if (entry.is_regular_file()) paths.push_back(entry.path());
    Tree files;
    for (const std::filesystem::path& path : paths) {
        std::ifstream in(path, std::ios::binary);
        files[std::filesystem::relative(path, repository).generic_string()] =
            std::string(std::istreambuf_iterator<char>(in), {});
    }
    return files;
}

} // namespace layering

#endif
