// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DOWNLOAD_ANSWER_HPP
#define MDE_FLOW_DOWNLOAD_ANSWER_HPP

/// @file
/// What the head of a download's answer promises: the whole, a part that fits, or something else.

#include <mde/base/linkage.hpp>
#include <mde/flow/download_check.hpp>
#include <mde/model/package_part.hpp>
#include <mde/wire/content_range.hpp>
#include <mde/wire/entity_tag.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// What a head promises.
struct DownloadAnswer {
    /// The ways in which a download is answered.
    enum class Kind {
        /// The package from its first byte on, up to `end`; `part` says what is known of it.
        whole,
        /// It goes on where it was asked to, up to `end`.
        part,
        /// It does not go on there, or not provably: ask for the whole.
        other_part,
        /// Somewhere else, by its `Location`.
        redirect,
        /// Of a type that no package has: its words say whether the link has died.
        notice,
        /// `error` says how.
        refused,
    };

    /// Which of them it is.
    Kind kind = Kind::refused;
    /// Of `refused`.
    error_code error{};
    /// Of `whole`.
    PackagePart part{};
    /// Where the body of this answer ends, if that is declared.
    std::optional<std::uint64_t> end{};
};

/// What was asked for, and the bounds of what may come.
struct DownloadQuestion {
    /// What is to come.
    ContentKind kind = ContentKind::any;
    /// In bytes.
    std::uint64_t limit = 0;
    /// The package of which a part was asked for; null: the whole was.
    const PackagePart* part_of = nullptr;
    /// Where that part is to begin.
    std::uint64_t from = 0;
    /// Whether the first bytes alone were asked for, of a package of which nothing is known yet.
    bool asks_beginning = false;
};

namespace detail {

/// Where the body of a 206 ends, if it provably continues what is there: the same strong tag, the
/// same length of the whole, and a body as long as its range says. `If-Range` alone proves nothing:
/// there are servers that ignore it and send a range of whatever they have now.
MDE_DECL std::optional<std::uint64_t> end_of_part(const ResponseHead& head,
                                                  const wire::BodyFraming& framing,
                                                  const DownloadQuestion& question) noexcept;

MDE_DECL DownloadAnswer refused_answer(errc error) noexcept;

MDE_DECL DownloadAnswer judge_part(const ResponseHead& head, const wire::BodyFraming& framing,
                                   const DownloadQuestion& question);

/// The first bytes of a package, from a host that can send any other part of it as well: it says
/// where they are from, and of what.
MDE_DECL DownloadAnswer judge_beginning(const ResponseHead& head, const wire::BodyFraming& framing,
                                        const DownloadQuestion& question);

MDE_DECL DownloadAnswer judge_whole(const ResponseHead& head, const wire::BodyFraming& framing,
                                    const DownloadQuestion& question);

#if MDE_DEFINITIONS

MDE_DECL std::optional<std::uint64_t> end_of_part(const ResponseHead& head,
                                                  const wire::BodyFraming& framing,
                                                  const DownloadQuestion& question) noexcept {
    const auto range = wire::parse_content_range(head.field_or_empty("Content-Range"));
    if (!range || range->first != question.from || head.count("Content-Range") != 1)
        return std::nullopt;
    const PackagePart& known = *question.part_of;
    if (range->total != known.total || head.field_or_empty("ETag") != known.etag)
        return std::nullopt;
    const std::uint64_t size = range->last - range->first + 1;
    if (framing.end == wire::BodyEnd::by_length && framing.length != size) return std::nullopt;
    return range->last + 1;
}

MDE_DECL DownloadAnswer refused_answer(errc error) noexcept {
    return {DownloadAnswer::Kind::refused, make_error_code(error)};
}

MDE_DECL DownloadAnswer judge_part(const ResponseHead& head, const wire::BodyFraming& framing,
                                   const DownloadQuestion& question) {
    const auto end = end_of_part(head, framing, question);
    if (!end || is_refused_media_type(head.field_or_empty("Content-Type"), question.kind) ||
        is_refused_coding(head.field("Content-Encoding"), question.kind))
        return {DownloadAnswer::Kind::other_part};
    return {DownloadAnswer::Kind::part, {}, {}, end};
}

MDE_DECL DownloadAnswer judge_beginning(const ResponseHead& head, const wire::BodyFraming& framing,
                                        const DownloadQuestion& question) {
    const std::string_view etag = wire::strong_entity_tag(head.field_or_empty("ETag"));
    const auto range = wire::parse_content_range(head.field_or_empty("Content-Range"));
    if (etag.empty() || !range) return {DownloadAnswer::Kind::other_part};
    if (range->total > question.limit) return refused_answer(errc::package_too_large);
    const PackagePart part{range->total, std::string(etag), 0};
    DownloadQuestion asked = question;
    asked.part_of = &part;
    DownloadAnswer answer = judge_part(head, framing, asked);
    if (answer.kind != DownloadAnswer::Kind::part) return answer;
    return {DownloadAnswer::Kind::whole, {}, part, answer.end};
}

MDE_DECL DownloadAnswer judge_whole(const ResponseHead& head, const wire::BodyFraming& framing,
                                    const DownloadQuestion& question) {
    if (is_refused_coding(head.field("Content-Encoding"), question.kind))
        return refused_answer(errc::not_a_package);
    if (is_refused_media_type(head.field_or_empty("Content-Type"), question.kind))
        return {DownloadAnswer::Kind::notice};
    if (!is_provable(framing, question.kind)) return refused_answer(errc::malformed_answer);
    std::optional<std::uint64_t> end;
    if (framing.end == wire::BodyEnd::by_length) end = framing.length;
    if (end == 0 && question.kind != ContentKind::any) return refused_answer(errc::not_a_package);
    if (end && *end > question.limit) return refused_answer(errc::package_too_large);
    const std::string_view etag = wire::strong_entity_tag(head.field_or_empty("ETag"));
    return {DownloadAnswer::Kind::whole, {}, {end, std::string(etag), 0}, end};
}

#endif

} // namespace detail

/// Judges a head alone, before a byte of the body is read.
/// @par Errors (in the answer) errc::link_dead, errc::throttled, errc::service_unavailable,
/// errc::unexpected_status, errc::malformed_head, errc::malformed_answer (nothing would prove where
/// the body ends), errc::not_a_package, errc::package_too_large
MDE_DECL DownloadAnswer judge_download(const ResponseHead& head, const DownloadQuestion& question);

#if MDE_DEFINITIONS

MDE_DECL DownloadAnswer judge_download(const ResponseHead& head, const DownloadQuestion& question) {
    const unsigned status = head.status();
    if (is_redirect(status)) return {DownloadAnswer::Kind::redirect};
    // 412: a failed condition; 416: a range that is not there.
    const bool asks_part = question.part_of != nullptr || question.asks_beginning;
    if (asks_part && (status == 412 || status == 416)) return {DownloadAnswer::Kind::other_part};
    const bool is_part = asks_part && status == 206;
    const error_code error = is_part ? error_code() : error_of_download_status(status);
    if (error) return {DownloadAnswer::Kind::refused, error};
    const result<wire::BodyFraming> framing = wire::body_framing(head);
    if (!framing) return {DownloadAnswer::Kind::refused, framing.error()};
    if (!is_part) return detail::judge_whole(head, *framing, question);
    return question.part_of != nullptr ? detail::judge_part(head, *framing, question)
                                       : detail::judge_beginning(head, *framing, question);
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
