// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_SEGMENT_LANE_HPP
#define MDE_FLOW_SEGMENT_LANE_HPP

/// @file
/// One of the connections that a package is fetched over: one segment after the other.

#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/download_answer.hpp>
#include <mde/flow/download_request.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/segment_queue.hpp>
#include <mde/flow/step.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// Takes segments as long as there are some, and writes what comes at its place. An answer is taken
/// only if it is provably of the same package and of this segment, as `judge_download` has it;
/// redirects are not followed. A failure of the way is tried again from the byte that was reached,
/// while the link lives. Whatever ends this lane before its time empties the queue, so that the
/// others end as well, each with the segment that it has begun.
/// @par Errors errc::package_uri_expired, errc::link_dead, errc::throttled,
/// errc::service_unavailable, errc::length_mismatch, errc::deadline_exceeded, and those of the
/// transport and the store
class SegmentLane {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<event::SegmentsEnd>;

    /// `queue` and what `plan` points to outlive the flow.
    SegmentLane(const Context& context, const action::FetchSegments& plan, SegmentQueue& queue);
    SegmentLane(const SegmentLane&) = delete;
    SegmentLane& operator=(const SegmentLane&) = delete;

    Action start(const Now& now);
    Action on(const Event& event, const Now& now);

    Result take_result() { return result_; }
    /// @}

  private:
    enum class State {
        opening,
        sending,
        reading,
        writing,
        waiting,
        finished,
    };

    /// A link that will be dead when this segment has come is good for one more request of each
    /// lane: what is left is divided among them, since a host that has begun an answer goes on.
    Action next_segment(const Now& now);

    Action send(const Now& now);
    Action on_head(const Event& event, const Now& now);
    Action on_body(const Event& event, const Now& now);
    Action write(std::span<const std::byte> bytes);
    Action on_written(const Event& event);
    Action try_again(const error_code& error, std::optional<Duration> asked, const Now& now);

    Action finish_store(const error_code& error);
    Action finish(Result end);

    Context context_;
    action::FetchSegments plan_;
    SegmentQueue* queue_;
    Retry retry_;
    State state_ = State::opening;
    DownloadRequest request_;
    /// What is left of the segment that is being fetched.
    Segment segment_;
    /// When it was asked for.
    MonotonicTime begun_{};
    Result result_ = event::SegmentsEnd::complete;
};

#if MDE_DEFINITIONS

MDE_DECL SegmentLane::SegmentLane(const Context& context, const action::FetchSegments& plan,
                                  SegmentQueue& queue)
    : context_(context),
      plan_(plan),
      queue_(&queue),
      retry_(context.settings->retry, context.deadline, context.seed) {}

MDE_DECL Action SegmentLane::start(const Now& now) {
    context_.diagnostics->stage = Stage::download;
    begun_ = now.monotonic;
    state_ = State::opening;
    return action::OpenStore{plan_.key};
}

MDE_DECL Action SegmentLane::on(const Event& event, const Now& now) {
    switch (state_) {
    case State::opening:
        if (const auto error = failure_of(event)) return finish_store(*error);
        return next_segment(now);
    case State::sending: return on_head(event, now);
    case State::reading: return on_body(event, now);
    case State::writing: return on_written(event);
    case State::waiting: return send(now);
    case State::finished: break;
    }
    return action::Finish{};
}

MDE_DECL Action SegmentLane::next_segment(const Now& now) {
    const Duration took = now.monotonic - begun_;
    if (!plan_.link->is_live(saturating_add(now.monotonic, 2 * took))) queue_->divide();
    const std::optional<Segment> next = queue_->next();
    if (!next) return finish(event::SegmentsEnd::complete);
    segment_ = *next;
    begun_ = now.monotonic;
    return send(now);
}

MDE_DECL Action SegmentLane::send(const Now& now) {
    if (!plan_.link->is_live(now.monotonic))
        return finish(make_error_code(errc::package_uri_expired));
    if (now.monotonic >= context_.deadline) return finish(make_error_code(errc::deadline_exceeded));
    request_.ask_whole(*plan_.link, plan_.key->content_kind(), context_.time_left(now.monotonic));
    request_.ask_range(segment_.first, segment_.end - 1);
    request_.ask_part_of(plan_.part->etag);
    state_ = State::sending;
    return action::Send{&request_.request(), Stage::download, action::Body::streamed, 0};
}

MDE_DECL Action SegmentLane::on_head(const Event& event, const Now& now) {
    if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
    const auto* ready = std::get_if<event::HeadReady>(&event);
    if (ready == nullptr) return finish(make_error_code(errc::malformed_head));
    const ResponseHead& head = *ready->head;
    enter_head(*context_.diagnostics, head, plan_.link->expose_target());
    const DownloadQuestion question{plan_.key->content_kind(), context_.settings->package_limit,
                                    plan_.part, segment_.first};
    const DownloadAnswer answer = judge_download(head, question);
    if (answer.kind == DownloadAnswer::Kind::refused)
        return try_again(answer.error, retry_after_of(head, now.utc), now);
    // A host may send less than what was asked for, but not here: it did not before.
    if (answer.kind != DownloadAnswer::Kind::part || answer.end != segment_.end)
        return finish(event::SegmentsEnd::other_part);
    state_ = State::reading;
    return action::ReadBody{};
}

MDE_DECL Action SegmentLane::on_body(const Event& event, const Now& now) {
    if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
    const auto* body = std::get_if<event::BodyReady>(&event);
    if (body == nullptr) return finish(make_error_code(errc::malformed_answer));
    if (!body->bytes.empty()) return write(body->bytes);
    if (segment_.first == segment_.end) return next_segment(now);
    return try_again(make_error_code(errc::body_truncated), std::nullopt, now);
}

MDE_DECL Action SegmentLane::write(std::span<const std::byte> bytes) {
    const std::uint64_t at = segment_.first;
    if (bytes.size() > segment_.end - at) return finish(make_error_code(errc::length_mismatch));
    segment_.first += bytes.size();
    retry_.progressed();
    state_ = State::writing;
    return action::WriteStore{at, bytes, plan_.part->total};
}

MDE_DECL Action SegmentLane::on_written(const Event& event) {
    if (const auto error = failure_of(event)) return finish_store(*error);
    state_ = State::reading;
    return action::ReadBody{};
}

MDE_DECL Action SegmentLane::try_again(const error_code& error, std::optional<Duration> asked,
                                       const Now& now) {
    context_.diagnostics->retry_after = asked;
    if (!is_passing_failure(error) && !is_passing_refusal(error)) return finish(error);
    // Everything was there when it broke.
    if (segment_.first == segment_.end) return next_segment(now);
    const auto wait = retry_.next(asked, now.monotonic);
    if (!wait || !plan_.link->is_live(saturating_add(now.monotonic, *wait))) return finish(error);
    state_ = State::waiting;
    return action::Wait{*wait, WaitReason::retry};
}

MDE_DECL Action SegmentLane::finish_store(const error_code& error) {
    context_.diagnostics->stage = Stage::store;
    return finish(error);
}

MDE_DECL Action SegmentLane::finish(Result end) {
    queue_->stop();
    state_ = State::finished;
    result_ = std::move(end);
    return action::Finish{};
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
