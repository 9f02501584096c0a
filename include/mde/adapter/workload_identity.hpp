// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_ADAPTER_WORKLOAD_IDENTITY_HPP
#define MDE_ADAPTER_WORKLOAD_IDENTITY_HPP

/// @file
/// Signing in with the token that a cluster puts into a file for each of its workloads.

#include <mde/adapter/detail/read_file.hpp>
#include <mde/base/linkage.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/wire/token_codec.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI {

namespace detail {

/// What an editor or `echo` leaves behind a token.
MDE_DECL std::string_view without_line_end(std::string_view text) noexcept;

#if MDE_DEFINITIONS

MDE_DECL std::string_view without_line_end(std::string_view text) noexcept {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

#endif

} // namespace detail

/// The file at `path` (`AZURE_FEDERATED_TOKEN_FILE`) is read again for each try, since the cluster
/// replaces it about every hour. Source: "Microsoft Entra Workload ID"; "OAuth 2.0 client
/// credentials flow", third case.
/// @par Errors of its requests: errc::credential_unavailable, if there is no such file or
/// `Settings` lack tenant, client id or authority; errc::malformed_credential, if it holds anything
/// but one token of at most 16 KiB
MDE_DECL Grant workload_identity(std::string path);

#if MDE_DEFINITIONS

MDE_DECL Grant workload_identity(std::string path) {
    return client_assertion([path = std::move(path)](const TokenAsk&) -> result<Secret> {
        const result<Secret> text = detail::read_secret_file(path, bounds::access_token + 2);
        if (!text) return text.error();
        const std::string_view token = detail::without_line_end(text->expose());
        if (token.size() > bounds::access_token || !wire::is_token68(token))
            return make_error_code(errc::malformed_credential);
        return Secret(token);
    });
}

#endif

} // namespace mde::inline MDE_ABI

#endif
