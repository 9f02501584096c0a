// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TOKEN_FORM_HPP
#define MDE_SERVICE_TOKEN_FORM_HPP

/// @file
/// The form of a token request, and what in it is secret.

#include <mde/base/ascii.hpp>
#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>
#include <mde/port/http_handler.hpp>
#include <mde/wire/form_fields.hpp>
#include <mde/wire/percent.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

namespace detail {

using Form = std::map<std::string, std::string, std::less<>>;

MDE_DECL std::string_view form_value(const Form& form, std::string_view name) noexcept;

MDE_DECL Form read_form(const IncomingRequest& request);

struct ClientCredential {
    std::string id;
    std::string secret;
};

/// From the form, or from HTTP Basic, whose two parts are form-encoded (RFC 6749 section 2.3.1).
MDE_DECL ClientCredential read_credential(const IncomingRequest& request, const Form& form);

/// The first secret that came with a token request, whatever the grant.
MDE_DECL std::string secret_of(const IncomingRequest& request);

#if MDE_DEFINITIONS

MDE_DECL std::string_view form_value(const Form& form, std::string_view name) noexcept {
    const auto found = form.find(name);
    return found == form.end() ? std::string_view() : std::string_view(found->second);
}

MDE_DECL Form read_form(const IncomingRequest& request) {
    if (!ascii::starts_with_ignoring_case(request.field("Content-Type"),
                                          "application/x-www-form-urlencoded"))
        return {};
    return wire::parse_form(request.body).value_or(Form());
}

MDE_DECL ClientCredential read_credential(const IncomingRequest& request, const Form& form) {
    ClientCredential credential{std::string(form_value(form, "client_id")),
                                std::string(form_value(form, "client_secret"))};
    const std::string_view field = request.field("Authorization");
    if (!ascii::starts_with_ignoring_case(field, "Basic ")) return credential;
    const auto pair = base64_decode(ascii::trimmed(field.substr(6)), Base64Alphabet::standard);
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return credential;
    const std::string_view text = *pair;
    credential.id =
        wire::percent_decoded(text.substr(0, colon), wire::PlusSign::is_space).value_or("");
    credential.secret =
        wire::percent_decoded(text.substr(colon + 1), wire::PlusSign::is_space).value_or("");
    return credential;
}

MDE_DECL std::string secret_of(const IncomingRequest& request) {
    const Form form = read_form(request);
    std::string secret = read_credential(request, form).secret;
    for (const std::string_view name : {"client_assertion", "device_code", "refresh_token"})
        if (secret.empty()) secret = form_value(form, name);
    return secret;
}

#endif

} // namespace detail

} // namespace mde::inline MDE_ABI::service

#endif
