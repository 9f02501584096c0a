// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REQUEST_LOG_HPP
#define MDE_SERVICE_REQUEST_LOG_HPP

/// @file
/// Which requests came and when, so that a test can prove that a quota was kept.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace mde::inline MDE_ABI::service {

/// One request and its answer.
struct LoggedRequest {
    /// When it came.
    Now at;
    /// Of its answer.
    unsigned status = 0;
};

/// Counts every request, and remembers the latest ones of each stage; no target, no header, no
/// body. Distinct objects: safe. Shared objects: unsafe.
class RequestLog {
  public:
    /// Requests that are remembered of each stage.
    static constexpr std::size_t remembered = 10'000;

    /// Counts one more.
    void add(Stage stage, const Now& at, unsigned status);

    /// How many came.
    std::uint64_t count(Stage stage) const noexcept { return at(stage).count; }
    /// Oldest first.
    const std::deque<LoggedRequest>& requests(Stage stage) const noexcept;
    /// How many of those that are remembered were answered with `status`.
    std::size_t count(Stage stage, unsigned status) const noexcept;
    /// Forgets all of them.
    void clear() { rows_ = {}; }

  private:
    struct Row {
        std::uint64_t count = 0;
        std::deque<LoggedRequest> latest{};
    };

    const Row& at(Stage stage) const noexcept { return rows_[static_cast<std::size_t>(stage)]; }

    std::array<Row, static_cast<std::size_t>(Stage::other) + 1> rows_{};
};

#if MDE_DEFINITIONS

MDE_DECL void RequestLog::add(Stage stage, const Now& at, unsigned status) {
    Row& row = rows_[static_cast<std::size_t>(stage)];
    ++row.count;
    row.latest.push_back({at, status});
    if (row.latest.size() > remembered) row.latest.pop_front();
}

MDE_DECL const std::deque<LoggedRequest>& RequestLog::requests(Stage stage) const noexcept {
    return at(stage).latest;
}

MDE_DECL std::size_t RequestLog::count(Stage stage, unsigned status) const noexcept {
    std::size_t found = 0;
    for (const LoggedRequest& request : requests(stage)) found += request.status == status;
    return found;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
