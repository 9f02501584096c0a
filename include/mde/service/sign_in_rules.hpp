// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_SIGN_IN_RULES_HPP
#define MDE_SERVICE_SIGN_IN_RULES_HPP

/// @file
/// The switches of sign-in, with the documented behaviour as the default.

#include <mde/base/time.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace mde::inline MDE_ABI::service {

/// They may be changed between two requests.
struct SignInRules {
    /// Recorded for a wrong secret or assertion; the pages speak of 400.
    unsigned invalid_client_status = 401;

    // Device code. Source: "OAuth 2.0 device authorization grant".
    /// How long a code is good.
    Duration device_code_lifetime = std::chrono::minutes(15);
    /// Polls that come sooner are answered `slow_down`, and each makes it 5 s longer.
    Duration device_code_interval = std::chrono::seconds(5);
    /// The page that somebody is sent to.
    std::string verification_uri = "https://microsoft.com/devicelogin";
    /// Each code is approved by itself once it is so old; empty: only somebody approves it.
    std::optional<Duration> device_code_approved_after{};
    /// How long a refresh token is good.
    Duration refresh_token_lifetime = std::chrono::hours(24 * 90);

    /// A JSON text such as `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`: the API
    /// refuses every token that was not asked for with these claims, and challenges for them.
    /// Source: "Claims challenges, claims requests and client capabilities". Empty: it asks for
    /// none.
    std::string claims_challenge{};
    /// What the challenge names.
    std::string authorization_uri = "https://login.microsoftonline.com/common/oauth2/authorize";
};

} // namespace mde::inline MDE_ABI::service

#endif
