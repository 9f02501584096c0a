// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_PORT_OBSERVER_HPP
#define MDE_PORT_OBSERVER_HPP

/// @file
/// The port through which a job shows what it is doing. No event has a place for a secret.

#include <mde/base/error.hpp>
#include <mde/base/time.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/machine_action.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace mde::inline MDE_ABI {

/// Why a job waits.
enum class WaitReason {
    /// The action has not finished.
    poll,
    /// Our own count says that the quota is used up.
    quota,
    /// The service said 429.
    throttled,
    /// Something failed and will be tried again.
    retry,
    /// A link's declared start lies ahead.
    link_start,
};

/// As progress names it.
constexpr std::string_view name_of(WaitReason reason) noexcept {
    switch (reason) {
    case WaitReason::poll: return "poll";
    case WaitReason::quota: return "quota";
    case WaitReason::throttled: return "throttled";
    case WaitReason::retry: return "retry";
    case WaitReason::link_start: return "link start";
    }
    return "";
}

namespace observed {

/// A token is being asked for; `renewed` if the last one was refused.
struct Token {
    /// Whether the last one was refused.
    bool renewed = false;
};
/// Somebody is to open `verification_uri` in a browser and enter `user_code` there: show it. Views
/// hold during the call. Source: "OAuth 2.0 device authorization grant flow".
struct DevicePrompt {
    /// What is to be entered.
    std::string_view user_code;
    /// Where.
    std::string_view verification_uri;
    /// The sign-in service's own words for both, printable and bounded; may be empty.
    std::string_view message;
    /// How long the code is good.
    Duration expires_in{};
};
/// The action that the job is about, and what is known of it: the id is worth keeping, since with
/// it the job can be taken up again.
struct Action {
    /// See above.
    MachineActionId id;
    /// As last heard of.
    MachineActionStatus status = MachineActionStatus::unknown;
};
/// A request leaves.
struct Request {
    /// What for.
    Stage stage = Stage::none;
    /// Of the server; never the path.
    std::string_view host;
};
/// A request ended without a usable answer.
struct Failure {
    /// Of the request.
    Stage stage = Stage::none;
    /// What happened; the service's own words come with the end of the job.
    error_code error;
};
/// Nothing happens for `span`.
struct Waiting {
    /// Why.
    WaitReason reason = WaitReason::poll;
    /// How long, as far as known.
    Duration span{};
};
/// Bytes of the package in the store; a smaller number than before means that it began again.
struct Progress {
    /// Bytes from the first one on, without a gap.
    std::uint64_t stored = 0;
    /// The length that was declared, if one was.
    std::optional<std::uint64_t> total;
};
/// Package and receipt are in place.
struct Committed {
    /// Of the package, in bytes.
    std::uint64_t length = 0;
};

/// How many machines of a fleet stand where.
struct Fleet {
    /// @{
    /// So many machines.
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::size_t ready = 0;
    std::size_t stored = 0;
    std::size_t failed = 0;
    /// @}
};

} // namespace observed

/// All that an observer can be told.
using ObserverEvent = std::variant<observed::Token, observed::DevicePrompt, observed::Action,
                                   observed::Request, observed::Failure, observed::Waiting,
                                   observed::Progress, observed::Committed, observed::Fleet>;

namespace needed {

template <class T>
concept observer_has_notify_of_event = requires(T& observer, const ObserverEvent& event) {
    observer.notify(event);
};

} // namespace needed

/// Is told what a job does.
///
/// | expression | semantics |
/// | --- | --- |
/// | `observer.notify(event)` | called where the job runs; quick, and must not throw |
template <class T>
concept Observer = needed::observer_has_notify_of_event<T>;

/// Looks at nothing: the default.
struct NoObserver {
    /// Does nothing.
    void notify(const ObserverEvent&) noexcept {}
};
static_assert(Observer<NoObserver>);

} // namespace mde::inline MDE_ABI

#endif
