// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_TRANSFER_HPP
#define MDE_FLOW_TRANSFER_HPP

/// @file
/// Brings one package into a store over as many links and answers as it takes: status first, then
/// bytes, then proof.

#include <mde/base/result.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/download_answer.hpp>
#include <mde/flow/download_request.hpp>
#include <mde/flow/intake.hpp>
#include <mde/flow/read_back.hpp>
#include <mde/flow/redeemed_link.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/step.hpp>
#include <mde/flow/transfer_receipt.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// The store is opened first: what it has costs no link, and what an earlier attempt has left in it
/// is read back, so that its hash goes on. Then a link is asked for, and checked again right before
/// each request leaves. A failure of the way is tried again, with the same link while that lives,
/// with a new one afterwards, and from the byte that was reached, if and only if the answer proves
/// that it is of the same package (see `judge_download`); otherwise from the beginning. At its end
/// the store keeps what can be gone on with later, and nothing else. `links` outlives the flow.
/// @par Errors errc::package_uri_expired, errc::package_uri_spent, errc::clock_went_back,
/// errc::link_not_allowed, errc::redirect_refused, errc::body_truncated, errc::length_mismatch,
/// errc::zip_incomplete, errc::deadline_exceeded, and those of `judge_download`, the links, the
/// transport and the store
template <Hasher PackageHasher, LinkSource Links>
class Transfer {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<Receipt>;

    Transfer(const Context& context, Links& links, const PackageKey& key)
        : context_(context),
          key_(key),
          link_(context, links, key.link_kind(), receipt_),
          retry_(context.settings->retry, context.deadline, context.seed),
          intake_(key.content_kind()),
          read_back_(intake_) {}
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    Action start(const Now&) {
        state_ = State::opening;
        return action::OpenStore{&key_};
    }

    Action on(const Event& event, const Now& now);

    Result take_result() { return std::move(result_); }
    /// @}

  private:
    enum class State {
        opening,
        reading_back,
        getting_link,
        sending,
        reading_notice,
        beginning,
        reading,
        writing,
        fetching_segments,
        reading_segments,
        committing,
        waiting_to_retry,
        leaving,
        finished,
    };

    /// What becomes of the bytes in the store when the transfer fails.
    enum class Bytes {
        kept,
        dropped,
    };

    Action on_opened(const Event& event, const Now& now) {
        if (const auto error = failure_of(event)) return finish_store(*error);
        intake_.begin();
        const auto* opened = std::get_if<event::StoreOpened>(&event);
        const PackagePart* part = opened == nullptr ? nullptr : opened->part;
        if (part != nullptr && part->is_resumable() &&
            *part->total <= context_.settings->package_limit)
            part_ = *part;
        takes_segments_ = opened != nullptr && opened->takes_segments &&
                          context_.settings->connections_per_package > 1;
        state_ = State::reading_back;
        // At least the last byte is asked for again: somebody must say that the package is still
        // the same.
        const std::uint64_t total = part_.total.value_or(1);
        return on_read_back(read_back_.start((std::min)(part_.stored, total - 1), total), now);
    }

    /// What cannot be read, or is no beginning of a package, is fetched again.
    Action on_read_back(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        if (read_back_.error()) {
            part_ = {};
            intake_.begin();
        }
        return get_link(now);
    }

    Action get_link(const Now& now) {
        state_ = State::getting_link;
        return on_link(link_.start(now), now);
    }

    Action on_link(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        if (link_.error()) return leave(link_.error());
        if (receipt_.download_started == UtcTime()) receipt_.download_started = now.utc;
        return send(now);
    }

    Action send(const Now& now) {
        if (!link_.live().is_live(now.monotonic))
            return renew(make_error_code(errc::package_uri_expired), now);
        if (now.monotonic >= context_.deadline)
            return leave(make_error_code(errc::deadline_exceeded));
        request_.ask_whole(link_.live(), key_.content_kind(), context_.time_left(now.monotonic));
        const bool goes_on = ranges_allowed_ && part_.is_resumable() && intake_.taken() != 0;
        const std::uint64_t first = goes_on ? intake_.taken() : 0;
        if (goes_on || wants_segments()) request_.ask_range(first, last_asked(first));
        if (goes_on) request_.ask_part_of(part_.etag);
        state_ = State::sending;
        return action::Send{&request_.request(), Stage::download, action::Body::streamed, 0};
    }

    bool wants_segments() const noexcept { return takes_segments_ && ranges_allowed_; }

    /// What is to come over several connections begins with a little over one: its answer shows
    /// whether they can be used, and its bytes whether it is a package.
    std::optional<std::uint64_t> last_asked(std::uint64_t first) const noexcept {
        if (!wants_segments()) return std::nullopt;
        return first + bounds::first_range - 1;
    }

    Action on_head(const Event& event, const Now& now) {
        *context_.diagnostics = Diagnostics{};
        context_.diagnostics->stage = Stage::download;
        if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
        const auto* ready = std::get_if<event::HeadReady>(&event);
        if (ready == nullptr) return leave(make_error_code(errc::malformed_head));
        const ResponseHead& head = *ready->head;
        enter_head(*context_.diagnostics, head, link_.live().expose_target());
        const DownloadQuestion question{key_.content_kind(), context_.settings->package_limit,
                                        request_.asks_part() ? &part_ : nullptr, intake_.taken(),
                                        request_.asks_range() && !request_.asks_part()};
        return on_answer(judge_download(head, question), head, now);
    }

    Action on_answer(DownloadAnswer answer, const ResponseHead& head, const Now& now) {
        switch (answer.kind) {
        case DownloadAnswer::Kind::redirect: return follow(head, now);
        case DownloadAnswer::Kind::refused: return on_refused(answer.error, head, now);
        case DownloadAnswer::Kind::notice: state_ = State::reading_notice; break;
        case DownloadAnswer::Kind::other_part: return ask_whole(now);
        case DownloadAnswer::Kind::part:
            enter_source(receipt_, head, link_.live().host(), context_.diagnostics->request_id);
            end_ = answer.end;
            state_ = State::reading;
            break;
        case DownloadAnswer::Kind::whole:
            enter_source(receipt_, head, link_.live().host(), context_.diagnostics->request_id);
            end_ = answer.end;
            part_ = std::move(answer.part);
            state_ = State::beginning;
            return action::BeginPart{&part_};
        }
        return action::ReadBody{};
    }

    /// From the first byte, then, and without ranges from now on.
    Action ask_whole(const Now& now) {
        ranges_allowed_ = false;
        return send(now);
    }

    Action on_refused(const error_code& error, const ResponseHead& head, const Now& now) {
        context_.diagnostics->retry_after = retry_after_of(head, now.utc);
        return recover(error, now);
    }

    /// A link that is as good as before is tried again, after the time that the host asked for.
    Action recover(const error_code& error, const Now& now) {
        if (is_passing_failure(error) || is_passing_refusal(error))
            return try_again(error, context_.diagnostics->retry_after, now);
        return renew(error, now);
    }

    Action follow(const ResponseHead& head, const Now& now) {
        const error_code error = link_.follow(head, now);
        return error ? renew(error, now) : send(now);
    }

    /// An answer of a type that no package has: its words decide between a dead link and nonsense.
    Action on_notice(const Event& event, const Now& now) {
        const auto* body = std::get_if<event::BodyReady>(&event);
        return on_nonsense(body == nullptr ? std::span<const std::byte>() : body->bytes,
                           Bytes::kept, now);
    }

    Action on_begun(const Event& event) {
        if (const auto error = failure_of(event)) return leave_store(*error);
        intake_.begin();
        gained_from_ = 0;
        state_ = State::reading;
        return action::ReadBody{};
    }

    Action on_body(const Event& event, const Now& now) {
        if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
        const auto* body = std::get_if<event::BodyReady>(&event);
        if (body == nullptr) return leave(make_error_code(errc::malformed_answer));
        if (body->bytes.empty()) return on_end(now);
        return take(body->bytes, now);
    }

    Action take(std::span<const std::byte> bytes, const Now& now) {
        const std::uint64_t begin = intake_.taken();
        const std::uint64_t limit = end_ ? *end_ : context_.settings->package_limit;
        const bool fits = bytes.size() <= limit - begin;
        // More than a part was to have says nothing against what is there already.
        if (!fits && request_.asks_part()) return leave(make_error_code(errc::length_mismatch));
        const std::uint64_t end = begin + bytes.size();
        if (!intake_.take(bytes, part_.total && fits ? *part_.total - end : 0)) {
            // Nothing of it was stored yet: only the first bytes are judged.
            part_ = {};
            return on_nonsense(bytes, Bytes::dropped, now);
        }
        if (!fits)
            return leave(make_error_code(end_ ? errc::length_mismatch : errc::package_too_large),
                         Bytes::dropped);
        state_ = State::writing;
        return action::WriteStore{begin, bytes, part_.total};
    }

    Action on_nonsense(std::span<const std::byte> words, Bytes bytes, const Now& now) {
        return speaks_of_expiry(words) ? renew(make_error_code(errc::link_dead), now)
                                       : leave(make_error_code(errc::not_a_package), bytes);
    }

    Action on_written(const Event& event) {
        if (const auto error = failure_of(event)) return leave_store(*error);
        state_ = State::reading;
        return action::ReadBody{};
    }

    Action on_end(const Now& now) {
        if (wants_segments() && end_ && intake_.taken() == *end_ && intake_.taken() < part_.total)
            return fetch_segments();
        // A part may also be shorter than what was asked for; but not without end.
        const std::optional<std::uint64_t> expected = part_.total ? part_.total : end_;
        if (expected && intake_.taken() != *expected)
            return try_again(make_error_code(errc::body_truncated), std::nullopt, now);
        const result<Sha256Digest> digest = intake_.finish();
        if (!digest) return leave(digest.error(), Bytes::dropped);
        enter_proof(receipt_, key_, *digest, intake_.taken(), now.utc);
        state_ = State::committing;
        return action::CommitStore{&receipt_};
    }

    Action fetch_segments() {
        state_ = State::fetching_segments;
        return action::FetchSegments{&context_, &link_.live(), &key_, &part_, intake_.taken()};
    }

    Action on_segments(const Event& event, const Now& now) {
        if (const auto error = failure_of(event)) return leave(*error);
        const auto* done = std::get_if<event::SegmentsDone>(&event);
        if (done == nullptr) return leave(make_error_code(errc::malformed_answer));
        if (done->end == event::SegmentsEnd::other_part) return ask_whole(now);
        pending_error_ = done->error;
        state_ = State::reading_segments;
        return on_segments_read(read_back_.start(done->stored, *part_.total), now);
    }

    /// What came in any order has been hashed in its own; it goes on where that ended.
    Action on_segments_read(const Action& next, const Now& now) {
        if (!is_finish(next)) return next;
        if (read_back_.error()) return leave_store(read_back_.error());
        return pending_error_ ? recover(pending_error_, now) : on_end(now);
    }

    Action on_committed(const Event& event) {
        if (const auto error = failure_of(event)) return finish_store(*error);
        result_ = std::move(receipt_);
        state_ = State::finished;
        link_.forget();
        return action::Finish{};
    }

    /// Passing failures are tried again, all others end. A try that brought bytes, which the next
    /// one goes on from, begins the count anew.
    Action try_again(const error_code& error, std::optional<Duration> asked, const Now& now) {
        if (!is_passing_failure(error) && !is_passing_refusal(error)) return leave(error);
        note_gain();
        if (now.monotonic >= context_.deadline)
            return leave(make_error_code(errc::deadline_exceeded));
        const auto wait = retry_.next(asked, now.monotonic);
        if (!wait) return leave(error);
        const bool still_lives = link_.live().is_live(saturating_add(now.monotonic, *wait));
        if (!still_lives && !link_.may_renew()) return leave(error);
        pending_error_ = error;
        state_ = State::waiting_to_retry;
        return action::Wait{*wait, WaitReason::retry};
    }

    void note_gain() {
        if (!part_.is_resumable() || intake_.taken() <= gained_from_) return;
        gained_from_ = intake_.taken();
        retry_.progressed();
        link_.progressed();
    }

    /// A new link, if there is one.
    Action renew(const error_code& error, const Now& now) {
        note_gain();
        if (!wants_new_link(error) || !link_.may_renew()) return leave(error);
        return get_link(now);
    }

    Action leave_store(const error_code& error) {
        context_.diagnostics->stage = Stage::store;
        return leave(error);
    }
    Action leave(const error_code& error, Bytes bytes = Bytes::kept) {
        pending_error_ = error;
        state_ = State::leaving;
        link_.forget();
        return bytes == Bytes::kept ? Action(action::KeepPart{}) : Action(action::AbortStore{});
    }

    /// The store is closed already.
    Action finish_store(const error_code& error) {
        context_.diagnostics->stage = Stage::store;
        return finish(error);
    }
    Action finish(const error_code& error) {
        state_ = State::finished;
        result_ = error;
        return action::Finish{};
    }

    Context context_;
    PackageKey key_;
    Receipt receipt_;
    RedeemedLink<Links> link_;
    Retry retry_;
    Intake<PackageHasher> intake_;
    ReadBack<PackageHasher> read_back_;
    State state_ = State::opening;
    DownloadRequest request_;
    /// What is known of the package that is being taken in; empty before the first good answer.
    PackagePart part_;
    /// Where the body of this answer ends.
    std::optional<std::uint64_t> end_;
    /// What was there when the last gain was noted.
    std::uint64_t gained_from_ = 0;
    bool ranges_allowed_ = true;
    bool takes_segments_ = false;
    error_code pending_error_;
    Result result_ = make_error_code(errc::not_a_package);
};

template <Hasher PackageHasher, LinkSource Links>
Action Transfer<PackageHasher, Links>::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::opening: return on_opened(event, now);
    case State::reading_back: return on_read_back(read_back_.on(event), now);
    case State::getting_link: return on_link(link_.on(event, now), now);
    case State::sending: return on_head(event, now);
    case State::reading_notice: return on_notice(event, now);
    case State::beginning: return on_begun(event);
    case State::reading: return on_body(event, now);
    case State::writing: return on_written(event);
    case State::fetching_segments: return on_segments(event, now);
    case State::reading_segments: return on_segments_read(read_back_.on(event), now);
    case State::committing: return on_committed(event);
    case State::waiting_to_retry:
        return link_.live().is_live(now.monotonic) ? send(now) : renew(pending_error_, now);
    case State::leaving: return finish(pending_error_);
    case State::finished: break;
    }
    return action::Finish{};
}

} // namespace mde::inline MDE_ABI::flow

#endif
