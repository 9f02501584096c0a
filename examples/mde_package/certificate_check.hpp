// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_CERTIFICATE_CHECK_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_CERTIFICATE_CHECK_HPP

/// @file
/// The emulated service's idea of a certificate that an application was registered with.

#include <mde/service/application.hpp>

#include <string_view>

namespace mde_package {

/// Accepts what was signed with the key of the first certificate in `pem`, by PS256 or RS256.
/// @throws UsageError if there is no certificate with an RSA key
mde::service::AssertionVerifier verifier_of(std::string_view pem);

} // namespace mde_package

#endif
