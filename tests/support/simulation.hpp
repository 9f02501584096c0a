// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_SUPPORT_SIMULATION_HPP
#define MDE_TESTS_SUPPORT_SIMULATION_HPP

/// @file
/// Many flows beside each other in virtual time: requests take their time to get there and back,
/// bodies come at a speed, and nobody sleeps.

#include "support/world.hpp"

#include <mde/async/detail/drive.hpp>
#include <mde/flow/fleet.hpp>
#include <mde/wire/fleet_state_codec.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mde_test {

/// What is to happen when. Equal times keep their order.
class Agenda {
  public:
    void at(mde::MonotonicTime time, std::function<void()> what) {
        entries_.emplace(std::pair(time, ++count_), std::move(what));
    }
    bool empty() const noexcept { return entries_.empty(); }
    void clear() { entries_.clear(); }

    /// Goes to the next moment and does what is due.
    void run_one(VirtualClock& clock) {
        auto first = entries_.extract(entries_.begin());
        const mde::Duration ahead = first.key().first - clock.now().monotonic;
        if (ahead > mde::Duration::zero()) clock.advance(ahead);
        first.mapped()();
    }

  private:
    std::map<std::pair<mde::MonotonicTime, std::uint64_t>, std::function<void()>> entries_;
    std::uint64_t count_ = 0;
};

/// A clock that the transport may read but not advance: several flows share the time.
struct SharedClock {
    VirtualClock* clock;
    mde::Now now() const noexcept { return clock->now(); }
};

/// The network between the flows and the service.
struct Network {
    mde::Duration least_way = 20ms;
    mde::Duration most_way = 180ms;
    mde::Duration each_piece = 50ms;
};

/// The service, the parts of a client, and the time they share.
struct Simulation : World {
    using SharedTransport = mde::service::InProcessTransport<Emulator, SharedClock>;
    using SharedPorts = mde::Ports<SharedTransport, ServiceTokens, mde::LocalQuotas, VirtualClock,
                                   Recorder, mde::MemoryStore>;

    Agenda agenda;
    Network network;
    SharedTransport shared{emulator, SharedClock{&clock}};
    mde::flow::Jitter dice{42};

    SharedPorts shared_ports() { return {&shared, &tokens, &quotas, &clock, &recorder, &store}; }

    mde::Duration way() {
        const auto spread = static_cast<double>((network.most_way - network.least_way).count());
        return network.least_way +
               mde::Duration(static_cast<mde::Duration::rep>(spread * dice.fraction()));
    }

    void in(mde::Duration span, std::function<void()> what) {
        agenda.at(clock.now().monotonic + span, std::move(what));
    }
};

/// One flow on its way. Lives as long as something is on the agenda for it. `WorldT` is a
/// `Simulation`, or has what is asked of one here.
template <class Flow, class WorldT>
class Lane : public std::enable_shared_from_this<Lane<Flow, WorldT>> {
  public:
    using End = std::function<void(typename Flow::Result, const mde::Diagnostics&)>;

    template <class... Args>
    Lane(WorldT& world, std::uint64_t seed, End end, Args&&... args)
        : world_(world),
          bench_(world.shared_ports()),
          end_(std::move(end)),
          flow_(context(seed), std::forward<Args>(args)...) {}

    void begin() { step(flow_.start(world_.clock.now())); }

  private:
    using Exchange = typename WorldT::SharedPorts::Transport::Exchange;

    mde::flow::Context context(std::uint64_t seed) {
        mde::flow::Context context = world_.context();
        context.diagnostics = &diagnostics_;
        context.seed = seed;
        return context;
    }

    void resume(const mde::flow::Event& event) { step(flow_.on(event, world_.clock.now())); }

    void step(mde::flow::Action action) {
        for (;;) {
            if (mde::flow::is_finish(action)) return end_(flow_.take_result(), diagnostics_);
            const std::optional<mde::flow::Event> event =
                std::visit([this](const auto& what) { return this->perform(what); }, action);
            if (!event) return;
            action = flow_.on(*event, world_.clock.now());
        }
    }

    void later(mde::Duration span, std::function<void()> what) {
        world_.in(span, [self = this->shared_from_this(), what = std::move(what)] { what(); });
    }

    template <class Action>
    std::optional<mde::flow::Event> perform(const Action& action) {
        return bench_.perform(action);
    }
    std::optional<mde::flow::Event> perform(const mde::flow::action::Finish&) {
        return std::nullopt;
    }
    std::optional<mde::flow::Event> perform(const mde::flow::action::GetToken& action) {
        token_ = world_.tokens.get_token(action.query, diagnostics_).value();
        return mde::flow::event::TokenReady{&token_};
    }
    std::optional<mde::flow::Event> perform(const mde::flow::action::Wait& action) {
        bench_.notify(mde::observed::Waiting{action.reason, action.span});
        later(action.span, [this] { resume(mde::flow::event::Done{}); });
        return std::nullopt;
    }
    std::optional<mde::flow::Event> perform(const mde::flow::action::Send& action) {
        sending_ = action;
        later(world_.way(), [this] { arrive(); });
        return std::nullopt;
    }
    std::optional<mde::flow::Event> perform(const mde::flow::action::ReadBody&) {
        later(world_.network.each_piece, [this] { read_piece(); });
        return std::nullopt;
    }

    /// The request is at the service; its answer takes its own time back.
    void arrive() {
        sent_.emplace(world_.shared.send(*sending_.request));
        later(world_.way(), [this] { answer(); });
    }

    void answer() {
        if (!*sent_) return resume(mde::flow::event::Failed{sent_->error()});
        exchange_ = std::move(**sent_);
        if (sending_.body == mde::flow::action::Body::streamed)
            return resume(mde::flow::event::HeadReady{&exchange_.head()});
        std::string body;
        std::vector<std::byte> piece(8 * 1024);
        for (;;) {
            const mde::result<std::size_t> size = exchange_.read_some(piece);
            if (!size) return resume(mde::flow::event::Failed{size.error()});
            if (*size == 0) break;
            body.append(reinterpret_cast<const char*>(piece.data()), *size);
        }
        resume(mde::flow::event::AnswerReady{&exchange_.head(), body});
    }

    void read_piece() {
        const std::span<std::byte> buffer = bench_.stream_buffer();
        const mde::result<std::size_t> size = exchange_.read_some(buffer);
        if (!size) return resume(mde::flow::event::Failed{size.error()});
        resume(mde::flow::event::BodyReady{buffer.first(*size)});
    }

    WorldT& world_;
    mde::detail::Bench<typename WorldT::SharedPorts> bench_;
    End end_;
    mde::Diagnostics diagnostics_;
    mde::AccessToken token_;
    mde::flow::action::Send sending_;
    std::optional<mde::result<Exchange>> sent_;
    Exchange exchange_;
    Flow flow_;
};

/// What a fleet leaves behind of itself.
enum class Saving {
    /// The text that another process would go on from.
    text,
    /// Nothing: it is not going to be killed.
    nothing,
};

/// A fleet in a simulation; `kill` ends it as a killed process ends, `saved` is what is left.
template <class WorldT>
class SimulatedFleet {
  public:
    using Task = mde::flow::DoFleetTask<SumHasher>;

    SimulatedFleet(WorldT& world, mde::FleetState state, mde::FleetOptions options = {},
                   Saving saving = Saving::text)
        : world_(world),
          options_(options),
          saving_(saving),
          fleet_(std::in_place, std::move(state), world.settings, options, world.clock.now()) {
        save();
        world_.in({}, [this] { pump(); });
    }

    const mde::flow::Fleet& fleet() const { return *fleet_; }
    const std::string& saved() const noexcept { return saved_; }
    std::size_t saves() const noexcept { return saves_; }

    /// Runs until the end, or for so many steps of the agenda. True at the end.
    bool run(std::size_t steps = static_cast<std::size_t>(-1)) {
        for (; steps != 0 && !fleet_->ended(); --steps) {
            if (world_.agenda.empty()) return false;
            world_.agenda.run_one(world_.clock);
        }
        return fleet_->ended();
    }

    void kill() {
        world_.agenda.clear();
        fleet_.reset();
    }

  private:
    void save() {
        if (saving_ == Saving::text) saved_ = mde::wire::encode_fleet_state(fleet_->state());
        ++saves_;
    }

    /// Plans a round, saves, and only then begins it.
    void pump() {
        std::vector<mde::flow::FleetTask> round;
        while (auto task = fleet_->next(world_.clock.now())) round.push_back(std::move(*task));
        if (fleet_->take_changed()) save();
        for (mde::flow::FleetTask& task : round) begin(std::move(task));
        const auto wake = fleet_->wakes_at(world_.clock.now());
        if (!wake || (planned_ && *planned_ <= *wake)) return;
        planned_ = wake;
        world_.agenda.at(*wake, [this, alive = std::weak_ptr<const bool>(alive_)] {
            if (alive.expired()) return;
            planned_.reset();
            pump();
        });
    }

    void begin(mde::flow::FleetTask task) {
        const mde::flow::TaskKind kind = task.kind();
        const std::size_t job = task.job;
        const auto end = [this, kind, job](mde::result<mde::flow::FleetOutcome> outcome,
                                           const mde::Diagnostics& diagnostics) {
            fleet_->on_done(kind, job, std::move(outcome), diagnostics, world_.clock.now());
            pump();
        };
        const auto lane =
            std::make_shared<Lane<Task, WorldT>>(world_, ++lanes_, end, std::move(task));
        world_.in({}, [lane] { lane->begin(); });
    }

    WorldT& world_;
    mde::FleetOptions options_;
    Saving saving_;
    std::optional<mde::flow::Fleet> fleet_;
    std::optional<mde::MonotonicTime> planned_;
    std::string saved_;
    std::size_t saves_ = 0;
    std::uint64_t lanes_ = 0;
    /// What was planned for later does not happen when the fleet is gone.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

/// When requests of that kind came in at the service and were not turned away with 429.
inline std::vector<mde::MonotonicTime> admitted(const mde::service::RequestLog& log,
                                                mde::Stage stage) {
    std::vector<mde::MonotonicTime> times;
    for (const mde::service::LoggedRequest& request : log.requests(stage))
        if (request.status != 429) times.push_back(request.at.monotonic);
    return times;
}

/// The most requests in any closed window of that length.
inline std::size_t most_within(const std::vector<mde::MonotonicTime>& times, mde::Duration window) {
    std::size_t most = 0;
    std::size_t begin = 0;
    for (std::size_t end = 0; end < times.size(); ++end) {
        while (times[end] - times[begin] > window) ++begin;
        most = (std::max)(most, end - begin + 1);
    }
    return most;
}

} // namespace mde_test

#endif
