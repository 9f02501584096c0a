// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_STEP_HPP
#define MDE_FLOW_STEP_HPP

/// @file
/// The language between a flow and whatever drives it: actions it asks for, events that answer.

#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
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
    /// How fresh it has to be.
    TokenQuery query;
};
/// Answered by `QuotaAnswer`.
struct AcquireQuota {
    /// Whose count.
    QuotaKey key;
    /// The call's limits.
    Quota quota;
};
/// Answered by `Done`.
struct ReportThrottled {
    /// Whose count.
    QuotaKey key;
    /// For so long.
    Duration wait{};
};
/// What becomes of the body of an answer.
enum class Body {
    /// Read to its end; answered by `AnswerReady`.
    whole,
    /// Left to `ReadBody`; answered by `HeadReady`.
    streamed,
};
/// An earlier exchange, if one is open, is dropped first.
struct Send {
    /// Where, and what.
    const HttpRequest* request = nullptr;
    /// For the observer.
    Stage stage = Stage::none;
    /// Whole or in pieces.
    Body body = Body::whole;
    /// Of a whole body; a longer one is `errc::answer_too_large`.
    std::size_t limit = bounds::json_text;
};
/// Answered by `BodyReady`.
struct ReadBody {};
/// Answered by `Done`.
struct Wait {
    /// For so long, or longer.
    Duration span{};
    /// For the observer.
    WaitReason reason = WaitReason::retry;
};
/// Answered by `StoreOpened`.
struct OpenStore {
    /// What is to be stored.
    const PackageKey* key = nullptr;
};
/// What comes now is the package from its first byte on. Answered by `Done`.
struct BeginPart {
    /// What is known of it.
    const PackagePart* part = nullptr;
};
/// Answered by `Done`.
struct WriteStore {
    /// Of the first byte in the package.
    std::uint64_t offset = 0;
    /// What came.
    std::span<const std::byte> bytes;
    /// Of the package, in bytes, if known: for the observer.
    std::optional<std::uint64_t> total;
};
/// At most `size` bytes of what was written. Answered by `BodyReady`.
struct ReadStore {
    /// Of the first byte in the package.
    std::uint64_t offset = 0;
    /// In bytes.
    std::uint64_t size = 0;
};
/// Fetches the package from `from` on into the store that is open, over as many connections as the
/// settings say; see `SegmentLane`. Only for a driver that said so in `StoreOpened`. Answered by
/// `SegmentsDone`.
struct FetchSegments {
    /// Of the flow that asks.
    const Context* context = nullptr;
    /// Redeemed; used by all connections.
    const LiveLink* link = nullptr;
    /// What is being stored.
    const PackageKey* key = nullptr;
    /// What is known of it, its strong tag and its length among it.
    const PackagePart* part = nullptr;
    /// Of the first byte that is missing.
    std::uint64_t from = 0;
};
/// Answered by `Done`.
struct CommitStore {
    /// To be stored with the package.
    const Receipt* receipt = nullptr;
};
/// Closes the store; what it can keep for another time stays. Answered by `Done`; never fails.
struct KeepPart {};
/// Closes the store and drops what was written. Answered by `Done`; never fails.
struct AbortStore {};
/// Answered by `Done`; never fails.
struct Notify {
    /// What happened.
    ObserverEvent event;
};
/// The flow has its result. Nothing answers.
struct Finish {};

} // namespace action

/// One of them.
using Action =
    std::variant<action::Finish, action::GetToken, action::AcquireQuota, action::ReportThrottled,
                 action::Send, action::ReadBody, action::Wait, action::OpenStore, action::BeginPart,
                 action::WriteStore, action::ReadStore, action::FetchSegments, action::CommitStore,
                 action::KeepPart, action::AbortStore, action::Notify>;

/// What came of an action. Pointers and views hold only while the flow handles the event.
namespace event {

/// It is done.
struct Done {};
/// There is a token.
struct TokenReady {
    /// To be copied if it is needed for longer.
    const AccessToken* token = nullptr;
};
/// Zero: granted. Otherwise the time after which to ask again.
struct QuotaAnswer {
    /// See above.
    Duration wait{};
};
/// An answer came, whole.
struct AnswerReady {
    /// Status and fields.
    const ResponseHead* head = nullptr;
    /// At most what `Send::limit` said.
    std::string_view body;
};
/// An answer began.
struct HeadReady {
    /// Status and fields.
    const ResponseHead* head = nullptr;
};
/// What an earlier attempt has left; null if the store keeps nothing.
struct StoreOpened {
    /// What is there of the package.
    const PackagePart* part = nullptr;
    /// True if it takes bytes in any order, and the driver can bring them over many connections.
    bool takes_segments = false;
};
/// Empty: the body has properly ended.
struct BodyReady {
    /// At least one byte, or none at the end.
    std::span<const std::byte> bytes;
};
/// How the connections ended.
enum class SegmentsEnd {
    /// Everything is there.
    complete,
    /// The host's answer was not of the same package, or not the part that was asked for.
    other_part,
    /// One of them failed, and none could go on.
    failed,
};
/// All connections have ended.
struct SegmentsDone {
    /// How.
    SegmentsEnd end = SegmentsEnd::complete;
    /// Of `failed`.
    error_code error;
    /// So many bytes are there, from the first one on and without a gap.
    std::uint64_t stored = 0;
};
/// It could not be done.
struct Failed {
    /// Why.
    error_code error;
};

} // namespace event

/// One of them.
using Event = std::variant<event::Done, event::TokenReady, event::QuotaAnswer, event::AnswerReady,
                           event::HeadReady, event::StoreOpened, event::BodyReady,
                           event::SegmentsDone, event::Failed>;

/// Whether the flow has its result.
MDE_DECL bool is_finish(const Action& action) noexcept;

/// The error that an event carries, if it is a failure.
MDE_DECL std::optional<error_code> failure_of(const Event& event) noexcept;

/// A machine without I/O: told the time and what happened, it says what to do next.
///
/// | expression | semantics |
/// | --- | --- |
/// | `T(context, arguments...)` | made in place, since its actions point into it |
/// | `flow.start(now)` | the first `Action`; called once |
/// | `flow.on(event, now)` | the next one, after what came of the last one |
/// | `flow.take_result()` | `T::Result`, a `result<...>`, after `action::Finish` |
///
/// Nothing else is called after `Finish`. Distinct objects: safe. Shared objects: unsafe.
template <class T>
concept Flow = requires(T& flow, const Event& event, const Now& now) {
    typename T::Result;
    { flow.start(now) } -> std::same_as<Action>;
    { flow.on(event, now) } -> std::same_as<Action>;
    { flow.take_result() } -> std::same_as<typename T::Result>;
};

#if MDE_DEFINITIONS

MDE_DECL bool is_finish(const Action& action) noexcept {
    return std::holds_alternative<action::Finish>(action);
}

MDE_DECL std::optional<error_code> failure_of(const Event& event) noexcept {
    if (const auto* failed = std::get_if<event::Failed>(&event)) return failed->error;
    return std::nullopt;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
