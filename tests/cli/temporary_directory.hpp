// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_TEMPORARY_DIRECTORY_HPP
#define MDE_TESTS_CLI_TEMPORARY_DIRECTORY_HPP

/// @file
/// A directory that goes when the test goes.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace mde_test {

class TemporaryDirectory {
  public:
    TemporaryDirectory()
        : path_((std::filesystem::temp_directory_path() / "mde-cli-XXXXXX").string()) {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no directory");
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const noexcept { return path_; }
    std::string file(std::string_view name) const { return path_ + '/' + std::string(name); }

    /// Names of what is in it, sorted; nothing if it was never made.
    static std::vector<std::string> names(const std::string& path) {
        std::vector<std::string> names;
        if (!std::filesystem::exists(path)) return names;
        for (const auto& entry : std::filesystem::directory_iterator(path))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }

    static std::string read(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    void write(std::string_view name, std::string_view text) const {
        std::ofstream(file(name), std::ios::binary) << text;
    }

  private:
    std::string path_;
};

} // namespace mde_test

#endif
