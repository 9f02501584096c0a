// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_PROGRESS_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_PROGRESS_HPP

/// @file
/// Shows on standard error what a job is doing.

#include "output.hpp"

#include <mde/port/observer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mde_package {

/// Meets `mde::Observer`. A line for each change of phase; on a terminal also a bar with rate and
/// time left, drawn at most ten times a second. There are no colours, so that `NO_COLOR` has
/// nothing to switch off. With `quiet` nothing is shown but what somebody must do: a device code.
class Progress {
  public:
    explicit Progress(bool quiet);

    void notify(const mde::ObserverEvent& event);

    /// From now on counts take the place of what single requests and downloads do: there are many
    /// at the same time.
    void show_many() noexcept { many_ = true; }

    /// A line of the program's own among those of the job.
    void say(std::string_view text);
    /// Ends the bar, so that something else may be written.
    void clear();

  private:
    using Time = std::chrono::steady_clock::time_point;

    void show(const mde::observed::Token& event);
    void show(const mde::observed::DevicePrompt& event);
    void show(const mde::observed::Action& event);
    void show(const mde::observed::Request& event);
    void show(const mde::observed::Failure& event);
    void show(const mde::observed::Waiting& event);
    void show(const mde::observed::Progress& event);
    void show(const mde::observed::Committed& event);
    void show(const mde::observed::Fleet& event);

    /// Says it unless it is what was said last.
    void phase(std::string text);
    void draw(const mde::observed::Progress& event, Time now);

    Output error_;
    bool quiet_;
    bool terminal_;
    bool many_ = false;
    bool signed_in_ = false;
    std::string last_phase_;
    std::string last_failure_;
    Time begun_{};
    Time drawn_{};
    std::size_t drawn_width_ = 0;
};
static_assert(mde::Observer<Progress>);

} // namespace mde_package

#endif
