// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_SERVICE_ACTION_SPELLING_HPP
#define MDE_SERVICE_ACTION_SPELLING_HPP

/// @file
/// How an action is written where pages, years and recorded answers disagree.

#include <mde/base/time.hpp>
#include <mde/service/feature.hpp>

#include <string>

namespace mde::inline MDE_ABI::service {

/// "machineAction resource type" of two years.
enum class CancelledSpelling {
    /// `Cancelled`, as the newer page has it.
    cancelled,
    /// `Canceled`, as the older page has it.
    canceled,
};

/// Recorded answers have the long name, examples of the list call the short one.
enum class UpdateName {
    /// `lastUpdateDateTimeUtc`
    long_name,
    /// `lastUpdateTimeUtc`
    short_name,
};

/// The wire has the first, the page's table the second.
enum class ExternalIdName {
    /// `externalId`
    small_d,
    /// `externalID`
    capital_d,
};

/// Which members are left out.
enum class OmittedMembers {
    /// Nothing is left out.
    none,
    /// Those that would be null or an empty list.
    empty_ones,
    /// All but the id, the type and the status.
    all_optional,
};

/// The forms of dates in this API and its siblings.
enum class DateForm {
    /// `2024-05-01T00:00:00.1234567Z`
    zulu,
    /// `...+00:00`
    offset,
    /// `2024-05-01 00:00:00.1234567`
    spaced,
};

/// A date that is none.
enum class NoDate {
    /// `null`
    null,
    /// `0001-01-01T00:00:00Z`
    year_one,
};

/// The default is what recorded answers of 2022 to 2026 have. It is about the wire only: filters of
/// the list call go by what an action is, not by how it is written.
struct ActionSpelling {
    /// How a cancelled action's status is spelt.
    CancelledSpelling cancelled = CancelledSpelling::cancelled;
    /// How the time of the last change is called.
    UpdateName update_name = UpdateName::long_name;
    /// How the external id is called.
    ExternalIdName external_id_name = ExternalIdName::small_d;
    /// What is left out.
    OmittedMembers omitted = OmittedMembers::none;
    /// How dates are written.
    DateForm date_form = DateForm::zulu;
    /// Further digits are cut off; trailing zeros never stand.
    unsigned fraction_digits = 7;
    /// What stands for a date that there is not.
    NoDate no_date = NoDate::null;
    /// Written instead of every type: one that the client does not know.
    std::string type_text{};
    /// Written instead of the status of an action that is younger than `status_text_for`.
    std::string status_text{};
    /// From its creation on.
    Duration status_text_for = (Duration::max)();
    /// `machineId` and `computerDnsName` are null for so long, as recorded in 2022.
    Duration nameless_for{};
    /// Adds members that no page names, and `error` as in 2017.
    Feature extra_members = Feature::off;

    friend bool operator==(const ActionSpelling&, const ActionSpelling&) = default;
};

} // namespace mde::inline MDE_ABI::service

#endif
