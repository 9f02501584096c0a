// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_FORM_HPP
#define MDE_WIRE_FORM_HPP

/// @file
/// `application/x-www-form-urlencoded`: the body of a token request.

#include <mde/base/linkage.hpp>
#include <mde/base/secret.hpp>
#include <mde/wire/percent.hpp>

#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// Appends `name=value` to a form. The form is a `Secret`, since a client secret travels in it.
MDE_DECL void append_form_field(Secret& form, std::string_view name, std::string_view value);

#if MDE_DEFINITIONS

MDE_DECL void append_form_field(Secret& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form.append("&");
    append_percent_encoded(form, name);
    form.append("=");
    append_percent_encoded(form, value);
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
