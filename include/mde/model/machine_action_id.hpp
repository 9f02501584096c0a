// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ACTION_ID_HPP
#define MDE_MODEL_MACHINE_ACTION_ID_HPP

/// @file
/// The identifier of a machine action.

#include <mde/model/identifier.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

namespace detail {

struct MachineActionIdForm {
    static constexpr bool documented(std::string_view text) noexcept {
        return is_guid(text) || is_hex_run(text, 40);
    }

    /// Never defined: its name is what the compiler prints.
    static void a_machine_action_id_is_a_GUID_or_40_hex_digits();

    static constexpr void check_literal(bool documented) {
        if (!documented) a_machine_action_id_is_a_GUID_or_40_hex_digits();
    }
};

} // namespace detail

/// Names one machine action. Real ids are GUIDs; the page "Get package SAS URI" shows one of 40
/// hexadecimal digits, which the service answers with 400 today. Both forms are accepted.
using MachineActionId = Identifier<detail::MachineActionIdForm>;

namespace literals {

/// `"7327b54f-d718-525c-bca0-7dacde913b5a"_machine_action`; an ill-formed one does not compile.
consteval MachineActionId operator""_machine_action(const char* text, std::size_t size) {
    return MachineActionId::literal({text, size});
}

} // namespace literals

} // namespace mde::inline MDE_ABI

#endif
