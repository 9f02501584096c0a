// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_DEVICE_CODE_HPP
#define MDE_REQUEST_DEVICE_CODE_HPP

/// @file
/// The requests of a sign-in by somebody with a browser, and of its renewal without one.

#include <mde/base/chrono.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/request/token_request.hpp>

#include <string>
#include <string_view>

namespace mde::inline MDE_ABI {

/// Whether later tokens come without asking again.
enum class OfflineAccess {
    /// The sign-in also asks for a refresh token, which is kept.
    ask,
    /// Each token asks somebody.
    none,
};

/// How to sign in as a user: somebody opens a page and enters a code (`observed::DevicePrompt`).
/// The application must be registered as a public client. Always the v2 endpoint.
/// Source: "OAuth 2.0 device authorization grant flow".
struct DeviceCode {
    /// Whether later tokens come without asking again.
    OfflineAccess offline_access = OfflineAccess::ask;
    /// For one prompt; the service's own limit (15 minutes as a rule) holds where it is less.
    Duration lifetime = std::chrono::minutes(15);
};

namespace detail {

MDE_DECL std::string delegated_scope(const Settings& settings, OfflineAccess offline_access);

MDE_DECL std::string device_target(const Settings& settings, std::string_view endpoint);

#if MDE_DEFINITIONS

MDE_DECL std::string delegated_scope(const Settings& settings, OfflineAccess offline_access) {
    const bool offline = offline_access == OfflineAccess::ask;
    return settings.audience + (offline ? "/.default offline_access" : "/.default");
}

MDE_DECL std::string device_target(const Settings& settings, std::string_view endpoint) {
    return '/' + std::string(settings.tenant.segment()) + "/oauth2/v2.0/" + std::string(endpoint);
}

#endif

} // namespace detail

/// Asks for a code. Claims belong to what somebody agrees to, so they go with this request too.
/// @par Errors see `begin_form`
MDE_DECL result<TokenRequest> device_code_request(const TokenAsk& ask, const DeviceCode& how);

/// Asks whether somebody has entered the code. @par Errors see `begin_form`
MDE_DECL result<TokenRequest> device_token_request(const TokenAsk& ask, const Secret& device_code);

/// Trades a refresh token. @par Errors see `begin_form`
MDE_DECL result<TokenRequest> refresh_token_request(const TokenAsk& ask, const DeviceCode& how,
                                                    const Secret& refresh_token);

#if MDE_DEFINITIONS

MDE_DECL result<TokenRequest> device_code_request(const TokenAsk& ask, const DeviceCode& how) {
    auto request = begin_form(*ask.settings, detail::device_target(*ask.settings, "devicecode"));
    if (!request) return request;
    request->add("scope", detail::delegated_scope(*ask.settings, how.offline_access));
    if (!ask.claims.empty()) request->add("claims", ask.claims);
    return request;
}

MDE_DECL result<TokenRequest> device_token_request(const TokenAsk& ask, const Secret& device_code) {
    auto request = begin_form(*ask.settings, detail::device_target(*ask.settings, "token"));
    if (!request) return request;
    request->add("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    if (!ask.claims.empty()) request->add("claims", ask.claims);
    request->prove("device_code", device_code.clone());
    return request;
}

MDE_DECL result<TokenRequest> refresh_token_request(const TokenAsk& ask, const DeviceCode& how,
                                                    const Secret& refresh_token) {
    auto request = begin_form(*ask.settings, detail::device_target(*ask.settings, "token"));
    if (!request) return request;
    request->add("grant_type", "refresh_token");
    request->add("scope", detail::delegated_scope(*ask.settings, how.offline_access));
    if (!ask.claims.empty()) request->add("claims", ask.claims);
    request->prove("refresh_token", refresh_token.clone());
    return request;
}

#endif

} // namespace mde::inline MDE_ABI

#endif
