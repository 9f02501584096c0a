// SPDX-License-Identifier: BSL-1.0
#include "fleet/summary.hpp"

#include <mde/model/fleet_state.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace fleet {

namespace {

using Phases = std::array<std::size_t, mde::job_phase_names.size()>;

std::string phases_text(const Phases& phases, int width) {
    std::string text;
    for (std::size_t i = 0; i < phases.size(); ++i) {
        std::array<char, 32> number{};
        std::snprintf(number.data(), number.size(), "%*zu ", width, phases[i]);
        if (i != 0) text += ", ";
        text.append(number.data()).append(mde::job_phase_names[i]);
    }
    return text;
}

} // namespace

std::string line_about(const JobCounts& counts, const WorkerCounts& workers) {
    Phases all{};
    std::size_t jobs = 0;
    for (const auto& [tenant, phases] : counts.tenants)
        for (std::size_t i = 0; i < phases.size(); ++i) {
            all[i] += phases[i];
            jobs += phases[i];
        }
    std::string line = std::to_string(jobs) + " jobs: " + phases_text(all, 0);
    if (workers.all != 0)
        line += "; " + std::to_string(workers.alive) + " of " + std::to_string(workers.all) +
                " workers";
    return line + ", " + std::to_string(counts.takeovers) + " takeovers";
}

std::string table_of(const JobCounts& counts) {
    std::size_t longest = 0;
    for (const auto& [tenant, phases] : counts.tenants) longest = std::max(longest, tenant.size());
    std::string text;
    for (const auto& [tenant, phases] : counts.tenants) {
        text += tenant;
        text.append(longest - tenant.size() + 2, ' ').append(phases_text(phases, 4)) += '\n';
    }
    return text;
}

Summary::Summary() : out_(STDERR_FILENO), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Summary::show(const JobCounts& counts, const WorkerCounts& workers) {
    const std::string line = line_about(counts, workers) + '\n';
    draw(is_terminal_ ? table_of(counts) + line : line);
}

void Summary::show_away(const std::string& why) {
    draw("redis cannot be asked: " + why + "; trying again\n");
}

void Summary::say(const std::string& line) {
    const std::string drawn = std::exchange(drawn_, {});
    if (is_terminal_ && !drawn.empty()) out_.write("\n");
    out_.line("mde-fleet: " + line);
}

/// Up over what was drawn, then each line anew to its end, and nothing below.
void Summary::draw(const std::string& text) {
    if (text == drawn_) return;
    if (!is_terminal_) {
        out_.write("mde-fleet: " + text);
        drawn_ = text;
        return;
    }
    std::string screen;
    const auto lines = std::count(drawn_.begin(), drawn_.end(), '\n');
    if (lines != 0) screen = "\x1b[" + std::to_string(lines) + "A";
    for (const char c : text) screen += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
    out_.write(screen + "\x1b[J");
    drawn_ = text;
}

} // namespace fleet
