// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_LINK_SOURCE_HPP
#define MDE_FLOW_LINK_SOURCE_HPP

/// @file
/// Where a transfer gets its links: one that it was given, or new ones as long as they are needed.

#include <mde/flow/step.hpp>
#include <mde/model/package_uri.hpp>

#include <concepts>
#include <utility>

namespace mde::inline MDE_ABI::flow {

/// A flow for one link, started anew for each.
///
/// | expression | semantics |
/// | --- | --- |
/// | `links.start(now)`, `links.on(event, now)` | as those of a `Flow` |
/// | `links.take_result()` | `result<PackageUri>`, after `Finish` |
/// | `links.may_renew()` | whether there is another one where the last one came from |
/// | `links.progressed()` | the last link brought the transfer further |
/// | `links.describe(receipt)` | enters what is known of the package and of the last link |
template <class T>
concept LinkSource = requires(T& links, const T& same, const Event& event, const Now& now,
                              Receipt& receipt) {
    { links.start(now) } -> std::same_as<Action>;
    { links.on(event, now) } -> std::same_as<Action>;
    { links.take_result() } -> std::same_as<result<PackageUri>>;
    { same.may_renew() } -> std::same_as<bool>;
    links.progressed();
    links.describe(receipt);
};

/// The one link that a transfer was given.
class OneLink {
  public:
    /// @{
    /// See `LinkSource`.
    OneLink(PackageUri uri, Receipt receipt) : uri_(std::move(uri)), receipt_(std::move(receipt)) {}

    Action start(const Now&) { return action::Finish{}; }
    Action on(const Event&, const Now&) { return action::Finish{}; }
    result<PackageUri> take_result() { return std::move(uri_); }
    bool may_renew() const noexcept { return false; }
    void progressed() noexcept {}
    void describe(Receipt& receipt) { receipt = std::move(receipt_); }
    /// @}

  private:
    PackageUri uri_;
    Receipt receipt_;
};
static_assert(LinkSource<OneLink>);

} // namespace mde::inline MDE_ABI::flow

#endif
