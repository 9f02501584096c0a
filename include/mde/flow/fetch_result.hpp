// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_RESULT_HPP
#define MDE_FLOW_FETCH_RESULT_HPP

/// @file
/// From a finished action to what it brought, proven, over as many links as it takes.

#include <mde/flow/action_links.hpp>
#include <mde/flow/transfer.hpp>

namespace mde::inline MDE_ABI::flow {

/// Fetches what an action brought, if the store does not have it.
/// @par Errors errc::store_has_package, and those of `ActionLinks` and `Transfer`
template <Hasher PackageHasher, LinkRequest Request>
class FetchResult {
  public:
    /// See `Flow`.
    using Result = result<Receipt>;

    /// See `Flow`.
    FetchResult(const Context& context, const Request& request)
        : links_(context, request), transfer_(context, links_, request.key()) {}

    /// See `Flow`.
    Action start(const Now& now) { return transfer_.start(now); }

    /// For a caller that has just read the action.
    Action start_with(const MachineAction& action, const Now& now) {
        links_.know(action);
        return transfer_.start(now);
    }

    /// See `Flow`.
    Action on(const Event& event, const Now& now) { return transfer_.on(event, now); }

    /// See `Flow`.
    Result take_result() { return transfer_.take_result(); }

  private:
    ActionLinks<Request> links_;
    Transfer<PackageHasher, ActionLinks<Request>> transfer_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
