// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FLEET_ERRORS_HPP
#define MDE_FLOW_FLEET_ERRORS_HPP

/// @file
/// What an error that one job met says of its next try, and of all the others.

#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>

namespace mde::inline MDE_ABI::flow {

/// True for errors that every other job would meet too: nobody can sign in, the certificate is
/// wrong, the store is full, the time is up.
MDE_DECL bool stops_fleet(const error_code& error) noexcept;

/// True for errors of one job that time, or another link, may mend.
MDE_DECL bool is_worth_another_try(const error_code& error) noexcept;

#if MDE_DEFINITIONS

MDE_DECL bool stops_fleet(const error_code& error) noexcept {
    if (error.category() != mde_category()) return true;
    switch (static_cast<errc>(error.value())) {
    case errc::deadline_exceeded:
    case errc::certificate_unknown_issuer:
    case errc::certificate_self_signed:
    case errc::certificate_expired:
    case errc::certificate_not_yet_valid:
    case errc::certificate_wrong_host:
    case errc::certificate_rejected:
    case errc::certificate_too_weak:
    case errc::certificate_wrong_purpose:
    case errc::redirect_refused:
    case errc::proxy_refused:
    case errc::cleartext_refused:
    case errc::malformed_credential:
    case errc::malformed_comment:
    case errc::sign_in_refused:
    case errc::credential_unavailable:
    case errc::sign_in_declined:
    case errc::device_code_expired:
    case errc::unauthorized:
    case errc::store_no_space:
    case errc::store_denied: return true;
    default: return false;
    }
}

MDE_DECL bool is_worth_another_try(const error_code& error) noexcept {
    if (error == errc::already_running) return false;
    return error == condition::retry_later || error == condition::ask_again ||
           error == errc::outcome_unknown || error == errc::not_found ||
           error == errc::length_mismatch || error == errc::zip_incomplete ||
           error == errc::not_a_package;
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
