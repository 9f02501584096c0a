// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_LINK_HOST_HPP
#define MDE_FLOW_LINK_HOST_HPP

/// @file
/// Whether a link that has just come may be used, and if not, which host to allow.

#include <mde/base/error.hpp>
#include <mde/base/fixed_text.hpp>
#include <mde/base/linkage.hpp>
#include <mde/flow/context.hpp>
#include <mde/model/link_kind.hpp>
#include <mde/model/package_uri.hpp>

#include <string>

namespace mde::inline MDE_ABI::flow {

/// The host, which is no secret, is named in the diagnostics: somebody may want to allow it.
/// @par Errors errc::link_not_allowed
MDE_DECL error_code check_link_host(const PackageUri& uri, LinkKind kind, const Context& context);

#if MDE_DEFINITIONS

MDE_DECL error_code check_link_host(const PackageUri& uri, LinkKind kind, const Context& context) {
    if (context.settings->links.allows(uri.host(), uri.port(), kind)) return {};
    FixedText<8> port;
    port.append_number(uri.port());
    context.diagnostics->message =
        "link host " + std::string(uri.host()) + ':' + std::string(port.view());
    return make_error_code(errc::link_not_allowed);
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
