// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_LIVE_RESPONSE_RESULT_HPP
#define MDE_FLOW_FETCH_LIVE_RESPONSE_RESULT_HPP

/// @file
/// From a live-response action to the result of one of its commands.

#include <mde/flow/fetch_result.hpp>
#include <mde/request/get_live_response_result_link.hpp>

namespace mde::inline MDE_ABI::flow {

/// See `FetchResult`. What comes is stored as it is: JSON for a script, the file for GetFile (in
/// gzip, as a rule); PutFile has no result. Source: "Get live response results".
template <Hasher PackageHasher>
class FetchLiveResponseResult : public FetchResult<PackageHasher, GetLiveResponseResultLink> {
  public:
    /// See `Flow`.
    FetchLiveResponseResult(const Context& context, const GetLiveResponseResultLink& request)
        : FetchResult<PackageHasher, GetLiveResponseResultLink>(context, request) {}
};

} // namespace mde::inline MDE_ABI::flow

#endif
