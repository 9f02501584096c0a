// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_CLI_REQUEST_LOG_HPP
#define MDE_TESTS_CLI_REQUEST_LOG_HPP

/// @file
/// What `mde-package serve --request-log` wrote so far.

#include "support/temporary_directory.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde_test {

struct LoggedLine {
    std::string time{};
    std::string stage{};
    unsigned status = 0;
    /// What follows the status.
    std::string rest{};
};

/// Reads the file anew for each question, whole lines only.
class RequestLog {
  public:
    explicit RequestLog(std::string path) : path_(std::move(path)) {}

    const std::string& path() const noexcept { return path_; }

    std::vector<LoggedLine> lines() const {
        std::vector<LoggedLine> lines;
        std::string text = contents_of(path_);
        text.resize(text.rfind('\n') + 1);
        std::istringstream in(text);
        for (std::string one; std::getline(in, one);) {
            std::istringstream words(one);
            LoggedLine line;
            words >> line.time >> line.stage >> line.status >> line.rest;
            lines.push_back(std::move(line));
        }
        return lines;
    }

    std::size_t count() const { return lines().size(); }
    std::size_t count(std::string_view stage) const {
        return count_if([&](const LoggedLine& line) { return line.stage == stage; });
    }
    std::size_t count(std::string_view stage, unsigned status) const {
        return count_if(
            [&](const LoggedLine& line) { return line.stage == stage && line.status == status; });
    }

  private:
    template <class Wanted>
    std::size_t count_if(Wanted wanted) const {
        const std::vector<LoggedLine> all = lines();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), wanted));
    }

    std::string path_;
};

} // namespace mde_test

#endif
