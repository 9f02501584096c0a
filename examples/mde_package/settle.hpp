// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_MDE_PACKAGE_SETTLE_HPP
#define MDE_EXAMPLES_MDE_PACKAGE_SETTLE_HPP

/// @file
/// What is put together only after the whole command line was read: whom to talk to, as whom.

#include "options.hpp"

#include <string>
#include <vector>

namespace mde_package {

/// Texts of options, or of the variables that stand in for them; empty: not given.
struct Raw {
    std::string cloud;
    std::string endpoint;
    std::string authority;
    std::string audience;
    std::string token_endpoint;
    std::string tenant;
    std::string client_id;
    std::vector<std::string> link_hosts;
    std::string proxy;

    // Signing in.
    std::string way;
    std::string secret_variable;
    std::string secret_file;
    std::string certificate;
    std::string certificate_key;
    std::string assertion_algorithm;
    std::string federated_token_file;
    std::string metadata_endpoint;

    // Of the emulated service.
    std::string accepted_certificate;
    std::string accepted_token;
};

/// @throws UsageError
void settle(const Raw& raw, Options& options);

/// The value of an environment variable; one that is not set is empty.
std::string_view environment(const char* name);
/// @throws UsageError
mde::Secret read_secret(const Raw& raw);
/// @throws UsageError
std::string checked_client_id(const Raw& raw);
/// @throws UsageError
mde::TenantId checked_tenant(const Raw& raw);

} // namespace mde_package

#endif
