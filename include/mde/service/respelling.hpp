// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_RESPELLING_HPP
#define MDE_SERVICE_RESPELLING_HPP

/// @file
/// An answer about actions in another spelling.

#include <mde/base/linkage.hpp>
#include <mde/base/time.hpp>
#include <mde/service/action_spelling.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::service {

namespace detail {

MDE_DECL bool is_date(std::string_view name) noexcept;

MDE_DECL wire::json::value respelled_date(const wire::json::value& value,
                                          const ActionSpelling& spelling);

MDE_DECL std::string_view respelled_name(std::string_view name,
                                         const ActionSpelling& spelling) noexcept;

MDE_DECL wire::json::value respelled_value(std::string_view name, const wire::json::value& value,
                                           const ActionSpelling& spelling, Duration age);

MDE_DECL bool is_left_out(std::string_view name, const wire::json::value& value,
                          OmittedMembers omitted) noexcept;

MDE_DECL Duration age_of(const wire::json::object& action, UtcTime now);

MDE_DECL wire::json::object respelled_action(const wire::json::object& action,
                                             const ActionSpelling& spelling, UtcTime now);

#if MDE_DEFINITIONS

MDE_DECL bool is_date(std::string_view name) noexcept {
    return name == "creationDateTimeUtc" || name == "lastUpdateDateTimeUtc" ||
           name == "cancellationDateTimeUtc";
}

MDE_DECL wire::json::value respelled_date(const wire::json::value& value,
                                          const ActionSpelling& spelling) {
    if (!value.is_string()) {
        if (spelling.no_date == NoDate::null) return value;
        return wire::json::string("0001-01-01T00:00:00Z");
    }
    // `2024-05-01T00:00:00`, then perhaps a fraction, then `Z`.
    constexpr std::size_t whole = 19;
    std::string text(value.get_string());
    text.pop_back();
    if (text.size() > whole + 1 + spelling.fraction_digits)
        text.resize(whole + 1 + spelling.fraction_digits);
    while (text.size() > whole && (text.ends_with('0') || text.ends_with('.'))) text.pop_back();
    if (spelling.date_form == DateForm::spaced) text[10] = ' ';
    if (spelling.date_form == DateForm::zulu) text.append("Z");
    if (spelling.date_form == DateForm::offset) text.append("+00:00");
    return wire::json::string(text);
}

MDE_DECL std::string_view respelled_name(std::string_view name,
                                         const ActionSpelling& spelling) noexcept {
    if (name == "lastUpdateDateTimeUtc" && spelling.update_name == UpdateName::short_name)
        return "lastUpdateTimeUtc";
    if (name == "externalId" && spelling.external_id_name == ExternalIdName::capital_d)
        return "externalID";
    return name;
}

MDE_DECL wire::json::value respelled_value(std::string_view name, const wire::json::value& value,
                                           const ActionSpelling& spelling, Duration age) {
    if (is_date(name)) return respelled_date(value, spelling);
    if (name == "type" && !spelling.type_text.empty())
        return wire::json::string(spelling.type_text);
    if (name == "machineId" || name == "computerDnsName")
        return age < spelling.nameless_for ? wire::json::value(nullptr) : value;
    if (name != "status") return value;
    if (!spelling.status_text.empty() && age < spelling.status_text_for)
        return wire::json::string(spelling.status_text);
    const bool other = value == "Cancelled" && spelling.cancelled == CancelledSpelling::canceled;
    return other ? wire::json::value("Canceled") : value;
}

MDE_DECL bool is_left_out(std::string_view name, const wire::json::value& value,
                          OmittedMembers omitted) noexcept {
    if (omitted == OmittedMembers::none || name == "@odata.context" || name == "id" ||
        name == "type" || name == "status")
        return false;
    const bool empty = value.is_null() || (value.is_array() && value.get_array().empty());
    return omitted == OmittedMembers::all_optional || empty;
}

MDE_DECL Duration age_of(const wire::json::object& action, UtcTime now) {
    const auto created = wire::Members(action).string("creationDateTimeUtc");
    const auto date = wire::parse_date(created.value_or(""));
    return date ? saturating_span(now, *date) : Duration::zero();
}

MDE_DECL wire::json::object respelled_action(const wire::json::object& action,
                                             const ActionSpelling& spelling, UtcTime now) {
    const Duration age = age_of(action, now);
    wire::json::object out;
    for (const auto& member : action) {
        wire::json::value value = respelled_value(member.key(), member.value(), spelling, age);
        if (is_left_out(member.key(), value, spelling.omitted)) continue;
        out.emplace(respelled_name(member.key(), spelling), std::move(value));
    }
    if (spelling.extra_members == Feature::on) {
        out["error"] = "None";
        out["memberOfTomorrow"] = {{"value", 1}, {"values", wire::json::array{nullptr, "text"}}};
    }
    return out;
}

#endif

} // namespace detail

/// `body` is an action, or a list of them under `value`, as `wire` wrote it.
MDE_DECL std::string respelled(std::string body, const ActionSpelling& spelling, UtcTime now);

#if MDE_DEFINITIONS

MDE_DECL std::string respelled(std::string body, const ActionSpelling& spelling, UtcTime now) {
    if (spelling == ActionSpelling()) return body;
    wire::json::object document = boost::json::parse(body).as_object();
    wire::json::value* list = document.if_contains("value");
    if (list == nullptr)
        return wire::json::serialize(detail::respelled_action(document, spelling, now));
    for (wire::json::value& action : list->as_array())
        action = detail::respelled_action(action.as_object(), spelling, now);
    return wire::json::serialize(document);
}

#endif

} // namespace mde::inline MDE_ABI::service

#endif
