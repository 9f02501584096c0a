// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_FORM_FIELDS_HPP
#define MDE_WIRE_FORM_FIELDS_HPP

/// @file
/// A form as its receiver reads it; how one is written is in form.hpp.

#include <mde/base/linkage.hpp>
#include <mde/wire/percent.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// The fields of a form; empty if an escape is broken or a name comes twice.
MDE_DECL std::optional<std::map<std::string, std::string, std::less<>>>
parse_form(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::optional<std::map<std::string, std::string, std::less<>>>
parse_form(std::string_view text) {
    std::map<std::string, std::string, std::less<>> fields;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        auto name = percent_decoded(pair.substr(0, equals), PlusSign::is_space);
        auto value = equals == std::string_view::npos
                         ? std::optional<std::string>("")
                         : percent_decoded(pair.substr(equals + 1), PlusSign::is_space);
        if (!name || !value) return std::nullopt;
        if (!fields.emplace(std::move(*name), std::move(*value)).second) return std::nullopt;
    }
    return fields;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
