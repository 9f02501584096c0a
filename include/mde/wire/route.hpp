// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ROUTE_HPP
#define MDE_WIRE_ROUTE_HPP

/// @file
/// A page's path with one hole for an id: filled by the client, matched by the service side.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/fixed_text.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// The longest path of the API with the longest id.
using TargetText = FixedText<3 * bounds::identifier + 96>;

/// `/api/machineactions/{id}/cancel` with `segment` in place of `{id}`.
constexpr TargetText expand_route(std::string_view route, std::string_view segment) noexcept {
    constexpr std::string_view hole = "{id}";
    const std::size_t at = route.find(hole);
    TargetText target(route.substr(0, at));
    if (at != std::string_view::npos) {
        target.append(segment);
        target.append(route.substr(at + hole.size()));
    }
    return target;
}

/// The segment in place of `{id}`, or an empty view for a route without one; nothing if `path` is
/// another one. Case is ignored, since the pages disagree about it (`getPackageUri`,
/// `GetPackageUri`), and so is the version in `/api/v1.0/`.
constexpr std::optional<std::string_view> match_route(std::string_view route,
                                                      std::string_view path) noexcept {
    constexpr std::string_view hole = "{id}";
    constexpr std::string_view plain = "/api/";
    constexpr std::string_view versioned = "/api/v1.0/";
    if (!ascii::starts_with_ignoring_case(route, plain)) return std::nullopt;
    if (ascii::starts_with_ignoring_case(path, versioned))
        path.remove_prefix(versioned.size());
    else if (ascii::starts_with_ignoring_case(path, plain))
        path.remove_prefix(plain.size());
    else
        return std::nullopt;
    route.remove_prefix(plain.size());

    const std::size_t at = route.find(hole);
    if (at == std::string_view::npos) {
        if (!ascii::equal_ignoring_case(route, path)) return std::nullopt;
        return std::string_view();
    }
    const std::string_view before = route.substr(0, at);
    const std::string_view after = route.substr(at + hole.size());
    if (!ascii::starts_with_ignoring_case(path, before)) return std::nullopt;
    path.remove_prefix(before.size());
    if (path.size() <= after.size()) return std::nullopt;
    const std::string_view segment = path.substr(0, path.size() - after.size());
    if (!ascii::equal_ignoring_case(path.substr(segment.size()), after)) return std::nullopt;
    if (segment.find('/') != std::string_view::npos) return std::nullopt;
    return segment;
}

} // namespace mde::inline MDE_ABI::wire

#endif
