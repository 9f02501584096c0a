// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_TEMPORARY_DIRECTORY_HPP
#define MDE_TESTS_SUPPORT_TEMPORARY_DIRECTORY_HPP

/// @file
/// A directory that goes with its object, and what is in it.
///
/// With `MDE_KEEP_TEMPORARY` in the environment what a program under test left in it stays, and is
/// searched for secrets afterwards (secrets/scan.py); what the test itself put there goes.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

namespace mde_test {

/// Names of what is in a directory; none if it was never made.
inline std::set<std::string> names_in(const std::string& path) {
    std::set<std::string> found;
    if (!std::filesystem::exists(path)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(path))
        found.insert(entry.path().filename().string());
    return found;
}

/// All of a file; nothing if there is none.
inline std::string contents_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "mde-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        if (std::getenv("MDE_KEEP_TEMPORARY") == nullptr)
            std::filesystem::remove_all(path_, ignored);
        else
            for (const std::string& name : written_) std::filesystem::remove(file(name), ignored);
    }

    const std::string& path() const noexcept { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }

    std::set<std::string> names() const { return names_in(path_); }
    std::string read(const std::string& name) const { return contents_of(file(name)); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(file(name), std::ios::binary) << text;
        written_.insert(name);
    }

    /// Permission bits.
    unsigned mode(const std::string& name) const {
        struct ::stat status {};
        if (::stat(file(name).c_str(), &status) != 0) return 0;
        return status.st_mode & 07777;
    }

  private:
    std::string path_;
    mutable std::set<std::string> written_;
};

} // namespace mde_test

#endif
