// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ROUTE_HPP
#define MDE_WIRE_ROUTE_HPP

/// @file
/// A page's path with a hole for an id, and maybe one for a number, and how it is filled; how the
/// service side matches it is in route_match.hpp.

#include <mde/base/bounds.hpp>
#include <mde/base/fixed_text.hpp>

#include <cstddef>
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

/// The same for a route that also has `{n}`, behind `{id}`.
constexpr TargetText expand_route(std::string_view route, std::string_view segment,
                                  unsigned number) noexcept {
    constexpr std::string_view hole = "{n}";
    const std::size_t at = route.find(hole);
    TargetText target = expand_route(route.substr(0, at), segment);
    if (at != std::string_view::npos) {
        target.append_number(number);
        target.append(route.substr(at + hole.size()));
    }
    return target;
}

} // namespace mde::inline MDE_ABI::wire

#endif
