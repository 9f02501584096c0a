// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_CLAIMS_REQUEST_HPP
#define MDE_SERVICE_CLAIMS_REQUEST_HPP

/// @file
/// The `claims` of a token request, and whether they are the ones that a challenge demands.

#include <mde/base/base64.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/json.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// True if everything that `demanded` says of the access token was asked for in `asked`. Both are
/// JSON; a client may have asked for more.
MDE_DECL bool satisfies_claims(std::string_view asked, std::string_view demanded);

#if MDE_DEFINITIONS

MDE_DECL bool satisfies_claims(std::string_view asked, std::string_view demanded) {
    const auto wanted = wire::parse_json_object(demanded);
    const auto given = wire::parse_json_object(asked);
    if (!wanted || !given) return asked == demanded;
    wire::Members wanted_members(*wanted);
    wire::Members given_members(*given);
    const wire::json::object* inner = wanted_members.object("access_token");
    const wire::json::object* has = given_members.object("access_token");
    if (inner == nullptr || has == nullptr) return inner == nullptr;
    for (const auto& member : *inner) {
        const wire::json::value* value = has->if_contains(member.key());
        if (value == nullptr || *value != member.value()) return false;
    }
    return true;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
