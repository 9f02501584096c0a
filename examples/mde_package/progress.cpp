// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"

#include "terminal.hpp"

#include <mde/wire/names.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

#include <unistd.h>

namespace mde_package {

namespace {

bool is_capable_terminal() {
    const char* kind = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

/// `1:07`
std::string clock_text(double seconds) {
    const auto whole = static_cast<long long>(std::ceil((std::min)(seconds, 359'999.0)));
    char text[32];
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
    return text;
}

/// `[#####.....]  ` in what room the other text leaves; nothing if that is too little.
std::string bar_text(double part, std::size_t width, std::size_t taken) {
    constexpr std::size_t frame = 4;
    if (width < taken + frame + 8) return {};
    const std::size_t length = (std::min)(width - taken - frame, std::size_t(40));
    const auto done = static_cast<std::size_t>((std::min)(part, 1.0) * static_cast<double>(length));
    return '[' + std::string(done, '#') + std::string(length - done, '.') + "]  ";
}

} // namespace

Progress::Progress(bool quiet)
    : error_(STDERR_FILENO), quiet_(quiet), terminal_(!quiet && is_capable_terminal()) {}

void Progress::notify(const mde::ObserverEvent& event) {
    // Without the prompt nobody could ever sign in.
    if (quiet_ && !std::holds_alternative<mde::observed::DevicePrompt>(event)) return;
    std::visit([this](const auto& what) { show(what); }, event);
}

void Progress::say(std::string_view text) {
    if (quiet_) return;
    clear();
    error_.line(text);
}

void Progress::clear() {
    if (drawn_width_ == 0) return;
    error_.write('\r' + std::string(std::exchange(drawn_width_, 0), ' ') + '\r');
}

void Progress::phase(std::string text) {
    if (text == last_phase_) return;
    say(text);
    last_phase_ = std::move(text);
}

void Progress::show(const mde::observed::Token& event) {
    if (event.renewed) phase("the token was refused, signing in again");
    if (!std::exchange(signed_in_, true)) phase("signing in");
}

void Progress::show(const mde::observed::DevicePrompt& event) {
    clear();
    error_.line("to sign in, open " + std::string(event.verification_uri) + " and enter the code " +
                std::string(event.user_code));
}

void Progress::show(const mde::observed::Action& event) {
    phase("action " + std::string(event.id.text()) + ": " + status_text(event.status));
}

void Progress::show(const mde::observed::Request& event) {
    if (many_) return;
    const std::string host(event.host);
    switch (event.stage) {
    case mde::Stage::collect: return phase("asking for a collection at " + host);
    case mde::Stage::cancel: return phase("cancelling at " + host);
    case mde::Stage::list_actions: return phase("listing at " + host);
    case mde::Stage::get_live_response_link:
    case mde::Stage::get_link: return phase("asking for the link at " + host);
    case mde::Stage::export_files: return phase("asking for the links at " + host);
    case mde::Stage::download: return phase("downloading from " + host);
    default: return;
    }
}

void Progress::show(const mde::observed::Failure& event) {
    last_failure_ = std::string(mde::name_of(event.stage)) + ": " + event.error.message();
}

void Progress::show(const mde::observed::Waiting& event) {
    switch (event.reason) {
    case mde::WaitReason::poll: return;
    case mde::WaitReason::quota:
        return say("waiting " + span_text(event.span) + " for the quota of this call");
    case mde::WaitReason::throttled:
        return say("throttled, trying again in " + span_text(event.span));
    case mde::WaitReason::retry:
        return say("trying again in " + span_text(event.span) +
                   (last_failure_.empty() ? "" : " (" + last_failure_ + ')'));
    case mde::WaitReason::link_start:
        return say("waiting " + span_text(event.span) + " until the link begins");
    }
}

void Progress::show(const mde::observed::Progress& event) {
    if (many_) return;
    const Time now = std::chrono::steady_clock::now();
    if (event.stored == 0) {
        begun_ = now;
        drawn_ = {};
        if (event.total) phase("receiving " + size_text(*event.total));
        return;
    }
    if (!terminal_ || now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    draw(event, now);
}

void Progress::show(const mde::observed::Committed& event) {
    if (many_) return;
    const auto taken = std::chrono::steady_clock::now() - begun_;
    phase("stored " + size_text(event.length) + " in " + span_text(taken));
    last_phase_.clear();
}

void Progress::show(const mde::observed::Fleet& event) {
    phase(std::to_string(event.waiting) + " waiting, " + std::to_string(event.running) +
          " collecting, " + std::to_string(event.ready) + " to fetch, " +
          std::to_string(event.stored) + " stored, " + std::to_string(event.failed) + " failed");
}

void Progress::draw(const mde::observed::Progress& event, Time now) {
    const double taken = std::chrono::duration<double>(now - begun_).count();
    const double rate = taken > 0 ? static_cast<double>(event.stored) / taken : 0;
    std::string text = size_text(event.stored);
    double part = 0;
    if (event.total && *event.total != 0) {
        part = static_cast<double>(event.stored) / static_cast<double>(*event.total);
        char percent[16];
        std::snprintf(percent, sizeof percent, "%3d %%  ", static_cast<int>(part * 100));
        text = percent + text + " of " + size_text(*event.total);
    }
    text += "  " + size_text(static_cast<std::uint64_t>(rate)) + "/s";
    if (event.total && rate > 0)
        text +=
            "  " + clock_text(static_cast<double>(*event.total - event.stored) / rate) + " left";
    const std::size_t width = terminal_width() - 1;
    if (event.total) text = bar_text(part, width, text.size()) + text;
    text.resize((std::min)(text.size(), width));
    const std::size_t shown = text.size();
    if (shown < drawn_width_) text.append(drawn_width_ - shown, ' ');
    error_.write('\r' + text);
    drawn_width_ = shown;
}

} // namespace mde_package
