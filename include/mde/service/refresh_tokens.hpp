// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_REFRESH_TOKENS_HPP
#define MDE_SERVICE_REFRESH_TOKENS_HPP

/// @file
/// Tokens that are good for a new access token, each once.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/model/permission.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

/// What the next access token will be for.
struct RefreshGrant {
    /// Where the application is registered.
    std::string tenant;
    /// Of the application.
    std::string client_id;
    /// What the token will be for.
    std::string audience;
    /// What the token will permit.
    AnyOf granted{};
    /// When the grant ends.
    MonotonicTime expires{};
};

/// The refresh tokens of one service.
/// Distinct objects: safe. Shared objects: unsafe.
class RefreshTokens {
  public:
    /// Good from now on.
    void add(std::string token, RefreshGrant grant);

    /// Null if it is unknown, was used, is another application's or has expired.
    const RefreshGrant* find(std::string_view token, std::string_view tenant,
                             std::string_view client, MonotonicTime now) const noexcept;

    /// It is used up.
    void remove(std::string_view token);

  private:
    std::map<std::string, RefreshGrant, std::less<>> grants_;
};

#if MDE_DEFINITIONS

MDE_DECL void RefreshTokens::add(std::string token, RefreshGrant grant) {
    grants_.insert_or_assign(std::move(token), std::move(grant));
}

MDE_DECL const RefreshGrant* RefreshTokens::find(std::string_view token, std::string_view tenant,
                                                 std::string_view client,
                                                 MonotonicTime now) const noexcept {
    const auto found = grants_.find(token);
    if (found == grants_.end()) return nullptr;
    const RefreshGrant& grant = found->second;
    const bool is_owner = ascii::equal_ignoring_case(grant.tenant, tenant) &&
                          ascii::equal_ignoring_case(grant.client_id, client);
    return is_owner && now < grant.expires ? &grant : nullptr;
}

MDE_DECL void RefreshTokens::remove(std::string_view token) {
    const auto found = grants_.find(token);
    if (found != grants_.end()) grants_.erase(found);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
