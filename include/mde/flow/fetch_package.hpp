// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FETCH_PACKAGE_HPP
#define MDE_FLOW_FETCH_PACKAGE_HPP

/// @file
/// From a finished collection to a proven package.

#include <mde/flow/fetch_result.hpp>
#include <mde/request/get_package_uri.hpp>

namespace mde::inline MDE_ABI::flow {

/// See `FetchResult`.
template <Hasher PackageHasher>
class FetchPackage : public FetchResult<PackageHasher, GetPackageUri> {
  public:
    /// See `Flow`.
    FetchPackage(const Context& context, const MachineActionId& action)
        : FetchResult<PackageHasher, GetPackageUri>(context, GetPackageUri{action}) {}
};

} // namespace mde::inline MDE_ABI::flow

#endif
