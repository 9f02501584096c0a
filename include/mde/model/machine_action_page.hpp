// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ACTION_PAGE_HPP
#define MDE_MODEL_MACHINE_ACTION_PAGE_HPP

/// @file
/// One answer of the list call: some actions, and where the rest are.

#include <mde/model/machine_action.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mde::inline MDE_ABI {

/// Source: "List machineActions API"; newest first, by inference.
struct MachineActionPage {
    /// In the order of the answer.
    std::vector<MachineAction> actions;
    /// `@odata.nextLink` as it came. It may name another host, so it is never followed as it is.
    std::optional<std::string> next_link;

    friend bool operator==(const MachineActionPage&, const MachineActionPage&) = default;
};

} // namespace mde::inline MDE_ABI

#endif
