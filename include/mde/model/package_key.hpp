// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_PACKAGE_KEY_HPP
#define MDE_MODEL_PACKAGE_KEY_HPP

/// @file
/// The name under which a package is stored: made from ids, never from what a server said.

#include <mde/base/fixed_text.hpp>
#include <mde/model/machine_action_id.hpp>

namespace mde::inline MDE_ABI {

/// One action gives one package, and its id is unique over all tenants.
struct PackageKey {
    MachineActionId action;

    /// Safe as a file name on every system: `[0-9A-Za-z%-]`.
    constexpr FixedText<3 * bounds::identifier> name() const noexcept { return action.segment(); }

    friend constexpr bool operator==(const PackageKey&, const PackageKey&) noexcept = default;
};

} // namespace mde::inline MDE_ABI

#endif
