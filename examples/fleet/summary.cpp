// SPDX-License-Identifier: BSL-1.0
#include "fleet/summary.hpp"

#include "mde_package/terminal.hpp"

#include <mde/model/fleet_state.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace fleet {

namespace {

using Phases = std::array<std::size_t, mde::job_phase_names.size()>;

std::string right(std::string text, std::size_t width) {
    return text.insert(0, width - std::min(width, text.size()), ' ');
}

/// No more than the terminal holds, or moving up would end somewhere else.
std::string fitting(const std::string& text) {
    const std::size_t width = mde_package::terminal_width() - 1;
    std::size_t rows_left = mde_package::terminal_height() - 1;
    std::istringstream lines(text);
    std::string all;
    for (std::string line; rows_left > 0 && std::getline(lines, line); --rows_left)
        all += line.substr(0, width) + '\n';
    return all;
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
    std::string line = std::to_string(jobs) + " jobs, ";
    if (workers.all != 0)
        line += std::to_string(workers.alive) + " of " + std::to_string(workers.all) + " workers, ";
    line += std::to_string(counts.takeovers) + " takeovers: ";
    for (std::size_t i = 0; i < all.size(); ++i)
        line.append(i == 0 ? "" : ", ")
            .append(std::to_string(all[i]) + ' ')
            .append(mde::job_phase_names[i]);
    return line;
}

std::string table_of(const JobCounts& counts) {
    std::size_t longest = 6;
    for (const auto& [tenant, phases] : counts.tenants) longest = std::max(longest, tenant.size());
    std::string text = "tenant" + std::string(longest - 6, ' ');
    for (const std::string_view phase : mde::job_phase_names) text.append(" ").append(phase);
    for (const auto& [tenant, phases] : counts.tenants) {
        text.append("\n").append(tenant).append(longest - tenant.size(), ' ');
        for (std::size_t i = 0; i < phases.size(); ++i)
            text += right(std::to_string(phases[i]), mde::job_phase_names[i].size() + 1);
    }
    return text + '\n';
}

Summary::Summary() : out_(STDERR_FILENO), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

void Summary::show(const JobCounts& counts, const WorkerCounts& workers) {
    const std::string line = line_about(counts, workers) + '\n';
    draw(is_terminal_ ? line + table_of(counts) : line);
}

void Summary::show_away(const std::string& why) {
    draw("redis cannot be asked: " + why + "; trying again\n");
}

void Summary::say(const std::string& line) {
    const std::string drawn = drawn_;
    erase();
    out_.line("mde-fleet: " + line);
    if (is_terminal_) draw(drawn);
}

void Summary::draw(std::string text) {
    if (!is_terminal_) {
        if (text != drawn_) out_.write("mde-fleet: " + text);
        drawn_ = std::move(text);
        return;
    }
    text = fitting(text);
    if (text == drawn_) return;
    erase();
    out_.write(text);
    drawn_ = std::move(text);
}

/// Up over what was drawn, and nothing from there on.
void Summary::erase() {
    const auto lines = std::count(drawn_.begin(), drawn_.end(), '\n');
    if (is_terminal_ && lines != 0) out_.write("\x1b[" + std::to_string(lines) + "A\x1b[J");
    if (is_terminal_) drawn_.clear();
}

} // namespace fleet
