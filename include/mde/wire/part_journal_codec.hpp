// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_PART_JOURNAL_CODEC_HPP
#define MDE_WIRE_PART_JOURNAL_CODEC_HPP

/// @file
/// The journal beside an unfinished file: what it is the beginning of, and how far it is right.

#include <mde/base/bounds.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/json_text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// What never changes while the file grows.
struct PartJournal {
    /// Of the finished file.
    std::string name;
    /// Of the whole package, in bytes.
    std::uint64_t total = 0;
    /// The strong tag of the whole package.
    std::string etag;
    /// Of the running system: after another start of it, what was not synced cannot be trusted.
    std::string boot;
    /// Of the unfinished file: another one of the same name is not meant.
    std::uint64_t inode = 0;

    friend bool operator==(const PartJournal&, const PartJournal&) = default;
};

/// How many bytes from the beginning are there, and how many of them outlive a power failure.
struct PartMarks {
    /// From the first byte on, without a gap.
    std::uint64_t stored = 0;
    /// At most `stored`.
    std::uint64_t synced = 0;

    friend constexpr bool operator==(const PartMarks&, const PartMarks&) noexcept = default;
};

/// Two numbers of as many digits as `parse_length` reads.
using PartMarksText = FixedText<40>;

namespace detail {

constexpr void append_mark(PartMarksText& text, std::uint64_t mark) noexcept {
    for (std::uint64_t unit = 1'000'000'000'000'000'000; unit != 0; unit /= 10)
        text.append(static_cast<char>('0' + mark / unit % 10));
}

} // namespace detail

/// Always of the same size, so that it can be overwritten in place by one write.
/// @pre both marks are below 2^63
constexpr PartMarksText encode_part_marks(const PartMarks& marks) noexcept {
    PartMarksText text;
    detail::append_mark(text, marks.stored);
    text.append(' ');
    detail::append_mark(text, marks.synced);
    text.append('\n');
    return text;
}

/// One line, with its end; the marks follow it.
MDE_DECL std::string encode_part_journal(const PartJournal& journal);

/// Nothing for anything but what the two functions above wrote, one behind the other.
MDE_DECL std::optional<std::pair<PartJournal, PartMarks>>
decode_part_journal(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::string encode_part_journal(const PartJournal& journal) {
    std::string text = R"({"schema":"mde-part-1","name":)";
    append_json_string(text, journal.name);
    text += R"(,"total":)" + std::to_string(journal.total) + R"(,"etag":)";
    append_json_string(text, journal.etag);
    text += R"(,"boot":)";
    append_json_string(text, journal.boot);
    text += R"(,"inode":")" + std::to_string(journal.inode) + "\"}\n";
    return text;
}

MDE_DECL std::optional<std::pair<PartJournal, PartMarks>>
decode_part_journal(std::string_view text) {
    const std::size_t end = text.find('\n');
    if (text.size() > bounds::part_journal || end == std::string_view::npos) return std::nullopt;
    const result<json::object> document = parse_json_object(text.substr(0, end));
    if (!document) return std::nullopt;
    Members members(*document);
    const auto total = members.integer("total");
    const auto inode = parse_length(members.string("inode").value_or(""));
    PartJournal journal{members.string("name").value_or(""), 0, members.string("etag").value_or(""),
                        members.string("boot").value_or(""), inode.value_or(0)};
    if (members.string("schema") != "mde-part-1" || !members.ok() || !inode || !total ||
        *total <= 0)
        return std::nullopt;
    journal.total = static_cast<std::uint64_t>(*total);
    const std::string_view rest = text.substr(end + 1);
    if (rest.size() != PartMarksText::capacity()) return std::nullopt;
    const auto stored = parse_length(rest.substr(0, 19));
    const auto synced = parse_length(rest.substr(20, 19));
    if (!stored || !synced || *stored > journal.total || *synced > *stored) return std::nullopt;
    const PartMarks marks{*stored, *synced};
    if (encode_part_marks(marks) != rest) return std::nullopt;
    return std::pair(std::move(journal), marks);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
