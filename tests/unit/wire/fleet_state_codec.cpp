// SPDX-License-Identifier: BSL-1.0
#include <mde/wire/fleet_state_codec.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace mde;
using namespace mde::literals;

namespace {

const MachineId first = *MachineId::parse("00112233445566778899aabbccddeeff00112233");
const MachineId second = *MachineId::parse("ffeeddccbbaa99887766554433221100ffeeddcc");
const MachineActionId action = *MachineActionId::parse("11111111-2222-4333-8444-555555555555");
const TenantId tenant = *TenantId::parse("99999999-2222-4333-8444-555555555555");

FleetState some_state() {
    FleetState state = FleetState::of(tenant, "line\nbreak \"and\" quotes", {first, second, first});
    state.jobs[0].phase = JobPhase::ready;
    state.jobs[0].action = action;
    state.jobs[0].created = UtcTime(Ticks(17'145'504'000'000'001));
    state.jobs[1].phase = JobPhase::asking;
    state.jobs[1].asked = UtcTime(Ticks(17'145'504'000'000'000));
    state.jobs[1].failures = 2;
    state.jobs[1].error = errc::outcome_unknown;
    state.jobs[1].message = "what was said";
    return state;
}

error_code error_of(std::string_view text) {
    const auto state = wire::decode_fleet_state(text);
    return state ? error_code() : state.error();
}

} // namespace

TEST_CASE("a fleet's state survives its text in every phase") {
    CHECK(some_state().jobs.size() == 2);
    CHECK(*wire::decode_fleet_state(wire::encode_fleet_state(some_state())) == some_state());
    for (std::size_t phase = 0; phase < job_phase_names.size(); ++phase) {
        FleetState state = some_state();
        state.jobs[0].phase = static_cast<JobPhase>(phase);
        CHECK(*wire::decode_fleet_state(wire::encode_fleet_state(state)) == state);
    }
    const FleetState empty = FleetState::of(tenant, "c", {});
    CHECK(*wire::decode_fleet_state(wire::encode_fleet_state(empty)) == empty);
}

TEST_CASE("each machine has a line of its own") {
    const std::string text = wire::encode_fleet_state(some_state());
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(text.back() == '\n');
}

TEST_CASE("a state that was cut off anywhere is refused") {
    const std::string text = wire::encode_fleet_state(some_state());
    for (std::size_t size = 0; size + 1 < text.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(text.substr(0, size)) == errc::malformed_state);
    }
    CHECK_FALSE(error_of(text.substr(0, text.size() - 1)));
}

TEST_CASE("a state that contradicts itself is refused") {
    const std::string text = wire::encode_fleet_state(some_state());
    const auto with = [&](std::string_view old, std::string_view other) {
        std::string changed = text;
        changed.replace(changed.find(old), old.size(), other);
        return error_of(changed);
    };
    CHECK(with("mde-fleet-1", "mde-fleet-2") == errc::malformed_state);
    CHECK(with("\"jobs\":2", "\"jobs\":1") == errc::malformed_state);
    CHECK(with("\"jobs\":2", "\"jobs\":3") == errc::malformed_state);
    CHECK(with("\"ready\"", "\"done\"") == errc::malformed_state);
    CHECK(with("\"failures\":2", "\"failures\":-1") == errc::malformed_state);
    CHECK(with("ffeeddccbbaa99887766554433221100ffeeddcc",
               "00112233445566778899aabbccddeeff00112233") == errc::malformed_state);
    CHECK(with("11111111-2222-4333-8444-555555555555", "no id") == errc::malformed_state);
    CHECK(with("\"action\"", "\"other\"") == errc::malformed_state);
    CHECK(error_of("") == errc::malformed_state);
    CHECK(error_of(text + "{}\n") == errc::malformed_state);
}
