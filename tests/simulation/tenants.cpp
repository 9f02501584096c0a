// SPDX-License-Identifier: BSL-1.0
// A day of many tenants: how near to the quotas one process comes, and what it needs for that.
//
// Here it is the first minutes of such a day. MDE_SIMULATED_TENANTS=10000 in the environment asks
// for all of it: 10,000 tenants with a hundred machines each, about 350 of them at a time. The
// target mde_day is this file with optimisation.
#include "support/simulation.hpp"

#include <mde/service/package_source.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::size_t machines_of_tenant = 100;
/// Ten thousand in the course of a day.
constexpr Duration between_tenants = 8640ms;

/// Keeps of a package that it was stored, and whether it was stored before.
class CountingStore {
  public:
    struct Writer {
        CountingStore* store = nullptr;
        std::string name{};

        error_code begin(const PackagePart&) { return {}; }
        error_code write(std::uint64_t, std::span<const std::byte>) { return {}; }
        error_code commit(const Receipt&) {
            store->names_.push_back(std::move(name));
            store->latest_ = store->clock_.now().monotonic;
            return {};
        }
        void abort() noexcept {}
    };
    explicit CountingStore(VirtualClock clock) : clock_(std::move(clock)) {}

    result<Writer> open(const PackageKey& key) {
        return Writer{this, std::string(key.name().view())};
    }

    std::size_t stored() const noexcept { return names_.size(); }
    MonotonicTime latest() const noexcept { return latest_; }
    bool has_stored_twice() {
        std::sort(names_.begin(), names_.end());
        return std::adjacent_find(names_.begin(), names_.end()) != names_.end();
    }

  private:
    VirtualClock clock_;
    std::vector<std::string> names_;
    MonotonicTime latest_{};
};
static_assert(PackageStore<CountingStore>);

/// What all tenants share.
struct Day {
    VirtualClock clock;
    Agenda agenda;
    LocalQuotas quotas;
    flow::Jitter dice{4711};
    std::string package = service::sample_package(MachineActionId());
};

/// One tenant with a service of its own; clock, agenda and quotas are those of all.
struct TenantWorld {
    using SharedTransport = service::InProcessTransport<World::Emulator, SharedClock>;
    using SharedPorts =
        Ports<SharedTransport, ServiceTokens, LocalQuotas, VirtualClock, NoObserver, CountingStore>;

    TenantWorld(Day& day_, std::size_t number)
        : day(day_),
          agenda(day_.agenda),
          clock(day_.clock),
          settings(Settings::for_cloud(*find_cloud("commercial"), tenant(number), "app-1")) {
        service::Application application = World::application();
        application.tenant = settings.tenant.text();
        emulator.add(application);
        emulator.settings().seed = number;
        emulator.settings().token_lifetime = std::chrono::hours(24);
        // Short, so that it is the links that the day is spent on.
        emulator.settings().schedule = {1s, 4s, MachineActionStatus::succeeded, 0};
        emulator.packages().put_for_all(day.package);
        tokens.current = tokens.renewed = emulator.make_token(application, clock.now());
    }

    static TenantId tenant(std::size_t number) {
        return *TenantId::parse("tenant-" + std::to_string(number) + ".example");
    }

    SharedPorts shared_ports() {
        return {&shared, &tokens, &day.quotas, &clock, &recorder, &store};
    }
    flow::Context context() {
        flow::Context context;
        context.settings = &settings;
        return context;
    }
    Duration way() {
        const auto spread = static_cast<double>((network.most_way - network.least_way).count());
        return network.least_way +
               Duration(static_cast<Duration::rep>(spread * day.dice.fraction()));
    }
    void in(Duration span, std::function<void()> what) {
        agenda.at(clock.now().monotonic + span, std::move(what));
    }

    Day& day;
    Agenda& agenda;
    VirtualClock clock;
    Network network{};
    World::Emulator emulator{service::exemplar::WeakSigner()};
    SharedTransport shared{emulator, SharedClock{&clock}};
    ServiceTokens tokens{};
    NoObserver recorder{};
    CountingStore store{clock};
    Settings settings;
};

/// What came of all tenants that have ended.
struct Tally {
    std::size_t packages = 0;
    std::size_t links = 0;
    std::size_t throttled = 0;
    std::size_t breaches = 0;
    std::size_t wrong = 0;
    Duration possible{};
    Duration taken{};

    /// Two links a minute: the last pair can leave after all pairs before it have had theirs.
    void add(TenantWorld& world, const FleetState& state, Duration time) {
        const service::RequestLog& log = world.emulator.log();
        const auto own = admitted(log, Stage::get_link);
        packages += world.store.stored();
        links += own.size();
        for (const Stage stage :
             {Stage::get_link, Stage::collect, Stage::get_action, Stage::list_actions})
            throttled += log.count(stage, 429);
        const bool is_within = most_within(own, 60s) <= 2 && most_within(own, 3600s) <= 120 &&
                               most_within(admitted(log, Stage::collect), 60s) <= 100 &&
                               most_within(admitted(log, Stage::list_actions), 60s) <= 100;
        breaches += is_within ? 0u : 1u;
        const bool is_right = state.count(JobPhase::stored) == machines_of_tenant &&
                              world.store.stored() == machines_of_tenant &&
                              !world.store.has_stored_twice() &&
                              log.count(Stage::collect) == machines_of_tenant;
        wrong += is_right ? 0u : 1u;
        possible += 60s * ((static_cast<int>(own.size()) - 1) / 2);
        taken += time;
    }

    double part_of_possible() const noexcept {
        return static_cast<double>(possible.count()) / static_cast<double>(taken.count());
    }
};

/// A tenant from its beginning to its end.
class TenantRun {
  public:
    TenantRun(Day& day, std::size_t number) : world_(day, number), begun_(day.clock.now()) {
        std::vector<MachineId> machines;
        for (std::size_t i = 0; i < machines_of_tenant; ++i) {
            std::string id = std::to_string(i);
            id.insert(0, 40 - id.size(), '0');
            machines.push_back(*MachineId::parse(id));
        }
        fleet_.emplace(world_, FleetState::of(world_.settings.tenant, "a day", machines),
                       FleetOptions(), Saving::nothing);
    }

    bool has_ended() const { return fleet_->fleet().ended(); }
    void enter(Tally& tally) {
        tally.add(world_, fleet_->fleet().state(), world_.store.latest() - begun_.monotonic);
    }

  private:
    TenantWorld world_;
    Now begun_;
    std::optional<SimulatedFleet<TenantWorld>> fleet_;
};

std::size_t tenants_wanted() {
    const char* text = std::getenv("MDE_SIMULATED_TENANTS");
    return text == nullptr ? 20 : std::stoul(text);
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

long peak_mib() {
    ::rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

} // namespace

TEST_CASE("many tenants come near to what the quotas allow and never over it") {
    const std::size_t count = tenants_wanted();
    const double begun = cpu_seconds();
    Day day;
    Tally tally;
    std::deque<std::unique_ptr<TenantRun>> runs;
    std::size_t most_at_once = 0;
    const auto end_first = [&] {
        runs.front()->enter(tally);
        runs.pop_front();
    };
    for (std::size_t i = 0; i < count; ++i) {
        runs.push_back(std::make_unique<TenantRun>(day, i + 1));
        most_at_once = (std::max)(most_at_once, runs.size());
        bool is_time_for_next = false;
        day.agenda.at(day.clock.now().monotonic + between_tenants,
                      [&] { is_time_for_next = true; });
        while (!is_time_for_next) day.agenda.run_one(day.clock);
        while (!runs.empty() && runs.front()->has_ended()) end_first();
    }
    while (!day.agenda.empty()) day.agenda.run_one(day.clock);
    while (!runs.empty()) end_first();
    const double taken = cpu_seconds() - begun;

    MESSAGE(count, " tenants, ", most_at_once, " at once, ", tally.packages, " packages: ", taken,
            " s of one core, ", 1e6 * taken / static_cast<double>(tally.packages),
            " us a package, peak memory ", peak_mib(), " MiB; ", 100 * tally.part_of_possible(),
            " % of the possible rate; quotas exceeded in ", tally.breaches, " tenants");
    CHECK(tally.packages == count * machines_of_tenant);
    CHECK(tally.links == tally.packages);
    CHECK(tally.throttled == 0);
    CHECK(tally.breaches == 0);
    CHECK(tally.wrong == 0);
    CHECK(tally.part_of_possible() >= 0.97);
    CHECK(tally.part_of_possible() <= 1);
    if (count >= 10'000) CHECK(taken < 120);
}
