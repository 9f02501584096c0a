// SPDX-License-Identifier: BSL-1.0
#include "readers.hpp"

#include "usage_error.hpp"

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/wire/names.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace mde_package {

namespace {

constexpr std::string_view action_forms =
    "is no action id: a GUID (8-4-4-4-12 hexadecimal digits) or 40 hexadecimal digits";
constexpr std::string_view machine_forms = "is no machine id: 40 or 32 hexadecimal digits";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

mde::Stage find_stage(std::string_view slug) {
    for (int i = 1; i <= static_cast<int>(mde::Stage::other); ++i)
        if (slug_of(static_cast<mde::Stage>(i)) == slug) return static_cast<mde::Stage>(i);
    return mde::Stage::none;
}

} // namespace

mde::Duration read_seconds(const std::string& option, const std::string& text, bool zero_allowed) {
    double seconds = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
    const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
    constexpr double year = 366.0 * 24 * 3600;
    if (!plain || parsed.ec != std::errc() || parsed.ptr != end || seconds > year)
        refuse(option, "is no number of seconds, such as 30 or 0.5");
    const auto span =
        std::chrono::duration_cast<mde::Duration>(std::chrono::duration<double>(seconds));
    if (span <= mde::Duration::zero() && !zero_allowed) refuse(option, "must be more than zero");
    return span;
}

std::uint64_t read_number(const std::string& option, std::string_view text, std::uint64_t least,
                          std::uint64_t most) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number < least || number > most)
        refuse(option, "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most));
    return number;
}

std::uint64_t read_size(const std::string& option, std::string_view text) {
    std::uint64_t unit = 1;
    constexpr std::string_view units = "KMG";
    if (!text.empty()) {
        const std::size_t found = units.find(text.back());
        for (std::size_t i = 0; found != units.npos && i <= found; ++i) unit *= 1024;
        if (found != units.npos) text.remove_suffix(1);
    }
    constexpr std::uint64_t most = 1ull << 50;
    return read_number(option, text, 1, most / unit) * unit;
}

mde::MachineActionId read_action(const std::string& option, std::string_view text) {
    const auto id = mde::MachineActionId::parse(text);
    if (!id) refuse(option, action_forms);
    return *id;
}

mde::MachineId read_machine(const std::string& option, std::string_view text) {
    const auto id = mde::MachineId::parse(text);
    if (!id) refuse(option, machine_forms);
    return *id;
}

mde::MachineActionStatus read_status(const std::string& option, const std::string& text) {
    const auto status = mde::wire::machine_action_statuses.find(text);
    if (status == mde::MachineActionStatus::unknown)
        refuse(option, "must be Pending, InProgress, Succeeded, Failed, TimeOut or Cancelled");
    return status;
}

mde::Endpoint read_endpoint(const std::string& option, std::string_view text) {
    const auto endpoint = mde::Endpoint::parse(text);
    if (!endpoint) refuse(option, "is not https://host[:port]");
    return *endpoint;
}

HostAndPort read_host_and_port(const std::string& option, const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : mde::parse_port(std::string_view(text).substr(colon + 1));
    std::string host = text.substr(0, colon);
    if (!port || !mde::is_plain_host(host)) refuse(option, "is not HOST:PORT");
    return {std::move(host), *port};
}

std::string slug_of(mde::Stage stage) {
    std::string slug(mde::name_of(stage));
    std::replace(slug.begin(), slug.end(), ' ', '-');
    return slug;
}

RequestedFault read_fault(const std::string& option, std::string_view text) {
    const std::size_t first = (std::min)(text.find(':'), text.size());
    const std::size_t last = (std::max)(text.rfind(':') + 1, first + 1);
    RequestedFault fault;
    fault.stage = find_stage(text.substr(0, first));
    if (fault.stage == mde::Stage::none || last < first + 2)
        refuse(option, "is not STAGE:N:STATUS or STAGE:N:drop, with a stage such as get-link");
    const std::string_view number = text.substr(first + 1, last - first - 2);
    fault.number = static_cast<unsigned>(read_number(option, number, 1, 1'000'000));
    const std::string_view what = text.substr(last);
    if (what != "drop") fault.status = static_cast<unsigned>(read_number(option, what, 400, 599));
    return fault;
}

std::vector<mde::MachineId> read_machines_file(const std::string& option, const std::string& path) {
    std::ifstream file(path);
    if (!file) refuse(option, "cannot be opened");
    std::vector<mde::MachineId> machines;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        const std::string_view id = trimmed(std::string_view(line).substr(0, line.find('#')));
        if (!id.empty())
            machines.push_back(read_machine(option + ": line " + std::to_string(number), id));
    }
    if (!file.eof()) refuse(option, "cannot be read");
    return machines;
}

mde::Secret read_secret_file(const std::string& option, const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse(option, "cannot be opened");
    std::array<char, 16 * mde::bounds::kib + 1> text{};
    std::size_t size = 0;
    while (size < text.size()) {
        const ::ssize_t count = ::read(file, text.data() + size, text.size() - size);
        if (count <= 0) break;
        size += static_cast<std::size_t>(count);
    }
    ::close(file);
    std::string_view view(text.data(), size);
    if (view.ends_with('\n')) view.remove_suffix(1);
    if (view.ends_with('\r')) view.remove_suffix(1);
    const bool usable = !view.empty() && size < text.size();
    mde::Secret secret(view);
    mde::wipe(text.data(), text.size());
    if (!usable) refuse(option, "is empty or longer than 16 KiB");
    return secret;
}

std::string read_text_file(const std::string& option, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(mde::bounds::mib + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || text.empty()) refuse(option, "cannot be read");
    if (text.size() > mde::bounds::mib) refuse(option, "is larger than 1 MiB");
    return text;
}

} // namespace mde_package
