// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_QUOTA_RECORD_CODEC_HPP
#define MDE_WIRE_QUOTA_RECORD_CODEC_HPP

/// @file
/// How the calls that a quota has counted are written down for other processes.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/wire/body_framing.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI::wire {

/// A value. Monotonic times mean something only within one run of the system.
struct QuotaRecord {
    /// Names the run; empty where it has no name.
    std::string boot;
    /// Nothing is granted before.
    Now blocked_until{};
    /// Oldest first.
    std::vector<Now> calls;

    friend bool operator==(const QuotaRecord& a, const QuotaRecord& b) {
        const auto same = [](const Now& x, const Now& y) {
            return x.monotonic == y.monotonic && x.utc == y.utc;
        };
        return a.boot == b.boot && same(a.blocked_until, b.blocked_until) &&
               std::equal(a.calls.begin(), a.calls.end(), b.calls.begin(), b.calls.end(), same);
    }
};

namespace detail {

inline constexpr std::string_view quota_schema = "mde-quota-1 ";

MDE_DECL void append_moment(std::string& text, const Now& moment);

/// Up to the next `end`, which is taken away too; nothing if there is none.
MDE_DECL std::optional<std::string_view> take_until(std::string_view& text, char end) noexcept;

MDE_DECL std::optional<Now> take_moment(std::string_view& text) noexcept;

#if MDE_DEFINITIONS

MDE_DECL void append_moment(std::string& text, const Now& moment) {
    text += std::to_string(moment.monotonic.time_since_epoch().count());
    text += ' ';
    text += std::to_string(moment.utc.time_since_epoch().count());
    text += '\n';
}

MDE_DECL std::optional<std::string_view> take_until(std::string_view& text, char end) noexcept {
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at + 1);
    return taken;
}

MDE_DECL std::optional<Now> take_moment(std::string_view& text) noexcept {
    const auto monotonic = take_until(text, ' ');
    const auto utc = take_until(text, '\n');
    if (!monotonic || !utc) return std::nullopt;
    const auto since_boot = parse_length(*monotonic);
    const auto since_epoch = parse_length(*utc);
    if (!since_boot || !since_epoch) return std::nullopt;
    return Now{MonotonicTime(Duration(static_cast<Duration::rep>(*since_boot))),
               UtcTime(Ticks(static_cast<Ticks::rep>(*since_epoch)))};
}

#endif

} // namespace detail

/// Lines of text, the last one with its end.
/// @pre no time is before its epoch, and `boot` has no line break
MDE_DECL std::string encode_quota_record(const QuotaRecord& record);

/// Nothing for anything but what `encode_quota_record` writes.
MDE_DECL std::optional<QuotaRecord> decode_quota_record(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::string encode_quota_record(const QuotaRecord& record) {
    std::string text(detail::quota_schema);
    text += record.boot;
    text += '\n';
    detail::append_moment(text, record.blocked_until);
    for (const Now& call : record.calls) detail::append_moment(text, call);
    return text;
}

MDE_DECL std::optional<QuotaRecord> decode_quota_record(std::string_view text) {
    if (!text.starts_with(detail::quota_schema)) return std::nullopt;
    text.remove_prefix(detail::quota_schema.size());
    const auto boot = detail::take_until(text, '\n');
    if (!boot) return std::nullopt;
    const auto blocked = detail::take_moment(text);
    if (!blocked) return std::nullopt;
    QuotaRecord record{std::string(*boot), *blocked, {}};
    while (!text.empty()) {
        const auto call = detail::take_moment(text);
        if (!call) return std::nullopt;
        record.calls.push_back(*call);
    }
    return record;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
