// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_DEVICE_CODES_HPP
#define MDE_SERVICE_DEVICE_CODES_HPP

/// @file
/// Codes that somebody is to enter elsewhere (RFC 8628), and how often they were asked about.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/permission.hpp>
#include <mde/service/application.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// What somebody said to the code that was shown.
enum class DeviceDecision {
    /// Nothing yet.
    pending,
    /// Yes.
    approved,
    /// No.
    declined,
};

/// What was asked for, and for whom.
struct DeviceCode {
    /// What the application polls with.
    std::string device_code;
    /// What somebody enters.
    std::string user_code;
    /// Where the application is registered.
    std::string tenant;
    /// Of the application.
    std::string client_id;
    /// What the token will be for.
    std::string audience;
    /// What the token will permit.
    AnyOf granted{};
    /// Whether a refresh token was asked for.
    bool offline_access = false;
    /// What it was asked for with, as JSON.
    std::string claims{};
    /// When it was asked for.
    MonotonicTime created{};
    /// When it ends.
    MonotonicTime expires{};
    /// Between two polls, at least.
    Duration interval{};
    /// What somebody said.
    DeviceDecision decision = DeviceDecision::pending;
    /// When it was last polled; empty: never.
    std::optional<MonotonicTime> last_poll{};
};

/// What a poll is answered.
enum class DevicePoll {
    /// There is no such code, or it is another application's.
    unknown,
    /// Its time has run out.
    expired,
    /// Sooner than the interval, which has grown.
    too_soon,
    /// Nobody has decided.
    pending,
    /// Somebody said no.
    declined,
    /// Somebody said yes.
    approved,
};

/// The codes of one service.
/// Distinct objects: safe. Shared objects: unsafe.
class DeviceCodes {
  public:
    /// Waits for a decision from now on.
    void add(DeviceCode code) { codes_.push_back(std::move(code)); }

    /// False if no code of that name waits for a decision.
    bool decide(std::string_view user_code, DeviceDecision decision);

    /// One poll of `application` for `device_code`. `approved_after`: see `SignInRules`. With
    /// `approved` the code is moved to `taken`, since it is good for one token; it is dropped too
    /// once it was declined or has expired.
    DevicePoll poll(std::string_view device_code, const Application& application, MonotonicTime now,
                    std::optional<Duration> approved_after, DeviceCode& taken);

    /// Oldest first; for whoever shows them.
    const std::vector<DeviceCode>& waiting() const noexcept { return codes_; }

  private:
    static DevicePoll poll(DeviceCode& code, MonotonicTime now,
                           std::optional<Duration> approved_after);

    std::vector<DeviceCode> codes_;
};

#if MDE_DEFINITIONS

MDE_DECL bool DeviceCodes::decide(std::string_view user_code, DeviceDecision decision) {
    for (DeviceCode& code : codes_) {
        if (!ascii::equal_ignoring_case(code.user_code, user_code) ||
            code.decision != DeviceDecision::pending)
            continue;
        code.decision = decision;
        return true;
    }
    return false;
}

MDE_DECL DevicePoll DeviceCodes::poll(std::string_view device_code, const Application& application,
                                      MonotonicTime now, std::optional<Duration> approved_after,
                                      DeviceCode& taken) {
    for (auto code = codes_.begin(); code != codes_.end(); ++code) {
        if (code->device_code != device_code ||
            !ascii::equal_ignoring_case(code->tenant, application.tenant) ||
            !ascii::equal_ignoring_case(code->client_id, application.client_id))
            continue;
        const DevicePoll outcome = poll(*code, now, approved_after);
        if (outcome == DevicePoll::approved) taken = std::move(*code);
        if (outcome != DevicePoll::pending && outcome != DevicePoll::too_soon) codes_.erase(code);
        return outcome;
    }
    return DevicePoll::unknown;
}

MDE_DECL DevicePoll DeviceCodes::poll(DeviceCode& code, MonotonicTime now,
                                      std::optional<Duration> approved_after) {
    if (now >= code.expires) return DevicePoll::expired;
    const bool too_soon = code.last_poll && now < saturating_add(*code.last_poll, code.interval);
    code.last_poll = now;
    if (too_soon) {
        code.interval += std::chrono::seconds(5);
        return DevicePoll::too_soon;
    }
    if (code.decision == DeviceDecision::declined) return DevicePoll::declined;
    const bool by_itself = approved_after && now >= saturating_add(code.created, *approved_after);
    if (code.decision == DeviceDecision::approved || by_itself) return DevicePoll::approved;
    return DevicePoll::pending;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
