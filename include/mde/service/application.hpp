// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_APPLICATION_HPP
#define MDE_SERVICE_APPLICATION_HPP

/// @file
/// Who may sign in: an application that is registered in a tenant, and what it was granted.

#include <mde/model/permission.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// How permissions stand in the token.
enum class TokenKind {
    /// In `roles`: the application acts for itself.
    application,
    /// In `scp`: it acts for a user.
    delegated,
};

/// One registration. The secret is plain text: this is a fixture.
struct Application {
    std::string tenant;
    std::string client_id;
    std::string client_secret;
    AnyOf granted{Permission::machine_collect_forensics, Permission::machine_read_all,
                  Permission::machine_read_write_all};
    TokenKind kind = TokenKind::application;
    /// What actions name as their requestor.
    std::string name = "mde";
};

/// Whoever makes a call, as read from the token.
struct Caller {
    std::string tenant;
    std::string application;
    std::string name;
    AnyOf granted{};
    TokenKind kind = TokenKind::application;
};

/// The names of a set of permissions in the order of `permission_names`.
inline std::vector<std::string> names_of(AnyOf permissions) {
    std::vector<std::string> names;
    for (const std::string_view name : permission_names)
        if (permissions.contains(*find_permission(name))) names.emplace_back(name);
    return names;
}

inline std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text.append(separator);
        text.append(word);
    }
    return text;
}

} // namespace mde::inline MDE_ABI::service

#endif
