// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ODATA_FILTER_HPP
#define MDE_SERVICE_ODATA_FILTER_HPP

/// @file
/// `$filter` over machine actions: as much of OData as the pages use.

#include <mde/base/ascii.hpp>
#include <mde/base/linkage.hpp>
#include <mde/model/machine_action.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/names.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mde::inline MDE_ABI::service {

/// Comparisons joined by `and`; names in any case, `startswith(name,'text')` too. Source: "OData
/// queries with Microsoft Defender for Endpoint", "List machineActions API".
class ODataFilter {
  public:
    /// Passes everything.
    ODataFilter() = default;

    /// Empty if the text is not such a filter.
    static std::optional<ODataFilter> parse(std::string_view text);

    /// Whether all comparisons hold.
    bool matches(const MachineAction& action) const;

  private:
    enum class Field {
        id,
        status,
        machine_id,
        type,
        requestor,
        created,
    };
    enum class Operator {
        equal,
        not_equal,
        greater,
        greater_or_equal,
        less,
        less_or_equal,
        starts_with,
    };
    struct Comparison {
        Field field;
        Operator op;
        std::string text;
        UtcTime date;
    };

    static std::string_view& skip_spaces(std::string_view& text) noexcept;
    static std::string_view take_word(std::string_view& text) noexcept;
    static bool take(std::string_view& text, char c) noexcept;
    /// A quote inside is written twice.
    static std::optional<std::string> take_quoted(std::string_view& text);
    static std::optional<std::string> take_literal(std::string_view& text);
    static std::optional<Field> find_field(std::string_view name) noexcept;
    static std::optional<Operator> find_operator(std::string_view name) noexcept;
    static std::optional<Comparison> parse_comparison(std::string_view& text);
    static std::optional<Comparison> parse_starts_with(std::string_view& text);
    static std::string text_of(Field field, const MachineAction& action);
    static bool holds(const Comparison& one, const MachineAction& action);
    static bool date_holds(const Comparison& one, UtcTime date) noexcept;

    std::vector<Comparison> comparisons_;
};

#if MDE_DEFINITIONS

MDE_DECL std::optional<ODataFilter> ODataFilter::parse(std::string_view text) {
    ODataFilter filter;
    for (;;) {
        auto comparison = parse_comparison(text);
        if (!comparison) return std::nullopt;
        filter.comparisons_.push_back(std::move(*comparison));
        if (skip_spaces(text).empty()) return filter;
        if (!ascii::equal_ignoring_case(take_word(text), "and")) return std::nullopt;
    }
}

MDE_DECL bool ODataFilter::matches(const MachineAction& action) const {
    return std::all_of(comparisons_.begin(), comparisons_.end(),
                       [&](const Comparison& one) { return holds(one, action); });
}

MDE_DECL std::string_view& ODataFilter::skip_spaces(std::string_view& text) noexcept {
    while (text.starts_with(' ')) text.remove_prefix(1);
    return text;
}

MDE_DECL std::string_view ODataFilter::take_word(std::string_view& text) noexcept {
    skip_spaces(text);
    const std::size_t end = (std::min)(text.find_first_of(" (),'"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

MDE_DECL bool ODataFilter::take(std::string_view& text, char c) noexcept {
    if (!skip_spaces(text).starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

MDE_DECL std::optional<std::string> ODataFilter::take_quoted(std::string_view& text) {
    if (!take(text, '\'')) return std::nullopt;
    std::string value;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\'' && !text.starts_with('\'')) return value;
        if (c == '\'') text.remove_prefix(1);
        value.push_back(c);
    }
    return std::nullopt;
}

MDE_DECL std::optional<std::string> ODataFilter::take_literal(std::string_view& text) {
    if (skip_spaces(text).starts_with('\'')) return take_quoted(text);
    const std::string_view word = take_word(text);
    if (word.empty()) return std::nullopt;
    return std::string(word);
}

MDE_DECL std::optional<ODataFilter::Field> ODataFilter::find_field(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 6> names{"id",   "status",    "machineId",
                                                    "type", "requestor", "creationDateTimeUtc"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (ascii::equal_ignoring_case(names[i], name)) return static_cast<Field>(i);
    return std::nullopt;
}

MDE_DECL std::optional<ODataFilter::Operator>
ODataFilter::find_operator(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 6> names{"eq", "ne", "gt", "ge", "lt", "le"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (ascii::equal_ignoring_case(names[i], name)) return static_cast<Operator>(i);
    return std::nullopt;
}

MDE_DECL std::optional<ODataFilter::Comparison>
ODataFilter::parse_comparison(std::string_view& text) {
    const std::string_view word = take_word(text);
    if (ascii::equal_ignoring_case(word, "startswith")) return parse_starts_with(text);
    const auto field = find_field(word);
    const auto op = find_operator(take_word(text));
    auto literal = take_literal(text);
    if (!field || !op || !literal) return std::nullopt;
    Comparison comparison{*field, *op, std::move(*literal), {}};
    const bool ordered = *op != Operator::equal && *op != Operator::not_equal;
    if (*field != Field::created) {
        if (ordered) return std::nullopt;
        return comparison;
    }
    const auto date = wire::parse_date(comparison.text);
    if (!date) return std::nullopt;
    comparison.date = *date;
    return comparison;
}

MDE_DECL std::optional<ODataFilter::Comparison>
ODataFilter::parse_starts_with(std::string_view& text) {
    if (!take(text, '(')) return std::nullopt;
    const auto field = find_field(take_word(text));
    if (!field || *field == Field::created || !take(text, ',')) return std::nullopt;
    auto value = take_quoted(text);
    if (!value || !take(text, ')')) return std::nullopt;
    return Comparison{*field, Operator::starts_with, std::move(*value), {}};
}

MDE_DECL std::string ODataFilter::text_of(Field field, const MachineAction& action) {
    switch (field) {
    case Field::id: return std::string(action.id.text());
    case Field::status: return std::string(wire::machine_action_statuses.name_of(action.status));
    case Field::type: return std::string(wire::machine_action_types.name_of(action.type));
    case Field::machine_id: return action.machine_id.value_or("");
    case Field::requestor: return action.requestor.value_or("");
    case Field::created: break;
    }
    return {};
}

MDE_DECL bool ODataFilter::holds(const Comparison& one, const MachineAction& action) {
    if (one.field == Field::created) return date_holds(one, action.created.value_or(UtcTime()));
    const std::string value = text_of(one.field, action);
    if (one.op == Operator::starts_with) return ascii::starts_with_ignoring_case(value, one.text);
    return ascii::equal_ignoring_case(value, one.text) == (one.op == Operator::equal);
}

MDE_DECL bool ODataFilter::date_holds(const Comparison& one, UtcTime date) noexcept {
    switch (one.op) {
    case Operator::equal: return date == one.date;
    case Operator::not_equal: return date != one.date;
    case Operator::greater: return date > one.date;
    case Operator::greater_or_equal: return date >= one.date;
    case Operator::less: return date < one.date;
    case Operator::less_or_equal: return date <= one.date;
    case Operator::starts_with: break;
    }
    return false;
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
