// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_STEP_HPP
#define MDE_FLOW_STEP_HPP

/// @file
/// The language between a flow and whatever drives it: actions it asks for, events that answer.

#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>
#include <mde/base/time.hpp>
#include <mde/model/access_token.hpp>
#include <mde/model/package_key.hpp>
#include <mde/model/package_part.hpp>
#include <mde/model/package_uri.hpp>
#include <mde/model/quota.hpp>
#include <mde/model/receipt.hpp>
#include <mde/port/observer.hpp>
#include <mde/port/quota_store.hpp>
#include <mde/port/token_source.hpp>
#include <mde/wire/http_message.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace mde::inline MDE_ABI::flow {

struct Context;

/// What a flow wants done. Each action is answered by exactly one event: the one named beside it,
/// or `Failed`. Pointers and views point into the flow and hold until the event is given.
namespace action {

/// Answered by `TokenReady`.
struct GetToken {
    TokenQuery query;
};
/// Answered by `QuotaAnswer`.
struct AcquireQuota {
    QuotaKey key;
    Quota quota;
};
/// Answered by `Done`.
struct ReportThrottled {
    QuotaKey key;
    Duration wait{};
};
enum class Body {
    /// Read to its end; answered by `AnswerReady`.
    whole,
    /// Left to `ReadBody`; answered by `HeadReady`.
    streamed,
};
/// An earlier exchange, if one is open, is dropped first.
struct Send {
    const HttpRequest* request = nullptr;
    Stage stage = Stage::none;
    Body body = Body::whole;
    /// Of a whole body; a longer one is `errc::answer_too_large`.
    std::size_t limit = bounds::json_text;
};
/// Answered by `BodyReady`.
struct ReadBody {};
/// Answered by `Done`.
struct Wait {
    Duration span{};
    WaitReason reason = WaitReason::retry;
};
/// Answered by `StoreOpened`.
struct OpenStore {
    const PackageKey* key = nullptr;
};
/// What comes now is the package from its first byte on. Answered by `Done`.
struct BeginPart {
    const PackagePart* part = nullptr;
};
/// Answered by `Done`.
struct WriteStore {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes;
    std::optional<std::uint64_t> total;
};
/// At most `size` bytes of what was written. Answered by `BodyReady`.
struct ReadStore {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};
/// Fetches the package from `from` on into the store that is open, over as many connections as the
/// settings say; see `SegmentLane`. Only for a driver that said so in `StoreOpened`. Answered by
/// `SegmentsDone`.
struct FetchSegments {
    const Context* context = nullptr;
    const LiveLink* link = nullptr;
    const PackageKey* key = nullptr;
    const PackagePart* part = nullptr;
    std::uint64_t from = 0;
};
/// Answered by `Done`.
struct CommitStore {
    const Receipt* receipt = nullptr;
};
/// Closes the store; what it can keep for another time stays. Answered by `Done`; never fails.
struct KeepPart {};
/// Closes the store and drops what was written. Answered by `Done`; never fails.
struct AbortStore {};
/// Answered by `Done`; never fails.
struct Notify {
    ObserverEvent event;
};
/// The flow has its result. Nothing answers.
struct Finish {};

} // namespace action

using Action =
    std::variant<action::Finish, action::GetToken, action::AcquireQuota, action::ReportThrottled,
                 action::Send, action::ReadBody, action::Wait, action::OpenStore, action::BeginPart,
                 action::WriteStore, action::ReadStore, action::FetchSegments, action::CommitStore,
                 action::KeepPart, action::AbortStore, action::Notify>;

/// What came of an action. Pointers and views hold only while the flow handles the event.
namespace event {

struct Done {};
struct TokenReady {
    const AccessToken* token = nullptr;
};
/// Zero: granted. Otherwise the time after which to ask again.
struct QuotaAnswer {
    Duration wait{};
};
struct AnswerReady {
    const ResponseHead* head = nullptr;
    std::string_view body;
};
struct HeadReady {
    const ResponseHead* head = nullptr;
};
/// What an earlier attempt has left; null if the store keeps nothing.
struct StoreOpened {
    const PackagePart* part = nullptr;
    /// True if it takes bytes in any order, and the driver can bring them over many connections.
    bool takes_segments = false;
};
/// Empty: the body has properly ended.
struct BodyReady {
    std::span<const std::byte> bytes;
};
enum class SegmentsEnd {
    /// Everything is there.
    complete,
    /// The host's answer was not of the same package, or not the part that was asked for.
    other_part,
    failed,
};
struct SegmentsDone {
    SegmentsEnd end = SegmentsEnd::complete;
    /// Of `failed`.
    error_code error;
    /// So many bytes are there, from the first one on and without a gap.
    std::uint64_t stored = 0;
};
struct Failed {
    error_code error;
};

} // namespace event

using Event = std::variant<event::Done, event::TokenReady, event::QuotaAnswer, event::AnswerReady,
                           event::HeadReady, event::StoreOpened, event::BodyReady,
                           event::SegmentsDone, event::Failed>;

inline bool is_finish(const Action& action) noexcept {
    return std::holds_alternative<action::Finish>(action);
}

/// The error that an event carries, if it is a failure.
inline std::optional<error_code> failure_of(const Event& event) noexcept {
    if (const auto* failed = std::get_if<event::Failed>(&event)) return failed->error;
    return std::nullopt;
}

/// A machine without I/O: told the time and what happened, it says what to do next. It is used in
/// place (its actions point into it), is started once, and has a result after `Finish`.
template <class T>
concept Flow = requires(T& flow, const Event& event, const Now& now) {
    typename T::Result;
    { flow.start(now) } -> std::same_as<Action>;
    { flow.on(event, now) } -> std::same_as<Action>;
    { flow.take_result() } -> std::same_as<typename T::Result>;
};

} // namespace mde::inline MDE_ABI::flow

#endif
