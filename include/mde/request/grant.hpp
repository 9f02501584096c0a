// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_REQUEST_GRANT_HPP
#define MDE_REQUEST_GRANT_HPP

/// @file
/// A way to sign in, and several of them in order.

#include <mde/request/device_code.hpp>
#include <mde/request/token_request.hpp>

#include <variant>
#include <vector>

namespace mde::inline MDE_ABI {

/// One way: a single request, or the dialogue with somebody at a browser. A consumer's own way is a
/// function that makes its request. A copy signs in as the original does.
using Grant = std::variant<TokenRequestMaker, DeviceCode>;

/// Ways in the order in which they are tried: one whose needs are not there
/// (errc::credential_unavailable) is passed over, any other error ends the sign-in.
using Chain = std::vector<Grant>;

} // namespace mde::inline MDE_ABI

#endif
