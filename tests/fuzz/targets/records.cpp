// SPDX-License-Identifier: BSL-1.0
// The files that the SDK writes for itself and for others: somebody else may have changed them.
#include <mde/wire/fleet_state_codec.hpp>
#include <mde/wire/part_journal_codec.hpp>
#include <mde/wire/quota_record_codec.hpp>
#include <mde/wire/receipt_codec.hpp>

#include "fuzz/target.hpp"

#include <set>
#include <string>

namespace mde_fuzz {

using namespace mde;

void records(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    if (const auto receipt = wire::decode_receipt(text)) {
        const std::string written = wire::encode_receipt(*receipt);
        const auto again = wire::decode_receipt(written);
        require(again && *again == *receipt, "a receipt reads the same when written");
        require(written.find('\n') == std::string::npos, "a receipt is one line");
    }
    if (const auto state = wire::decode_fleet_state(text)) {
        const auto again = wire::decode_fleet_state(wire::encode_fleet_state(*state));
        require(again && *again == *state, "a state reads the same when written");
        std::set<std::string_view> machines;
        for (const FleetJob& job : state->jobs) {
            require(machines.insert(job.machine.text()).second, "a machine has one job");
            // Whatever stands there can be shown.
            static_cast<void>(job.error.message());
        }
    }
}

void journals(Bytes bytes) {
    const std::string_view text = text_of(bytes);
    if (const auto found = wire::decode_part_journal(text)) {
        const auto& [journal, marks] = *found;
        require(marks.synced <= marks.stored && marks.stored <= journal.total,
                "marks are within the file");
        const std::string written =
            wire::encode_part_journal(journal) + std::string(wire::encode_part_marks(marks).view());
        if (written.size() <= bounds::part_journal)
            require(wire::decode_part_journal(written) == found,
                    "a journal reads the same when written");
    }
    if (const auto record = wire::decode_quota_record(text)) {
        const std::string written = wire::encode_quota_record(*record);
        require(wire::decode_quota_record(written) == record,
                "a quota record reads the same when written");
        require(record->calls.size() <= text.size() / 4, "each call has its own line");
    }
}

} // namespace mde_fuzz
