// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_ENTITY_TAG_HPP
#define MDE_WIRE_ENTITY_TAG_HPP

/// @file
/// Entity tags (RFC 9110 section 8.8.3): which of them are strong enough to resume by.

#include <mde/base/bounds.hpp>
#include <mde/base/version.hpp>

#include <algorithm>
#include <string_view>

namespace mde::inline MDE_ABI::wire {

/// `field` itself if it is one strong tag of printable ASCII within the bound, else empty: a weak
/// tag, or one that could not be sent back byte for byte, proves nothing.
constexpr std::string_view strong_entity_tag(std::string_view field) noexcept {
    if (field.size() < 2 || field.size() > bounds::entity_tag) return {};
    if (field.front() != '"' || field.back() != '"') return {};
    const std::string_view inner = field.substr(1, field.size() - 2);
    const bool is_well_formed = std::all_of(inner.begin(), inner.end(),
                                            [](char c) { return c > ' ' && c <= '~' && c != '"'; });
    return is_well_formed ? field : std::string_view();
}

} // namespace mde::inline MDE_ABI::wire

#endif
