// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_READ_BACK_HPP
#define MDE_FLOW_READ_BACK_HPP

/// @file
/// Takes in what is in the store already, so that hash and proof go on from there.

#include <mde/flow/intake.hpp>
#include <mde/flow/step.hpp>

#include <cstdint>
#include <variant>

namespace mde::inline MDE_ABI::flow {

/// A flow of many starts; after `Finish` there may be an `error()`. Distinct objects: safe. Shared
/// objects: unsafe.
/// @par Errors those of the store; errc::store_failed if what is there is no beginning of a package
template <Hasher PackageHasher>
class ReadBack {
  public:
    /// `intake` outlives the flow.
    explicit ReadBack(Intake<PackageHasher>& intake) noexcept : intake_(&intake) {}

    /// From where the intake is up to `end`, of a package of `total` bytes.
    Action start(std::uint64_t end, std::uint64_t total) {
        end_ = end;
        total_ = total;
        error_ = {};
        return next();
    }

    /// As that of a `Flow`.
    Action on(const Event& event) {
        if (const auto error = failure_of(event)) return fail(*error);
        const auto* body = std::get_if<event::BodyReady>(&event);
        const bool is_good =
            body != nullptr && !body->bytes.empty() &&
            intake_->take(body->bytes, total_ - intake_->taken() - body->bytes.size());
        return is_good ? next() : fail(make_error_code(errc::store_failed));
    }

    /// After `Finish`; clear if all of it was taken in.
    const error_code& error() const noexcept { return error_; }

  private:
    Action next() const noexcept {
        if (intake_->taken() >= end_) return action::Finish{};
        return action::ReadStore{intake_->taken(), end_ - intake_->taken()};
    }

    Action fail(const error_code& error) {
        error_ = error;
        return action::Finish{};
    }

    Intake<PackageHasher>* intake_;
    std::uint64_t end_ = 0;
    std::uint64_t total_ = 0;
    error_code error_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
