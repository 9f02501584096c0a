// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_FLOW_FLEET_HPP
#define MDE_FLOW_FLEET_HPP

/// @file
/// Plans a collection from many machines: what to do next, never doing anything itself.

#include <mde/base/bounds.hpp>
#include <mde/base/error.hpp>
#include <mde/base/linkage.hpp>
#include <mde/base/printable.hpp>
#include <mde/base/time.hpp>
#include <mde/flow/await_action.hpp>
#include <mde/flow/denials.hpp>
#include <mde/flow/fleet_errors.hpp>
#include <mde/flow/fleet_task.hpp>
#include <mde/flow/list_pace.hpp>
#include <mde/flow/watch.hpp>
#include <mde/model/diagnostics.hpp>
#include <mde/model/fleet_state.hpp>
#include <mde/model/settings.hpp>
#include <mde/port/observer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mde::inline MDE_ABI::flow {

/// A planner without I/O. Whoever drives it asks for tasks until there are none, saves the state if
/// it has changed, does the tasks beside each other, says what came of each, and asks again at
/// `wakes_at()`. A state that is saved before the tasks of a round begin loses nothing if the
/// process ends at any point.
///
/// Packages are fetched before new collections are asked for, since links are what the quota is
/// short of; all running actions are watched by one list call. Distinct objects: safe. Shared
/// objects: unsafe.
class Fleet {
  public:
    /// `settings` outlive the planner.
    Fleet(FleetState state, const Settings& settings, const FleetOptions& options, const Now& now);

    /// The next thing to do now, which counts as begun with this.
    std::optional<FleetTask> next(const Now& now);

    /// When `next`, that has nothing now, may have something before a task has ended; nothing if
    /// never.
    std::optional<MonotonicTime> wakes_at(const Now& now) const noexcept;

    /// The end of a task. `diagnostics` are those of its flow.
    void on_done(TaskKind kind, std::size_t job, result<FleetOutcome> outcome,
                 const Diagnostics& diagnostics, const Now& now);

    /// Begins nothing more; what is under way is to be brought to its end.
    void stop(const error_code& reason) noexcept;

    /// Nothing is under way and nothing will be.
    bool ended() const noexcept;

    /// Why it stopped early, if it did.
    error_code error() const noexcept { return stopped_; }
    /// As of now; to be saved before the tasks of a round begin.
    const FleetState& state() const noexcept { return state_; }
    /// True once after each change of the state.
    bool take_changed() noexcept { return std::exchange(changed_, false); }

    /// For the observer.
    observed::Fleet counts() const noexcept;

  private:
    /// What is known of a job in this process only.
    struct Live {
        bool busy = false;
        /// The list does not show the action: look at it by itself.
        bool missed = false;
        MonotonicTime not_before{};
        std::optional<Watch> watch{};
        Denials denials{};
    };

    bool is_open(std::size_t i) const noexcept;

    std::size_t& in_flight(TaskKind kind) noexcept;

    /// The first job that `wanted` says and that is free to go on.
    template <class Wanted>
    std::optional<std::size_t> find_idle(const Now& now, Wanted wanted) const {
        for (std::size_t i = 0; i < live_.size(); ++i)
            if (!live_[i].busy && live_[i].not_before <= now.monotonic && wanted(i)) return i;
        return std::nullopt;
    }

    template <class Work>
    FleetTask begin(std::size_t job, Work work) {
        FleetTask task{std::move(work), job};
        ++in_flight(task.kind());
        live_[job].busy = true;
        live_[job].not_before = {};
        return task;
    }

    std::optional<FleetTask> next_fetch(const Now& now);
    std::optional<FleetTask> next_look();
    std::optional<FleetTask> next_collection(const Now& now);
    std::optional<FleetTask> next_list(const Now& now);

    /// Nothing if it is not known of one: then the list is read from its beginning.
    std::optional<UtcTime> oldest_running() const;

    Watch fresh_watch() const noexcept;

    /// Something runs, and nobody looks yet.
    void plan_list(const Now& now) noexcept;

    void on_listed(result<FleetOutcome> outcome, const Diagnostics& diagnostics, const Now& now);

    /// True if the list moved a job on.
    bool apply(std::vector<MachineAction> list, const Now& now);

    void on_action(std::size_t i, const MachineAction& action, const Now& now);
    void settle(std::size_t i, JobPhase phase);
    void fail(std::size_t i, const error_code& error, const Diagnostics& diagnostics);
    void describe(FleetJob& job, const error_code& error, const Diagnostics& diagnostics);

    void on_failed(TaskKind kind, std::size_t i, const error_code& error,
                   const Diagnostics& diagnostics, const Now& now);

    /// True if the service answered the request for a collection and said what became of it. What
    /// failed on the way there, a token or a look at the list, says nothing of an earlier attempt.
    static bool is_settled(const error_code& error, const Diagnostics& diagnostics) noexcept;

    void forget_attempt(FleetJob& job);
    Duration pause_after(const FleetJob& job, const Diagnostics& diagnostics) const noexcept;

    FleetState state_;
    const Settings* settings_;
    FleetOptions options_;
    std::vector<Live> live_;
    std::array<std::size_t, 4> in_flight_{};
    bool listing_ = false;
    unsigned list_failures_ = 0;
    ListPace pace_;
    MonotonicTime next_list_ = no_deadline;
    error_code stopped_;
    bool changed_ = false;
};

#if MDE_DEFINITIONS

MDE_DECL Fleet::Fleet(FleetState state, const Settings& settings, const FleetOptions& options,
                      const Now& now)
    : state_(std::move(state)), settings_(&settings), options_(options), pace_(settings.poll) {
    for (FleetJob& job : state_.jobs) {
        Live live;
        if (job.phase == JobPhase::running) live.watch.emplace(fresh_watch());
        live_.push_back(live);
    }
    plan_list(now);
}

MDE_DECL std::optional<FleetTask> Fleet::next(const Now& now) {
    if (stopped_) return std::nullopt;
    if (auto task = next_fetch(now)) return task;
    if (auto task = next_look()) return task;
    if (auto task = next_collection(now)) return task;
    return next_list(now);
}

MDE_DECL std::optional<MonotonicTime> Fleet::wakes_at(const Now& now) const noexcept {
    if (stopped_) return std::nullopt;
    MonotonicTime wake = listing_ ? no_deadline : next_list_;
    for (std::size_t i = 0; i < live_.size(); ++i)
        if (!live_[i].busy && live_[i].not_before > now.monotonic && is_open(i))
            wake = (std::min)(wake, live_[i].not_before);
    return wake == no_deadline ? std::nullopt : std::optional(wake);
}

MDE_DECL void Fleet::on_done(TaskKind kind, std::size_t job, result<FleetOutcome> outcome,
                             const Diagnostics& diagnostics, const Now& now) {
    --in_flight_[static_cast<std::size_t>(kind)];
    if (kind == TaskKind::list) return on_listed(std::move(outcome), diagnostics, now);
    live_[job].busy = false;
    if (!outcome) return on_failed(kind, job, outcome.error(), diagnostics, now);
    if (std::holds_alternative<Receipt>(*outcome)) return settle(job, JobPhase::stored);
    on_action(job, std::get<MachineAction>(*outcome), now);
    plan_list(now);
}

MDE_DECL void Fleet::stop(const error_code& reason) noexcept {
    if (!stopped_) stopped_ = reason;
}

MDE_DECL bool Fleet::ended() const noexcept {
    for (const std::size_t count : in_flight_)
        if (count != 0) return false;
    return stopped_ ||
           state_.count(JobPhase::stored) + state_.count(JobPhase::failed) == state_.jobs.size();
}

MDE_DECL observed::Fleet Fleet::counts() const noexcept {
    return {state_.count(JobPhase::waiting) + state_.count(JobPhase::asking),
            state_.count(JobPhase::running), state_.count(JobPhase::ready),
            state_.count(JobPhase::stored), state_.count(JobPhase::failed)};
}

MDE_DECL bool Fleet::is_open(std::size_t i) const noexcept {
    const JobPhase phase = state_.jobs[i].phase;
    return phase != JobPhase::stored && phase != JobPhase::failed;
}

MDE_DECL std::size_t& Fleet::in_flight(TaskKind kind) noexcept {
    return in_flight_[static_cast<std::size_t>(kind)];
}

MDE_DECL std::optional<FleetTask> Fleet::next_fetch(const Now& now) {
    if (in_flight(TaskKind::fetch) >= options_.downloads) return std::nullopt;
    const auto job =
        find_idle(now, [this](std::size_t i) { return state_.jobs[i].phase == JobPhase::ready; });
    if (!job) return std::nullopt;
    return begin(*job, task::Fetch{*state_.jobs[*job].action});
}

MDE_DECL std::optional<FleetTask> Fleet::next_look() {
    for (std::size_t i = 0; i < live_.size(); ++i) {
        if (live_[i].busy || !std::exchange(live_[i].missed, false)) continue;
        return begin(i, task::Look{*state_.jobs[i].action});
    }
    return std::nullopt;
}

MDE_DECL std::optional<FleetTask> Fleet::next_collection(const Now& now) {
    if (in_flight(TaskKind::collect) >= options_.collections) return std::nullopt;
    const auto found = find_idle(now, [this](std::size_t i) {
        return state_.jobs[i].phase == JobPhase::waiting ||
               state_.jobs[i].phase == JobPhase::asking;
    });
    if (!found) return std::nullopt;
    FleetJob& job = state_.jobs[*found];
    std::optional<EarlierAttempt> earlier;
    if (job.asked) earlier = EarlierAttempt{*job.asked};
    if (!job.asked) job.asked = now.utc;
    job.phase = JobPhase::asking;
    changed_ = true;
    return begin(*found, task::Collect{{job.machine, state_.comment}, earlier});
}

MDE_DECL std::optional<FleetTask> Fleet::next_list(const Now& now) {
    if (listing_ || now.monotonic < next_list_) return std::nullopt;
    listing_ = true;
    ++in_flight(TaskKind::list);
    ListMachineActions request;
    request.type = MachineActionType::collect_investigation_package;
    request.created_since = oldest_running();
    return FleetTask{task::List{request}, 0};
}

MDE_DECL std::optional<UtcTime> Fleet::oldest_running() const {
    std::optional<UtcTime> oldest;
    for (const FleetJob& job : state_.jobs) {
        if (job.phase != JobPhase::running) continue;
        if (!job.created) return std::nullopt;
        oldest = oldest ? (std::min)(*oldest, *job.created) : *job.created;
    }
    return oldest;
}

MDE_DECL Watch Fleet::fresh_watch() const noexcept { return Watch(settings_->poll, no_deadline); }

MDE_DECL void Fleet::plan_list(const Now& now) noexcept {
    const bool runs = state_.count(JobPhase::running) != 0;
    if (!runs) next_list_ = no_deadline;
    if (!runs || listing_ || next_list_ != no_deadline) return;
    next_list_ = saturating_add(now.monotonic, pace_.first());
}

MDE_DECL void Fleet::on_listed(result<FleetOutcome> outcome, const Diagnostics& diagnostics,
                               const Now& now) {
    listing_ = false;
    std::size_t size = 0;
    bool moved = false;
    if (outcome) {
        list_failures_ = 0;
        auto& list = std::get<std::vector<MachineAction>>(*outcome);
        size = list.size();
        moved = apply(std::move(list), now);
    } else if (stops_fleet(outcome.error()) || ++list_failures_ >= 3 * options_.tries) {
        stop(outcome.error());
    }
    const Duration asked = outcome ? Duration() : diagnostics.retry_after.value_or(Duration());
    next_list_ = saturating_add(now.monotonic, (std::max)(pace_.after(size, moved), asked));
    plan_list(now);
}

MDE_DECL bool Fleet::apply(std::vector<MachineAction> list, const Now& now) {
    const auto by_id = [](const MachineAction& a, const MachineAction& b) {
        return a.id.text() < b.id.text();
    };
    std::sort(list.begin(), list.end(), by_id);
    bool moved = false;
    for (std::size_t i = 0; i < live_.size(); ++i) {
        if (live_[i].busy || state_.jobs[i].phase != JobPhase::running) continue;
        MachineAction wanted;
        wanted.id = *state_.jobs[i].action;
        const auto found = std::lower_bound(list.begin(), list.end(), wanted, by_id);
        if (found != list.end() && found->id == wanted.id)
            on_action(i, *found, now);
        else
            live_[i].missed = true;
        moved = moved || state_.jobs[i].phase != JobPhase::running;
    }
    return moved;
}

MDE_DECL void Fleet::on_action(std::size_t i, const MachineAction& action, const Now& now) {
    FleetJob& job = state_.jobs[i];
    if (job.action != action.id) changed_ = true;
    job.action = action.id;
    job.asked.reset();
    if (action.created) job.created = action.created;
    if (!live_[i].watch) live_[i].watch.emplace(fresh_watch());
    const Verdict verdict = live_[i].watch->on_status(action.status, now.monotonic);
    switch (verdict.kind) {
    case Verdict::Kind::succeeded: return settle(i, JobPhase::ready);
    case Verdict::Kind::ended: {
        Diagnostics words;
        describe_ending(action, words);
        return fail(i, make_error_code(verdict.error), words);
    }
    default: break;
    }
    if (job.phase != JobPhase::running) settle(i, JobPhase::running);
}

MDE_DECL void Fleet::settle(std::size_t i, JobPhase phase) {
    FleetJob& job = state_.jobs[i];
    job.phase = phase;
    job.failures = 0;
    job.error = {};
    job.message.clear();
    changed_ = true;
}

MDE_DECL void Fleet::fail(std::size_t i, const error_code& error, const Diagnostics& diagnostics) {
    FleetJob& job = state_.jobs[i];
    job.phase = JobPhase::failed;
    describe(job, error, diagnostics);
}

MDE_DECL void Fleet::describe(FleetJob& job, const error_code& error,
                              const Diagnostics& diagnostics) {
    job.error = error;
    job.message = printable_message(error.message(), bounds::shown_word);
    for (const std::string* word : {&diagnostics.code, &diagnostics.message})
        if (!word->empty()) job.message.append(": ").append(*word);
    changed_ = true;
}

MDE_DECL void Fleet::on_failed(TaskKind kind, std::size_t i, const error_code& error,
                               const Diagnostics& diagnostics, const Now& now) {
    FleetJob& job = state_.jobs[i];
    if (kind == TaskKind::fetch && error == errc::store_has_package)
        return settle(i, JobPhase::stored);
    if (kind == TaskKind::collect && is_settled(error, diagnostics)) forget_attempt(job);
    if (stops_fleet(error)) {
        describe(job, error, diagnostics);
        return stop(error);
    }
    if (kind == TaskKind::look && error == errc::not_found) {
        const Verdict verdict = live_[i].watch->on_not_found(now.monotonic);
        if (verdict.kind == Verdict::Kind::ended)
            fail(i, make_error_code(verdict.error), diagnostics);
        return plan_list(now);
    }
    if (kind == TaskKind::fetch && !denies_the_end(error)) {
        live_[i].denials = {};
    } else if (kind == TaskKind::fetch && !live_[i].denials.add(now.monotonic, options_.tries,
                                                                settings_->poll.unknown_grace)) {
        settle(i, JobPhase::running);
        live_[i].watch.emplace(fresh_watch());
        return plan_list(now);
    }
    // The list will show it.
    if (kind == TaskKind::look && is_worth_another_try(error)) return plan_list(now);
    if (!is_worth_another_try(error) || ++job.failures >= options_.tries)
        return fail(i, error, diagnostics);
    describe(job, error, diagnostics);
    live_[i].not_before = saturating_add(now.monotonic, pause_after(job, diagnostics));
}

MDE_DECL bool Fleet::is_settled(const error_code& error, const Diagnostics& diagnostics) noexcept {
    return diagnostics.stage == Stage::collect && error != errc::outcome_unknown &&
           !stops_fleet(error);
}

MDE_DECL void Fleet::forget_attempt(FleetJob& job) {
    job.asked.reset();
    job.phase = JobPhase::waiting;
    changed_ = true;
}

MDE_DECL Duration Fleet::pause_after(const FleetJob& job,
                                     const Diagnostics& diagnostics) const noexcept {
    Duration pause = settings_->retry.first;
    for (unsigned n = 1; n < job.failures && pause < settings_->retry.most; ++n) pause *= 2;
    return (std::max)((std::min)(pause, settings_->retry.most),
                      diagnostics.retry_after.value_or(Duration::zero()));
}

#endif

} // namespace mde::inline MDE_ABI::flow

#endif
