// SPDX-License-Identifier: BSL-1.0
#include "output.hpp"

#include "stop_signals.hpp"

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/printable.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json_text.hpp>
#include <mde/wire/names.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>

#include <unistd.h>

namespace mde_package {

namespace {

template <class... Args>
std::string formatted(const char* format, Args... args) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, args...);
    return text.data();
}

std::string shown(const std::optional<std::string>& text) {
    return text ? mde::printable_message(*text, mde::bounds::shown_word) : std::string("-");
}

/// Appends one UTF-16 unit as JSON spells it.
void append_unit(std::string& out, unsigned unit) { out += formatted("\\u%04x", unit); }

/// Appends the character that the UTF-8 sequence `bytes` stands for.
void append_escaped(std::string& out, std::string_view bytes) {
    constexpr std::array<unsigned, 5> first_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned code = static_cast<unsigned char>(bytes[0]) & first_bits[bytes.size()];
    for (const char c : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3fu);
    if (code < 0x10000) return append_unit(out, code);
    append_unit(out, 0xd800 + ((code - 0x10000) >> 10));
    append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

} // namespace

void Output::json_line(std::string_view json) {
    std::string ascii;
    while (!json.empty()) {
        const std::size_t size = mde::wire::detail::utf8_sequence(json);
        if (mde::ascii::is_printable(json[0]))
            ascii += json[0];
        else if (size == 0)
            append_unit(ascii, 0xfffd);
        else
            append_escaped(ascii, json.substr(0, size));
        json.remove_prefix((std::max)(size, std::size_t(1)));
    }
    line(ascii);
}

void Output::line(std::string_view text) { write(std::string(text) + '\n'); }

void Output::write(std::string_view text) {
    while (ok_ && !text.empty()) {
        const ::ssize_t size = ::write(descriptor_, text.data(), text.size());
        if (size < 0 && errno == EINTR && stop_requested() == 0) continue;
        ok_ = size > 0;
        if (ok_) text.remove_prefix(static_cast<std::size_t>(size));
    }
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " bytes";
    constexpr std::array<const char*, 4> units{"KiB", "MiB", "GiB", "TiB"};
    double size = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
    return formatted("%.1f %s", size, units[unit]);
}

std::string span_text(mde::Duration span) {
    return formatted("%.1f s", std::chrono::duration<double>(span).count());
}

std::string status_text(const mde::OpenEnum<mde::MachineActionStatus>& status) {
    const std::string_view known = mde::wire::machine_action_statuses.name_of(status.value());
    if (!known.empty()) return std::string(known);
    return mde::printable_word(status.unknown_text(), mde::bounds::shown_word);
}

std::string action_text(const mde::MachineAction& action) {
    std::string type(mde::wire::machine_action_types.name_of(action.type.value()));
    if (type.empty())
        type = mde::printable_word(action.type.unknown_text(), mde::bounds::shown_word);
    std::string text = mde::printable_message(action.id.text(), mde::bounds::shown_word);
    text += "  " + status_text(action.status) + "  " + type;
    text += "  machine=" + shown(action.machine_id);
    if (action.computer_dns_name) text += " (" + shown(action.computer_dns_name) + ')';
    if (action.created) text += "  created=" + std::string(mde::wire::format_date(*action.created));
    text += "  by=" + shown(action.requestor);
    text += "  comment=" + shown(action.requestor_comment);
    return text;
}

std::string receipt_text(const mde::Receipt& receipt, const std::string& path) {
    return "stored " + path + ": " + std::to_string(receipt.length) + " bytes, SHA-256 " +
           std::string(receipt.sha256.hex());
}

std::string stored_path(const std::string& directory, const mde::PackageKey& key) {
    std::string path = directory;
    if (!path.ends_with('/')) path += '/';
    return path.append(key.name().view()).append(key.extension());
}

} // namespace mde_package
