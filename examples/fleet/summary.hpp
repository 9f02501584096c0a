// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_FLEET_SUMMARY_HPP
#define MDE_EXAMPLES_FLEET_SUMMARY_HPP

/// @file
/// How far a fleet has come, on one screen that is drawn anew, or in plain lines.

#include "fleet/job_queue.hpp"
#include "mde_package/output.hpp"

#include <cstddef>
#include <string>

namespace fleet {

/// The workers as their parent sees them.
struct WorkerCounts {
    std::size_t alive = 0;
    std::size_t all = 0;

    friend bool operator==(const WorkerCounts&, const WorkerCounts&) = default;
};

/// On a terminal: one line for all and a table of as many tenants as fit, in place. Elsewhere: one
/// line for all whenever it says something new.
class Summary {
  public:
    /// Writes to standard error.
    Summary();

    void show(const JobCounts& counts, const WorkerCounts& workers);
    /// The server cannot be asked; shown once.
    void show_away(const std::string& why);
    /// A line that stays, above what is drawn.
    void say(const std::string& line);

  private:
    void draw(std::string text);
    void erase();

    mde_package::Output out_;
    bool is_terminal_;
    std::string drawn_;
};

/// `60 jobs, 4 of 4 workers, 0 takeovers: 12 waiting, 3 asking, 8 running, 20 ready, 17 stored, 0
/// failed`
std::string line_about(const JobCounts& counts, const WorkerCounts& workers);
/// A line for each tenant below one with the names of the phases.
std::string table_of(const JobCounts& counts);

} // namespace fleet

#endif
