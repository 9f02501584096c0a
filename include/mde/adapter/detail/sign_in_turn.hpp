// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_DETAIL_SIGN_IN_TURN_HPP
#define MDE_ADAPTER_DETAIL_SIGN_IN_TURN_HPP

/// @file
/// One sign-in at a time: whose turn it is, and who waits.

#include <mde/base/version.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::detail {

/// Shared with the operations: some may never come to their end, and outlive the credential.
template <class Timer>
struct SignInTurn {
    std::mutex mutex;
    bool is_taken = false;
    /// One for each who waits.
    std::vector<std::shared_ptr<Timer>> waiters;

    /// The mutex is held.
    void end() noexcept {
        is_taken = false;
        for (const std::shared_ptr<Timer>& waiter : waiters) waiter->cancel();
        waiters.clear();
    }
};

/// Whoever holds it signs in. It is given back even by an operation that memory runs out for:
/// otherwise all others would wait for ever. Distinct objects: safe. Shared objects: unsafe.
template <class Timer>
class SignInLead {
  public:
    SignInLead() = default;
    SignInLead(SignInLead&&) noexcept = default;
    SignInLead& operator=(SignInLead&&) = delete;
    ~SignInLead() { give_back(); }

    /// The mutex is held.
    void take(std::shared_ptr<SignInTurn<Timer>> turn) noexcept {
        turn_ = std::move(turn);
        turn_->is_taken = true;
    }

    /// Wakes those who waited.
    void give_back() noexcept {
        const auto turn = std::exchange(turn_, nullptr);
        if (!turn) return;
        const std::lock_guard lock(turn->mutex);
        turn->end();
    }

  private:
    std::shared_ptr<SignInTurn<Timer>> turn_;
};

} // namespace mde::inline MDE_ABI::detail

#endif
