// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_WIRE_FLEET_STATE_CODEC_HPP
#define MDE_WIRE_FLEET_STATE_CODEC_HPP

/// @file
/// The saved state of a fleet: a line of JSON about all, then one for each machine.

#include <mde/base/linkage.hpp>
#include <mde/model/fleet_state.hpp>
#include <mde/wire/calendar.hpp>
#include <mde/wire/json.hpp>

#include <boost/json/serialize.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace mde::inline MDE_ABI::wire {

namespace detail {

inline constexpr std::string_view fleet_schema = "mde-fleet-1";

MDE_DECL std::string encode_fleet_job(const FleetJob& job);

MDE_DECL std::optional<JobPhase> find_job_phase(std::string_view name) noexcept;

MDE_DECL std::optional<FleetJob> decode_fleet_job(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::string encode_fleet_job(const FleetJob& job) {
    json::object line{{"machine", std::string_view(job.machine.text())},
                      {"phase", name_of(job.phase)}};
    if (job.action) line["action"] = std::string_view(job.action->text());
    if (job.created) line["created"] = std::string_view(format_date(*job.created).view());
    if (job.asked) line["asked"] = std::string_view(format_date(*job.asked).view());
    if (job.failures != 0) line["failures"] = job.failures;
    if (job.error.category() == mde_category()) line["error"] = job.error.value();
    if (!job.message.empty()) line["message"] = job.message;
    return json::serialize(line);
}

MDE_DECL std::optional<JobPhase> find_job_phase(std::string_view name) noexcept {
    for (std::size_t i = 0; i < job_phase_names.size(); ++i)
        if (job_phase_names[i] == name) return static_cast<JobPhase>(i);
    return std::nullopt;
}

MDE_DECL std::optional<FleetJob> decode_fleet_job(std::string_view text) {
    const result<json::object> line = parse_json_object(text);
    if (!line) return std::nullopt;
    Members members(*line);
    const auto machine = MachineId::parse(members.string("machine").value_or(""));
    const auto phase = find_job_phase(members.string("phase").value_or(""));
    const std::int64_t failures = members.integer("failures").value_or(0);
    if (!machine || !phase || failures < 0 || failures > 1'000'000) return std::nullopt;
    FleetJob job{*machine, *phase};
    job.failures = static_cast<unsigned>(failures);
    if (const auto raw = members.string("action")) {
        const auto action = MachineActionId::parse(*raw);
        if (!action) return std::nullopt;
        job.action = *action;
    }
    const auto read_date = [&](std::string_view name, std::optional<UtcTime>& date) {
        const auto raw = members.string(name);
        if (!raw) return;
        if (const result<UtcTime> parsed = parse_date(*raw))
            date = *parsed;
        else
            members.reject();
    };
    read_date("created", job.created);
    read_date("asked", job.asked);
    if (const auto error = members.integer("error"))
        job.error = make_error_code(static_cast<errc>(*error));
    job.message = members.string("message").value_or("");
    const bool has_action = job.phase == JobPhase::running || job.phase == JobPhase::ready ||
                            job.phase == JobPhase::stored;
    if (!members.ok() || (has_action && !job.action)) return std::nullopt;
    return job;
}

#endif

} // namespace detail

/// Lines end in `\n`, the last one too.
MDE_DECL std::string encode_fleet_state(const FleetState& state);

/// Reads it again.
/// @par Errors errc::malformed_state: not of this form, cut off, or naming a machine twice
MDE_DECL result<FleetState> decode_fleet_state(std::string_view text);

#if MDE_DEFINITIONS

MDE_DECL std::string encode_fleet_state(const FleetState& state) {
    std::string text = json::serialize(json::object{
        {"schema", detail::fleet_schema},
        {"tenant", std::string_view(state.tenant.text())},
        {"comment", state.comment},
        {"jobs", state.jobs.size()},
    });
    for (const FleetJob& job : state.jobs) text.append("\n").append(detail::encode_fleet_job(job));
    text.push_back('\n');
    return text;
}

MDE_DECL result<FleetState> decode_fleet_state(std::string_view text) {
    const error_code malformed = make_error_code(errc::malformed_state);
    const auto next_line = [&text]() -> std::string_view {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::exchange(text, {});
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        return line;
    };
    const result<json::object> head = parse_json_object(next_line());
    if (!head) return malformed;
    Members members(*head);
    const auto tenant = TenantId::parse(members.string("tenant").value_or(""));
    const auto count = members.integer("jobs");
    if (members.string("schema") != detail::fleet_schema || !tenant || !count) return malformed;
    FleetState state{*tenant, members.string("comment").value_or(""), {}};
    if (!members.ok()) return malformed;
    std::set<std::string, std::less<>> machines;
    while (!text.empty()) {
        auto job = detail::decode_fleet_job(next_line());
        if (!job || !machines.emplace(job->machine.text()).second) return malformed;
        state.jobs.push_back(std::move(*job));
    }
    if (state.jobs.size() != static_cast<std::uint64_t>(*count)) return malformed;
    return state;
}

#endif

} // namespace mde::inline MDE_ABI::wire

#endif
