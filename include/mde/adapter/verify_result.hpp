// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_VERIFY_RESULT_HPP
#define MDE_ADAPTER_VERIFY_RESULT_HPP

/// @file
/// What OpenSSL's verdict on a certificate means, for every transport that is built on OpenSSL.

#include <mde/base/error.hpp>

#include <openssl/x509_vfy.h>

namespace mde::inline MDE_ABI {

/// The error that a refused certificate stands for; `verify` is what SSL_get_verify_result(3) says.
constexpr errc errc_of_verify_result(long verify) noexcept {
    switch (verify) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return errc::certificate_expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return errc::certificate_not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return errc::certificate_wrong_host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return errc::certificate_self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return errc::certificate_unknown_issuer;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK: return errc::certificate_too_weak;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED: return errc::certificate_wrong_purpose;
    default: return errc::certificate_rejected;
    }
}

} // namespace mde::inline MDE_ABI

#endif
