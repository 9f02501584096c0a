// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_DOWNLOAD_HPP
#define MDE_FLOW_DOWNLOAD_HPP

/// @file
/// Redeems one link into a store.

#include <mde/flow/transfer.hpp>

#include <utility>

namespace mde::inline MDE_ABI::flow {

/// Downloads one package, live-response result or exported file: the key says which. There is no
/// other link than this one; when it dies, what the store keeps is gone on with by the next
/// download of the same key, with another link.
/// @par Errors those of `Transfer`
template <Hasher PackageHasher>
class Download {
  public:
    /// @{
    /// See `Flow`.
    using Result = result<Receipt>;

    /// `receipt` holds what is known of the tenant and the action; the flow fills in the rest.
    Download(const Context& context, PackageUri uri, const PackageKey& key, Receipt receipt)
        : links_(std::move(uri), std::move(receipt)), transfer_(context, links_, key) {}

    Action start(const Now& now) { return transfer_.start(now); }
    Action on(const Event& event, const Now& now) { return transfer_.on(event, now); }
    Result take_result() { return transfer_.take_result(); }
    /// @}

  private:
    OneLink links_;
    Transfer<PackageHasher, OneLink> transfer_;
};

} // namespace mde::inline MDE_ABI::flow

#endif
