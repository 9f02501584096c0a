// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_TENANT_ID_HPP
#define MDE_MODEL_TENANT_ID_HPP

/// @file
/// The identifier of an Entra tenant.

#include <mde/model/identifier.hpp>

#include <cstddef>
#include <string_view>

namespace mde::inline MDE_ABI {

namespace detail {

/// Dot-separated labels of letters, digits and inner dashes, at least two of them.
constexpr bool is_domain_name(std::string_view text) noexcept {
    if (text.empty() || text.size() > bounds::identifier) return false;
    bool has_dot = false;
    char before = '.';
    for (const char c : text) {
        if (c == '.' ? before == '.' || before == '-' : !ascii::is_alnum(c) && c != '-')
            return false;
        if (c == '-' && before == '.') return false;
        has_dot = has_dot || c == '.';
        before = c;
    }
    return has_dot && before != '.' && before != '-';
}

struct TenantIdForm {
    static constexpr bool documented(std::string_view text) noexcept {
        return is_guid(text) || is_domain_name(text);
    }

    /// Never defined: its name is what the compiler prints.
    static void a_tenant_id_is_a_GUID_or_a_domain_name();

    static constexpr void check_literal(bool documented) {
        if (!documented) a_tenant_id_is_a_GUID_or_a_domain_name();
    }
};

} // namespace detail

/// Names one tenant: a GUID, or a verified domain such as `contoso.onmicrosoft.com`.
using TenantId = Identifier<detail::TenantIdForm>;

namespace literals {

/// `"contoso.onmicrosoft.com"_tenant`; an ill-formed one does not compile.
consteval TenantId operator""_tenant(const char* text, std::size_t size) {
    return TenantId::literal({text, size});
}

} // namespace literals

} // namespace mde::inline MDE_ABI

#endif
