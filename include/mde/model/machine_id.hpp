// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_MACHINE_ID_HPP
#define MDE_MODEL_MACHINE_ID_HPP

/// @file
/// The identifier of a machine (device).

#include <mde/model/identifier.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

namespace detail {

struct MachineIdForm {
    static constexpr bool documented(std::string_view text) noexcept {
        return is_hex_run(text, 40) || is_hex_run(text, 32);
    }

    /// Never defined: its name is what the compiler prints.
    static void a_machine_id_is_40_or_32_hex_digits();

    static constexpr void check_literal(bool documented) {
        if (!documented) a_machine_id_is_40_or_32_hex_digits();
    }
};

} // namespace detail

/// Names one machine. Real ids have 40 hexadecimal digits; one example of the page "Collect
/// investigation package" has 32. A host name or an Entra device id is none of these: vendors claim
/// that the service takes them, no page does, so they need `undocumented()`.
using MachineId = Identifier<detail::MachineIdForm>;

namespace literals {

/// `"00112233445566778899aabbccddeeff00112233"_machine`; an ill-formed one does not compile.
consteval MachineId operator""_machine(const char* text, std::size_t size) {
    return MachineId::literal({text, size});
}

} // namespace literals

} // namespace mde::inline MDE_ABI

#endif
