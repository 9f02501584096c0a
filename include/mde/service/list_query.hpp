// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_LIST_QUERY_HPP
#define MDE_SERVICE_LIST_QUERY_HPP

/// @file
/// What the list call was asked for, and the link to what did not fit.

#include <mde/base/linkage.hpp>
#include <mde/service/odata_filter.hpp>
#include <mde/service/query.hpp>
#include <mde/wire/body_framing.hpp>
#include <mde/wire/percent.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mde::inline MDE_ABI::service {

/// `$filter`, `$top` and `$skip`. Source: "List machineActions API".
struct ListQuery {
    /// The largest `$top`.
    static constexpr std::size_t most = 10'000;
    /// No `$top` was given.
    static constexpr std::size_t no_top = static_cast<std::size_t>(-1);

    /// Which actions.
    ODataFilter filter{};
    /// The same as text.
    std::string filter_text{};
    /// At most so many.
    std::size_t top = no_top;
    /// So many are left out at the front.
    std::size_t skip = 0;

    /// Empty if a value cannot be read or an option that begins with `$` is none of the three;
    /// other names are passed over.
    static std::optional<ListQuery> parse(std::string_view target);

    /// `base` is the API's own URL; `taken` actions were in this answer.
    std::string next_link(std::string_view base, std::size_t taken) const;

  private:
    bool take(std::string_view name, const std::string& value);
};

#if MDE_DEFINITIONS

MDE_DECL std::optional<ListQuery> ListQuery::parse(std::string_view target) {
    const auto parameters = parse_query(target);
    if (!parameters) return std::nullopt;
    ListQuery query;
    for (const auto& [name, value] : *parameters)
        if (name.starts_with('$') && !query.take(name, value)) return std::nullopt;
    return query;
}

MDE_DECL std::string ListQuery::next_link(std::string_view base, std::size_t taken) const {
    std::string link = std::string(base) + "/api/machineactions?$skip=";
    link.append(std::to_string(skip + taken));
    if (top != no_top) link.append("&$top=" + std::to_string(top - taken));
    if (filter_text.empty()) return link;
    link.append("&$filter=");
    wire::append_percent_encoded(link, filter_text);
    return link;
}

MDE_DECL bool ListQuery::take(std::string_view name, const std::string& value) {
    if (ascii::equal_ignoring_case(name, "$filter")) {
        const auto parsed = ODataFilter::parse(value);
        if (parsed) filter = *parsed;
        filter_text = value;
        return parsed.has_value();
    }
    const auto number = wire::parse_length(value);
    if (!number) return false;
    if (ascii::equal_ignoring_case(name, "$skip")) {
        skip = static_cast<std::size_t>(*number);
        return true;
    }
    top = static_cast<std::size_t>(*number);
    return ascii::equal_ignoring_case(name, "$top") && *number <= most;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
