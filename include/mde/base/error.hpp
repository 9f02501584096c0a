// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_BASE_ERROR_HPP
#define MDE_BASE_ERROR_HPP

/// @file
/// Everything that can go wrong, as codes that say when and conditions that say what to do.

#include <mde/base/linkage.hpp>
#include <mde/base/version.hpp>

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string>
#include <type_traits>

namespace mde::inline MDE_ABI {

/// An error of any category: this SDK's, the system's or Asio's.
using error_code = boost::system::error_code;

/// What went wrong. The text of each value (`error_code::message()`) is fixed: it never holds a
/// server's words, a token or a link. The service's own words travel in `Diagnostics`.
enum class errc {
    /// An identifier is not of a documented form.
    malformed_id = 1,
    /// An endpoint is not `https://host[:port]`.
    malformed_endpoint,
    /// A comment is empty, too long or not UTF-8.
    malformed_comment,
    /// A value bound for a request holds a character that HTTP does not carry.
    unsafe_request,
    /// A certificate, a private key or a token file cannot be read or used.
    malformed_credential,
    /// The saved state of a job is not one, or is of another tenant.
    malformed_state,

    /// A link is not an absolute https URL of RFC 3986 characters within the bound.
    malformed_link = 20,
    /// A link points to a host or port that the `LinkPolicy` does not allow.
    link_not_allowed,
    /// The time to use a link has run out.
    package_uri_expired,
    /// A link was redeemed before, or was never there.
    package_uri_spent,
    /// A link's declared start lies in the future.
    package_uri_not_yet_valid,
    /// A link was offered at a time before it was asked for.
    clock_went_back,
    /// The download host says that the link is no longer good.
    link_dead,
    /// The link to the next page of a list leads to a host that is not the API's.
    page_link_refused,

    /// An answer is not the JSON, or not the shape, that the page documents.
    malformed_answer = 40,
    /// A JSON object names a member twice.
    duplicate_member,
    /// An answer is larger than its bound.
    answer_too_large,
    /// A response head breaks HTTP or its bounds.
    malformed_head,
    /// A date or a duration in a header cannot be read.
    malformed_date,

    /// The host's name has no address.
    host_not_found = 60,
    /// No connection could be made.
    unreachable,
    /// The connection broke.
    connection_lost,
    /// A time limit of one stage ran out.
    timed_out,
    /// The overall deadline ran out, or would before the next try.
    deadline_exceeded,
    /// TLS could not be agreed on.
    tls_failed,
    /// The certificate's issuer is unknown.
    certificate_unknown_issuer,
    /// The certificate is signed by itself.
    certificate_self_signed,
    /// The certificate has expired.
    certificate_expired,
    /// The certificate is not yet valid.
    certificate_not_yet_valid,
    /// The certificate belongs to another host.
    certificate_wrong_host,
    /// The certificate was refused for another reason.
    certificate_rejected,
    /// A redirect was refused.
    redirect_refused,
    /// The proxy refused to connect.
    proxy_refused,
    /// Without TLS only the metadata service may be asked.
    cleartext_refused,
    /// The certificate, or one above it, has a key or a signature that can be forged.
    certificate_too_weak,
    /// The certificate, or one above it, is not for what it is used for.
    certificate_wrong_purpose,

    /// The token endpoint refused the credential.
    sign_in_refused = 80,
    /// What this way to sign in needs is not there; another way may do.
    credential_unavailable,
    /// Somebody said no when asked to sign in with a device code.
    sign_in_declined,
    /// Nobody signed in with the device code while it was good.
    device_code_expired,
    /// The API refused the token (401).
    unauthorized,
    /// The token lacks a permission, or the user a role (403).
    forbidden,
    /// The API refused the request (400).
    request_refused,
    /// The API knows no such thing (404).
    not_found,
    /// The API knows no such action.
    action_not_found,
    /// The action has not finished: there is no package yet.
    action_not_finished,
    /// The action is of another type than what was asked for: not a collection of an investigation
    /// package, or not a live response.
    not_a_package_action,
    /// A collection for this machine already runs.
    already_running,
    /// The API's quota is used up (429).
    throttled,
    /// The API cannot answer now (5xx).
    service_unavailable,
    /// The API gave an answer that is not documented.
    unexpected_status,
    /// A request that may have reached the service got no clear answer; look before repeating it.
    outcome_unknown,

    /// The collection failed on the machine.
    action_failed = 110,
    /// The collection timed out: the machine did not do it in time.
    action_timed_out,
    /// The collection was cancelled.
    action_cancelled,

    /// What came instead of a package is none, by status, media type or signature.
    not_a_package = 120,
    /// The package is larger than allowed.
    package_too_large,
    /// The body ended before its end.
    body_truncated,
    /// The body has another length than declared.
    length_mismatch,
    /// The zip's end record is missing or does not match what came before it.
    zip_incomplete,

    /// The store has no space left.
    store_no_space = 140,
    /// The store already holds this package.
    store_has_package,
    /// Another process is storing this package.
    store_busy,
    /// The store may not be written.
    store_denied,
    /// The store failed.
    store_failed,
};

/// What to do about it. Compare with `ec == condition::retry_later`.
enum class condition {
    /// The same call may succeed later, with nothing changed: the way there, a time limit, a quota,
    /// a 5xx, an action that still runs, a store that is full or busy.
    retry_later = 1,
    /// A new access token is needed: errc::unauthorized.
    renew_token,
    /// A new link is needed; the package itself is still there: errc::package_uri_expired,
    /// errc::package_uri_spent, errc::link_dead, errc::body_truncated.
    ask_again,
    /// Repeating the call will not help; somebody must change something.
    give_up,
};

namespace detail {

constexpr const char* text_of(errc value) noexcept {
    switch (value) {
    case errc::malformed_id: return "the identifier is not of a documented form";
    case errc::malformed_endpoint: return "the endpoint is not https://host[:port]";
    case errc::malformed_comment: return "the comment is empty, too long or not UTF-8";
    case errc::unsafe_request: return "a value holds a character that a request cannot carry";
    case errc::malformed_credential: return "the credential cannot be read or used";
    case errc::malformed_state: return "the saved state cannot be used";
    case errc::malformed_link: return "the link is not an acceptable https URL";
    case errc::link_not_allowed: return "the link's host is not on the list of allowed hosts";
    case errc::package_uri_expired: return "the link has expired";
    case errc::package_uri_spent: return "the link has been used already";
    case errc::package_uri_not_yet_valid: return "the link is not valid yet";
    case errc::clock_went_back:
        return "the clock went back behind the moment the link was asked for";
    case errc::link_dead: return "the download host no longer accepts the link";
    case errc::page_link_refused: return "the link to the next page leads to another host";
    case errc::malformed_answer: return "the answer does not have the documented form";
    case errc::duplicate_member: return "the answer names a member twice";
    case errc::answer_too_large: return "the answer is larger than allowed";
    case errc::malformed_head: return "the response head breaks HTTP or its bounds";
    case errc::malformed_date: return "a date or duration cannot be read";
    case errc::host_not_found: return "the host's name has no address";
    case errc::unreachable: return "no connection could be made";
    case errc::connection_lost: return "the connection broke";
    case errc::timed_out: return "a time limit ran out";
    case errc::deadline_exceeded: return "the deadline ran out";
    case errc::tls_failed: return "TLS could not be agreed on";
    case errc::certificate_unknown_issuer: return "the certificate's issuer is unknown";
    case errc::certificate_self_signed: return "the certificate is signed by itself";
    case errc::certificate_expired: return "the certificate has expired";
    case errc::certificate_not_yet_valid: return "the certificate is not yet valid";
    case errc::certificate_wrong_host: return "the certificate belongs to another host";
    case errc::certificate_rejected: return "the certificate was refused";
    case errc::redirect_refused: return "a redirect was refused";
    case errc::proxy_refused: return "the proxy refused to connect";
    case errc::cleartext_refused: return "without TLS only the metadata service may be asked";
    case errc::certificate_too_weak: return "the certificate's key or signature is too weak";
    case errc::certificate_wrong_purpose: return "the certificate is not for this purpose";
    case errc::sign_in_refused: return "sign-in was refused";
    case errc::credential_unavailable: return "there is no credential of this kind";
    case errc::sign_in_declined: return "sign-in was declined";
    case errc::device_code_expired: return "nobody signed in while the device code was good";
    case errc::unauthorized: return "the access token was not accepted";
    case errc::forbidden: return "a permission is missing";
    case errc::request_refused: return "the request was refused";
    case errc::not_found: return "not found";
    case errc::action_not_found: return "there is no such action";
    case errc::action_not_finished: return "the action has not finished";
    case errc::not_a_package_action: return "the action is of another type";
    case errc::already_running: return "a collection for this machine already runs";
    case errc::throttled: return "the quota is used up";
    case errc::service_unavailable: return "the service cannot answer now";
    case errc::unexpected_status: return "the answer's status is not documented";
    case errc::outcome_unknown: return "it is not known whether the request took effect";
    case errc::action_failed: return "the collection failed on the machine";
    case errc::action_timed_out: return "the machine did not finish the collection in time";
    case errc::action_cancelled: return "the collection was cancelled";
    case errc::not_a_package: return "what came is not a package";
    case errc::package_too_large: return "the package is larger than allowed";
    case errc::body_truncated: return "the body ended early";
    case errc::length_mismatch: return "the body does not have the declared length";
    case errc::zip_incomplete: return "the zip file is not complete";
    case errc::store_no_space: return "there is no space left in the store";
    case errc::store_has_package: return "the package is already stored";
    case errc::store_busy: return "another process is storing this package";
    case errc::store_denied: return "the store may not be written";
    case errc::store_failed: return "the store failed";
    }
    return "unknown error";
}

constexpr condition remedy_of(errc value) noexcept {
    switch (value) {
    case errc::host_not_found:
    case errc::unreachable:
    case errc::connection_lost:
    case errc::timed_out:
    case errc::deadline_exceeded:
    case errc::action_not_finished:
    case errc::already_running:
    case errc::throttled:
    case errc::service_unavailable:
    case errc::store_no_space:
    case errc::store_busy: return condition::retry_later;
    case errc::unauthorized: return condition::renew_token;
    case errc::package_uri_expired:
    case errc::package_uri_spent:
    case errc::link_dead:
    case errc::body_truncated: return condition::ask_again;
    default: return condition::give_up;
    }
}

class ErrorCategory final : public boost::system::error_category {
  public:
    constexpr ErrorCategory() noexcept : error_category(0x6d64655f65727263ull) {}

    const char* name() const noexcept override { return "mde"; }
    std::string message(int value) const override { return text_of(static_cast<errc>(value)); }
    const char* message(int value, char*, std::size_t) const noexcept override;
};

class ConditionCategory final : public boost::system::error_category {
  public:
    constexpr ConditionCategory() noexcept : error_category(0x6d64655f636f6e64ull) {}

    const char* name() const noexcept override { return "mde.remedy"; }
    std::string message(int value) const override;
    bool equivalent(const error_code& code, int value) const noexcept override;
};

inline constexpr ErrorCategory error_category_instance{};
inline constexpr ConditionCategory condition_category_instance{};

#if MDE_DEFINITIONS

MDE_DECL const char* ErrorCategory::message(int value, char*, std::size_t) const noexcept {
    return text_of(static_cast<errc>(value));
}

MDE_DECL std::string ConditionCategory::message(int value) const {
    switch (static_cast<condition>(value)) {
    case condition::retry_later: return "try again later";
    case condition::renew_token: return "get a new access token";
    case condition::ask_again: return "ask for a new link";
    case condition::give_up: return "change something before trying again";
    }
    return "unknown remedy";
}

#endif

} // namespace detail

/// Of every error code of this SDK. Errors of the system or of Asio keep their own categories.
MDE_DECL const boost::system::error_category& mde_category() noexcept;

/// Of the remedies.
MDE_DECL const boost::system::error_category& remedy_category() noexcept;

/// The code of `value`; found by argument-dependent lookup, so that an `errc` converts.
MDE_DECL error_code make_error_code(errc value) noexcept;

/// The condition of `value`, likewise.
MDE_DECL boost::system::error_condition make_error_condition(condition value) noexcept;

inline bool detail::ConditionCategory::equivalent(const error_code& code,
                                                  int value) const noexcept {
    return code.category() == mde_category() &&
           remedy_of(static_cast<errc>(code.value())) == static_cast<condition>(value);
}

#if MDE_DEFINITIONS

MDE_DECL const boost::system::error_category& mde_category() noexcept {
    return detail::error_category_instance;
}

MDE_DECL const boost::system::error_category& remedy_category() noexcept {
    return detail::condition_category_instance;
}

MDE_DECL error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), mde_category()};
}

MDE_DECL boost::system::error_condition make_error_condition(condition value) noexcept {
    return {static_cast<int>(value), remedy_category()};
}

#endif

} // namespace mde::inline MDE_ABI

/// @cond
template <>
struct boost::system::is_error_code_enum<mde::errc> : std::true_type {};

template <>
struct boost::system::is_error_condition_enum<mde::condition> : std::true_type {};
/// @endcond

#endif
