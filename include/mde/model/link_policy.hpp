// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_MODEL_LINK_POLICY_HPP
#define MDE_MODEL_LINK_POLICY_HPP

/// @file
/// Which hosts a link may send us to: an allow-list, checked before a socket is opened.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/result.hpp>
#include <mde/model/cloud.hpp>
#include <mde/model/endpoint.hpp>
#include <mde/model/link_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mde::inline MDE_ABI {

/// An allow-list of host and port. The service is trusted to hand out links, not to hand out any
/// link: an answer that points elsewhere is refused. Numeric hosts match only an entry that spells
/// them out. Distinct objects: safe. Shared objects: safe while none of them changes.
class LinkPolicy {
  public:
    /// Allows nothing.
    LinkPolicy() = default;

    /// Allows the link hosts of `cloud`, at port 443, each to its own kind of link.
    explicit LinkPolicy(const Cloud& cloud);

    /// Allows one more, to links of every kind: `host`, `host:port`, or `.suffix[:port]` for every
    /// name below a domain. Without a port, 443.
    /// @par Errors errc::malformed_endpoint
    result<void> allow(std::string_view host_and_port);

    /// Whether a link of that kind may lead there. Names are compared without regard to case.
    bool allows(std::string_view host, std::uint16_t port,
                LinkKind kind = LinkKind::package) const noexcept;

  private:
    enum class Kinds {
        one,
        every,
    };

    struct Entry {
        std::string host;
        std::uint16_t port;
        LinkKind kind;
        Kinds kinds;
    };

    static bool matches(std::string_view allowed, std::string_view host) noexcept;

    /// A resolver takes a host whose last label is a number for an IPv4 address in some base.
    static bool is_numeric(std::string_view host) noexcept;

    std::vector<Entry> entries_;
};

#if MDE_DEFINITIONS

MDE_DECL LinkPolicy::LinkPolicy(const Cloud& cloud) {
    entries_.push_back({std::string(cloud.package_hosts), 443, LinkKind::package, Kinds::one});
    entries_.push_back({std::string(cloud.blob_hosts), 443, LinkKind::blob, Kinds::one});
}

MDE_DECL result<void> LinkPolicy::allow(std::string_view host_and_port) {
    std::uint16_t port = 443;
    std::string_view host = host_and_port;
    if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
        const auto parsed = parse_port(host.substr(colon + 1));
        if (!parsed) return make_error_code(errc::malformed_endpoint);
        port = *parsed;
        host = host.substr(0, colon);
    }
    if (!is_plain_host(host.starts_with('.') ? host.substr(1) : host))
        return make_error_code(errc::malformed_endpoint);
    entries_.push_back({std::string(host), port, LinkKind::package, Kinds::every});
    return {};
}

MDE_DECL bool LinkPolicy::allows(std::string_view host, std::uint16_t port,
                                 LinkKind kind) const noexcept {
    for (const Entry& entry : entries_)
        if (entry.port == port && (entry.kinds == Kinds::every || entry.kind == kind) &&
            matches(entry.host, host))
            return true;
    return false;
}

MDE_DECL bool LinkPolicy::matches(std::string_view allowed, std::string_view host) noexcept {
    if (!allowed.starts_with('.')) return ascii::equal_ignoring_case(allowed, host);
    return !is_numeric(host) && host.size() > allowed.size() &&
           ascii::equal_ignoring_case(allowed, host.substr(host.size() - allowed.size()));
}

MDE_DECL bool LinkPolicy::is_numeric(std::string_view host) noexcept {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return ascii::all(last, ascii::is_digit) || ascii::starts_with_ignoring_case(last, "0x");
}

#endif

} // namespace mde::inline MDE_ABI

#endif
