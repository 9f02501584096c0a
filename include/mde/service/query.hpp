// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_QUERY_HPP
#define MDE_SERVICE_QUERY_HPP

/// @file
/// The query of a request target, taken apart and decoded.

#include <mde/base/ascii.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/linkage.hpp>
#include <mde/wire/link_grammar.hpp>
#include <mde/wire/percent.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// Names and values, decoded.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// The part of a target before its `?`.
constexpr std::string_view path_of(std::string_view target) noexcept {
    return target.substr(0, target.find('?'));
}

/// The parameters in their order, `+` read as a space; empty if the target is no plain one or a
/// name comes twice. No query at all is no parameters.
MDE_DECL std::optional<QueryParameters> parse_query(std::string_view target);

#if MDE_DEFINITIONS

MDE_DECL std::optional<QueryParameters> parse_query(std::string_view target) {
    if (!target.starts_with('/') || target.size() > bounds::link || !wire::is_target_text(target))
        return std::nullopt;
    QueryParameters parameters;
    const std::size_t question = target.find('?');
    if (question == std::string_view::npos || question + 1 == target.size()) return parameters;
    std::string_view rest = target.substr(question + 1);
    for (bool more = true; more;) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        more = pair.size() != rest.size();
        rest.remove_prefix(pair.size() + (more ? 1u : 0u));
        const std::string_view raw = pair.substr(0, pair.find('='));
        const std::string_view value = pair.substr((std::min)(raw.size() + 1, pair.size()));
        // Whole escapes were asked for above.
        auto name = *wire::percent_decoded(raw, wire::PlusSign::is_space);
        for (const auto& known : parameters)
            if (ascii::equal_ignoring_case(known.first, name)) return std::nullopt;
        parameters.emplace_back(std::move(name),
                                *wire::percent_decoded(value, wire::PlusSign::is_space));
    }
    return parameters;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
