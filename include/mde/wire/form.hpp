// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_FORM_HPP
#define MDE_WIRE_FORM_HPP

/// @file
/// `application/x-www-form-urlencoded`: the body of a token request, and the shape of a query.

#include <mde/base/secret.hpp>
#include <mde/wire/percent.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

/// Appends `name=value` to a form. The form is a `Secret`, since a client secret travels in it.
inline void append_form_field(Secret& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form.append("&");
    append_percent_encoded(form, name);
    form.append("=");
    append_percent_encoded(form, value);
}

/// The fields of a form; empty if an escape is broken or a name comes twice.
inline std::optional<std::map<std::string, std::string, std::less<>>>
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

} // namespace mde::inline MDE_ABI::wire

#endif
