// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DOWNLOAD_HPP
#define MDE_FLOW_DOWNLOAD_HPP

/// @file
/// Redeems a link into a store: status first, then bytes, then proof.

#include <mde/base/result.hpp>
#include <mde/flow/classify.hpp>
#include <mde/flow/content_proof.hpp>
#include <mde/flow/context.hpp>
#include <mde/flow/download_check.hpp>
#include <mde/flow/retry.hpp>
#include <mde/flow/step.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/port/hasher.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/package_uri_codec.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Downloads one package, live-response result or exported file: the key says which. The link is
/// redeemed when the flow starts and checked again right before each request leaves. A failure of
/// the way is tried again with the same link while that lives, from the beginning; what is in the
/// store by then is dropped.
/// @par Errors errc::package_uri_expired, errc::package_uri_spent, errc::clock_went_back,
/// errc::link_not_allowed, errc::link_dead, errc::redirect_refused, errc::not_a_package,
/// errc::package_too_large, errc::body_truncated, errc::length_mismatch, errc::zip_incomplete,
/// errc::malformed_answer (nothing would prove where the body ends), errc::throttled,
/// errc::service_unavailable, errc::deadline_exceeded, those of the transport and of the store
template <Hasher PackageHasher>
class Download {
  public:
    using Result = result<Receipt>;

    /// `receipt` holds what is known of the tenant and the action; the flow fills in the rest.
    Download(const Context& context, PackageUri uri, const PackageKey& key, Receipt receipt)
        : context_(context),
          uri_(std::move(uri)),
          key_(key),
          receipt_(std::move(receipt)),
          retry_(context.settings->retry, context.deadline, context.seed),
          proof_(key.content_kind()) {
        receipt_.content = key.content();
        if (!key.is_package()) receipt_.index = key.index();
        if (key.is_export()) receipt_.generated = key.generated();
    }
    Download(const Download&) = delete;
    Download& operator=(const Download&) = delete;

    Action start(const Now& now) {
        context_.diagnostics->stage = Stage::download;
        if (uri_.valueless() || now.monotonic >= uri_.usable_from()) return redeem(now);
        return wait_for_start(now);
    }

    Action on(const Event& event, const Now& now) {
        switch (state_) {
        case State::waiting_for_start: return redeem(now);
        case State::sending: return on_head(event, now);
        case State::reading_refusal: return on_refusal(event);
        case State::opening: return on_opened(event);
        case State::reading: return on_body(event, now);
        case State::writing: return on_written(event);
        case State::committing: return on_committed(event);
        case State::dropping: return after_drop(now);
        case State::waiting_to_retry: return send(now);
        case State::finished: break;
        }
        return action::Finish{};
    }

    Result take_result() { return std::move(result_); }

  private:
    enum class State {
        waiting_for_start,
        sending,
        reading_refusal,
        opening,
        reading,
        writing,
        committing,
        dropping,
        waiting_to_retry,
        finished,
    };

    /// Only for a link that will still live then, and within the deadline.
    Action wait_for_start(const Now& now) {
        if (uri_.remaining(uri_.usable_from()) == Duration::zero())
            return finish(make_error_code(errc::package_uri_expired));
        if (uri_.usable_from() >= context_.deadline)
            return finish(make_error_code(errc::deadline_exceeded));
        state_ = State::waiting_for_start;
        return action::Wait{saturating_difference(uri_.usable_from(), now.monotonic),
                            WaitReason::link_start};
    }

    Action redeem(const Now& now) {
        result<LiveLink> link = std::move(uri_).redeem(now.monotonic);
        if (!link) return finish(link.error());
        link_ = std::move(*link);
        if (!is_allowed(link_)) return finish(make_error_code(errc::link_not_allowed));
        receipt_.download_started = now.utc;
        return send(now);
    }

    template <class Link>
    bool is_allowed(const Link& link) const noexcept {
        return context_.settings->links.allows(link.host(), link.port(), key_.link_kind());
    }

    Action send(const Now& now) {
        if (!link_.is_live(now.monotonic))
            return finish(make_error_code(errc::package_uri_expired));
        if (now.monotonic >= context_.deadline)
            return finish(make_error_code(errc::deadline_exceeded));
        const bool is_zip = key_.content_kind() == ContentKind::zip;
        fields_ = {
            HeaderField{"Accept", is_zip ? "application/zip, application/octet-stream" : "*/*"}};
        request_.host = link_.host();
        request_.port = link_.port();
        request_.target = link_.expose_target();
        request_.fields = fields_;
        if (context_.deadline != no_deadline)
            request_.time_limit = context_.deadline - now.monotonic;
        state_ = State::sending;
        return action::Send{&request_, Stage::download, action::Body::streamed, 0};
    }

    Action on_head(const Event& event, const Now& now) {
        *context_.diagnostics = Diagnostics{};
        context_.diagnostics->stage = Stage::download;
        if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
        const auto* ready = std::get_if<event::HeadReady>(&event);
        if (ready == nullptr) return finish(make_error_code(errc::malformed_head));
        const ResponseHead& head = *ready->head;
        context_.diagnostics->http_status = head.status();
        context_.diagnostics->request_id = request_id_of(head);
        if (is_redirect(head.status())) return follow(head, now);
        if (const error_code error = error_of_download_status(head.status()))
            return on_status_error(error, head, now);
        return on_success(head);
    }

    Action on_status_error(const error_code& error, const ResponseHead& head, const Now& now) {
        context_.diagnostics->retry_after = retry_after_of(head, now.utc);
        if (!is_passing_refusal(error)) return finish(error);
        return try_again(error, context_.diagnostics->retry_after, now);
    }

    /// A redirect is followed only to another allowed https host, a few times, and carries nothing.
    Action follow(const ResponseHead& head, const Now& now) {
        const error_code refused = make_error_code(errc::redirect_refused);
        if (++redirects_ > bounds::redirects) return finish(refused);
        result<PackageUri> next = wire::adopt_link(Secret(head.field_or_empty("Location")), now,
                                                   context_.settings->expiry);
        if (!next || !is_allowed(*next)) return finish(refused);
        if (!link_.is_live(now.monotonic))
            return finish(make_error_code(errc::package_uri_expired));
        uri_ = std::move(*next);
        return redeem(now);
    }

    Action on_success(const ResponseHead& head) {
        const result<wire::BodyFraming> framing = wire::body_framing(head);
        if (!framing) return finish(framing.error());
        receipt_.source_host = link_.host();
        receipt_.etag = printable_word(head.field_or_empty("ETag"), bounds::shown_word);
        receipt_.media_type =
            printable_word(head.field_or_empty("Content-Type"), bounds::shown_word);
        add_request_id(context_.diagnostics->request_id);
        const ContentKind kind = key_.content_kind();
        if (is_refused_coding(head.field("Content-Encoding"), kind))
            return finish(make_error_code(errc::not_a_package));
        length_.reset();
        if (framing->end == wire::BodyEnd::by_length) length_ = framing->length;
        if (is_refused_media_type(receipt_.media_type, kind)) {
            state_ = State::reading_refusal;
            return action::ReadBody{};
        }
        if (!is_provable(*framing, kind)) return finish(make_error_code(errc::malformed_answer));
        if (length_ == 0 && kind != ContentKind::any)
            return finish(make_error_code(errc::not_a_package));
        if (length_ && *length_ > context_.settings->package_limit)
            return finish(make_error_code(errc::package_too_large));
        state_ = State::opening;
        return action::OpenStore{&key_, length_};
    }

    void add_request_id(const std::string& id) {
        if (!id.empty()) receipt_.request_ids.push_back(id);
    }

    /// An answer of a type that no package has: its words decide between a dead link and nonsense.
    Action on_refusal(const Event& event) {
        const auto* body = std::get_if<event::BodyReady>(&event);
        const bool expired = body != nullptr && speaks_of_expiry(body->bytes);
        return finish(make_error_code(expired ? errc::link_dead : errc::not_a_package));
    }

    Action on_opened(const Event& event) {
        if (const auto error = failure_of(event)) return fail_in_store(*error);
        opened_ = true;
        stored_ = 0;
        hasher_.emplace();
        proof_.begin();
        state_ = State::reading;
        return action::ReadBody{};
    }

    Action on_body(const Event& event, const Now& now) {
        if (const auto error = failure_of(event)) return try_again(*error, std::nullopt, now);
        const auto* body = std::get_if<event::BodyReady>(&event);
        if (body == nullptr) return drop(make_error_code(errc::malformed_answer));
        if (body->bytes.empty()) return on_end(now);
        return take(body->bytes);
    }

    Action take(std::span<const std::byte> bytes) {
        const std::uint64_t limit = length_ ? *length_ : context_.settings->package_limit;
        const bool fits = bytes.size() <= limit - stored_;
        const std::uint64_t after = stored_ + bytes.size();
        if (!proof_.feed(bytes, length_ && fits ? *length_ - after : 0))
            return drop(
                make_error_code(speaks_of_expiry(bytes) ? errc::link_dead : errc::not_a_package));
        if (!fits)
            return drop(make_error_code(length_ ? errc::length_mismatch : errc::package_too_large));
        hasher_->update(bytes);
        const action::WriteStore write{stored_, bytes, length_};
        stored_ = after;
        state_ = State::writing;
        return write;
    }

    Action on_written(const Event& event) {
        if (const auto error = failure_of(event)) {
            context_.diagnostics->stage = Stage::store;
            return drop(*error);
        }
        state_ = State::reading;
        return action::ReadBody{};
    }

    Action on_end(const Now& now) {
        if (length_ && stored_ != *length_) return drop(make_error_code(errc::body_truncated));
        if (const error_code error = proof_.at_end()) return drop(error);
        const result<Sha256Digest> digest = hasher_->finish();
        if (!digest) return drop(digest.error());
        receipt_.sha256 = *digest;
        receipt_.length = stored_;
        receipt_.stored = now.utc;
        receipt_.sdk_version = MDE_VERSION_STRING;
        state_ = State::committing;
        return action::CommitStore{&receipt_};
    }

    Action on_committed(const Event& event) {
        opened_ = false;
        if (const auto error = failure_of(event)) return fail_in_store(*error);
        state_ = State::finished;
        result_ = std::move(receipt_);
        return action::Finish{};
    }

    Action fail_in_store(const error_code& error) {
        context_.diagnostics->stage = Stage::store;
        return finish(error);
    }

    /// Passing failures are tried again with the same link, while it lives; all others end.
    Action try_again(const error_code& error, std::optional<Duration> asked, const Now& now) {
        if (!is_passing_failure(error) && !is_passing_refusal(error)) return drop(error);
        const auto wait = retry_.next(asked, now.monotonic);
        if (!wait || !link_.is_live(saturating_add(now.monotonic, *wait))) return drop(error);
        retry_wait_ = *wait;
        return drop(error);
    }

    /// Leaves the store as if nothing had begun, then waits and sends again, or ends.
    Action drop(const error_code& error) {
        pending_error_ = error;
        state_ = State::dropping;
        if (std::exchange(opened_, false)) return action::AbortStore{};
        return after_drop({});
    }

    Action after_drop(const Now&) {
        if (!retry_wait_) return finish(pending_error_);
        const Duration wait = *std::exchange(retry_wait_, std::nullopt);
        state_ = State::waiting_to_retry;
        return action::Wait{wait, WaitReason::retry};
    }

    Action finish(const error_code& error) {
        state_ = State::finished;
        result_ = error;
        link_ = LiveLink();
        return action::Finish{};
    }

    Context context_;
    PackageUri uri_;
    PackageKey key_;
    Receipt receipt_;
    Retry retry_;
    State state_ = State::waiting_for_start;
    LiveLink link_;
    std::array<HeaderField, 1> fields_{};
    HttpRequest request_;
    std::optional<PackageHasher> hasher_;
    ContentProof proof_;
    std::optional<std::uint64_t> length_;
    std::uint64_t stored_ = 0;
    unsigned redirects_ = 0;
    bool opened_ = false;
    std::optional<Duration> retry_wait_;
    error_code pending_error_;
    Result result_ = make_error_code(errc::not_a_package);
};

} // namespace mde::inline MDE_ABI::flow

#endif
