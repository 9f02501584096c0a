// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_TOKEN_SCOPE_HPP
#define MDE_SERVICE_TOKEN_SCOPE_HPP

/// @file
/// What a token was asked for: one resource, and which of its permissions.

#include <mde/base/linkage.hpp>
#include <mde/model/permission.hpp>
#include <mde/model/settings.hpp>
#include <mde/service/settings.hpp>
#include <mde/service/token_form.hpp>
#include <mde/service/token_refusal.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// `https://resource/.default`, or for a user also single permissions of one resource.
struct TokenScope {
    /// Which resource.
    std::string audience{};
    /// Those that were named one by one; empty with `.default`, which means all that were granted.
    AnyOf named{};
    /// Whether `.default` was asked for.
    bool names_all = false;
    /// Whether a refresh token was asked for.
    bool offline_access = false;
};

namespace detail {

MDE_DECL TokenRefusal invalid_scope(std::string_view must);

MDE_DECL Refusal check_audience(const Settings& settings, std::string_view audience);

/// For an application itself: one resource with `/.default`, or in v1 its bare name.
MDE_DECL Refusal read_application_scope(const Settings& settings, TokenEndpoint endpoint,
                                        const Form& form, TokenScope& scope);

/// One word of a user's scope. False if it is none, or of another resource than those before it.
MDE_DECL bool take_scope(std::string_view word, TokenScope& scope);

/// For a user: words separated by spaces. Source: "OAuth 2.0 device authorization grant".
MDE_DECL Refusal read_user_scope(const Settings& settings, std::string_view text,
                                 TokenScope& scope);

/// What is granted of what may be.
MDE_DECL AnyOf granted_of(const TokenScope& scope, AnyOf allowed);

#if MDE_DEFINITIONS

MDE_DECL TokenRefusal invalid_scope(std::string_view must) {
    return {400, "invalid_scope", 70011,
            "The provided value for the input parameter 'scope' is not valid. " +
                std::string(must)};
}

MDE_DECL Refusal check_audience(const Settings& settings, std::string_view audience) {
    const auto& known = settings.audiences;
    if (std::find(known.begin(), known.end(), audience) != known.end()) return std::nullopt;
    return TokenRefusal{400, "invalid_resource", 500011,
                        "The resource principal was not found in the tenant."};
}

MDE_DECL Refusal read_application_scope(const Settings& settings, TokenEndpoint endpoint,
                                        const Form& form, TokenScope& scope) {
    constexpr std::string_view suffix = "/.default";
    scope.names_all = true;
    if (endpoint == TokenEndpoint::v1) {
        scope.audience = form_value(form, "resource");
        if (scope.audience.empty()) return missing_parameter("resource");
    } else {
        const std::string_view text = form_value(form, "scope");
        if (!text.ends_with(suffix) || text.find(' ') != std::string_view::npos)
            return invalid_scope("It must be one resource with '/.default'.");
        scope.audience = text.substr(0, text.size() - suffix.size());
    }
    return check_audience(settings, scope.audience);
}

MDE_DECL bool take_scope(std::string_view word, TokenScope& scope) {
    if (word == "offline_access") return scope.offline_access = true;
    if (word == "openid" || word == "profile" || word == "email") return true;
    const std::size_t slash = word.rfind('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view audience = word.substr(0, slash);
    if (!scope.audience.empty() && scope.audience != audience) return false;
    scope.audience = audience;
    const std::string_view name = word.substr(slash + 1);
    if (name == ".default") return scope.names_all = true;
    const auto permission = find_permission(name);
    if (permission) scope.named = scope.named.with(*permission);
    return permission.has_value();
}

MDE_DECL Refusal read_user_scope(const Settings& settings, std::string_view text,
                                 TokenScope& scope) {
    if (text.empty()) return missing_parameter("scope");
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix((std::min)(word.size() + 1, text.size()));
        if (!word.empty() && !take_scope(word, scope))
            return invalid_scope("It must name permissions of one resource.");
    }
    if (scope.audience.empty()) return invalid_scope("It must name a resource.");
    return check_audience(settings, scope.audience);
}

MDE_DECL AnyOf granted_of(const TokenScope& scope, AnyOf allowed) {
    if (scope.names_all) return allowed;
    AnyOf granted;
    for (const std::string_view name : permission_names) {
        const Permission permission = *find_permission(name);
        if (scope.named.contains(permission) && allowed.contains(permission))
            granted = granted.with(permission);
    }
    return granted;
}

#endif

} // namespace detail

} // namespace mde::inline MDE_ABI::service

#endif
