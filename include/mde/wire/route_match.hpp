// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ROUTE_MATCH_HPP
#define MDE_WIRE_ROUTE_MATCH_HPP

/// @file
/// Whether a path is the one of a page, and what stands in its holes; see route.hpp.

#include <mde/base/ascii.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

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

/// What stands in the holes of a route with `{id}` and `{n}`.
struct NumberedMatch {
    /// In place of `{id}`.
    std::string_view segment;
    /// In place of `{n}`.
    unsigned number = 0;

    friend constexpr bool operator==(const NumberedMatch&, const NumberedMatch&) noexcept = default;
};

/// Like `match_route`; the number has 1 to 9 decimal digits.
constexpr std::optional<NumberedMatch> match_numbered_route(std::string_view route,
                                                            std::string_view path) noexcept {
    constexpr std::string_view hole = "{n}";
    const std::size_t at = route.find(hole);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view after = route.substr(at + hole.size());
    if (path.size() < after.size() ||
        !ascii::equal_ignoring_case(path.substr(path.size() - after.size()), after))
        return std::nullopt;
    path.remove_suffix(after.size());
    const std::size_t before = path.find_last_not_of("0123456789");
    if (before == std::string_view::npos) return std::nullopt;
    const std::string_view digits = path.substr(before + 1);
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    NumberedMatch match;
    for (const char digit : digits)
        match.number = match.number * 10 + static_cast<unsigned>(digit - '0');
    const auto segment = match_route(route.substr(0, at), path.substr(0, before + 1));
    if (!segment) return std::nullopt;
    match.segment = *segment;
    return match;
}

} // namespace mde::inline MDE_ABI::wire

#endif
