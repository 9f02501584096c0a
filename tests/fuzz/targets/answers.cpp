// SPDX-License-Identifier: BSL-1.0
// Answers about actions: what is understood is written by the service side and understood again.
#include <mde/service/respelling.hpp>
#include <mde/wire/machine_action_codec.hpp>
#include <mde/wire/odata.hpp>

#include "fuzz/target.hpp"
#include "fuzz/targets/decoded.hpp"

namespace mde_fuzz {

namespace {

using namespace mde;

constexpr std::string_view written_base = "https://api.example";

/// Each way the service has of writing an action is understood.
void respell(const MachineAction& action) {
    using namespace service;
    for (unsigned way = 0; way < 6; ++way) {
        ActionSpelling spelling;
        spelling.date_form = static_cast<DateForm>(way % 3);
        spelling.fraction_digits = way + 2;
        spelling.no_date = static_cast<NoDate>(way % 2);
        spelling.omitted = way % 2 == 0 ? OmittedMembers::none : OmittedMembers::empty_ones;
        spelling.extra_members = static_cast<Feature>(way % 2);
        const auto read = decoded<MachineAction>(respelled(
            wire::Codec<MachineAction>::encode(action, written_base), spelling, UtcTime()));
        require(read && read->id == action.id && read->commands == action.commands,
                "a respelled action is understood");
    }
}

} // namespace

void machine_actions(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    if (const auto action = decoded<MachineAction>(text)) {
        const auto again =
            decoded<MachineAction>(wire::Codec<MachineAction>::encode(*action, written_base));
        require(again && *again == *action, "an action reads the same when written");
        respell(*action);
    }
    if (const auto page = decoded<MachineActionPage>(text)) {
        const auto again =
            decoded<MachineActionPage>(wire::Codec<MachineActionPage>::encode(*page, written_base));
        require(again && again->actions == page->actions && again->next_link == page->next_link,
                "a page reads the same when written");
    }
    const wire::ServiceError error = wire::decode_service_error(text);
    require(wire::decode_service_error(wire::encode_service_error(error)) == error,
            "an error reads the same when written");
}

} // namespace mde_fuzz
