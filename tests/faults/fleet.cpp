// SPDX-License-Identifier: BSL-1.0
// A fleet of machines: whatever goes wrong with one request, each job ends and none is done twice.
#include "faults/run_cases.hpp"
#include "support/simulation.hpp"

#include <doctest/doctest.h>

using namespace mde_test::faults;

namespace {

/// A clock that many flows share: who waits does not move it on.
struct SharedTime {
    mde_test::VirtualClock* clock = nullptr;

    mde::Now now() const noexcept { return clock->now(); }
    void advance(mde::Duration) const noexcept {}
};

struct FleetWorld : mde_test::Simulation {
    using PackageHash = mde_test::SumHasher;
    using Faulty = FaultyTransport<Emulator, SharedTime>;
    using SharedPorts = mde::Ports<Faulty, mde_test::ServiceTokens, mde::LocalQuotas,
                                   mde_test::VirtualClock, TextRecorder, mde::MemoryStore>;
    static constexpr std::size_t machines = 3;
    static constexpr bool has_many_jobs = true;
    /// Answers take up to 180 ms.
    static constexpr mde::Duration way_back = std::chrono::milliseconds(200);
    /// Each job is begun anew a few times.
    static constexpr std::size_t most_links =
        machines * FaultWorld::most_links * mde::FleetOptions().tries;

    Faulty faulty{emulator, SharedTime{&clock}};
    Faulty& shared = faulty;
    TextRecorder shown;
    std::set<std::string> good{first_package(), second_package()};

    FleetWorld() {
        emulator.settings().token_lifetime = std::chrono::hours(24);
        tokens.current = tokens.renewed = emulator.make_token(application(), clock.now());
        emulator.packages().put_for_all(first_package());
        faulty.renew_package = [this] { emulator.packages().put_for_all(second_package()); };
        faulty.names.get_action = Step::look;
    }

    SharedPorts shared_ports() { return {&faulty, &tokens, &quotas, &clock, &shown, &store}; }
    mde::PackageKey file_key(mde::ExportKind, mde::UtcTime, unsigned) const { return {}; }

    mde::FleetState jobs() const {
        std::vector<mde::MachineId> all;
        for (const char digit : {'1', '2', '3'})
            all.push_back(*mde::MachineId::parse(std::string(40, digit)));
        return mde::FleetState::of(settings.tenant, "a faulty day", all);
    }
};

/// All ways, and a few of each kind of answer: the jobs of the other tests meet every one of them.
std::vector<Fault> faults_of_fleets() {
    std::vector<Fault> chosen = faults_of_the_way();
    for (const Fault& fault : all_faults())
        for (const char* name :
             {"at half of chunks", "at byte 1 of a declared length", "another host", "status 403",
              "status 404", "status 401", "status 410", "status 500", "come again in 90 s",
              "not before 999999", "null", "a member twice", "beyond 1 MiB", "10,000 more",
              "another package after half"})
            if (fault.name.find(name) != std::string::npos) chosen.push_back(fault);
    return chosen;
}

class FleetCases {
  public:
    void run_all(Lasting lasting) {
        static const std::vector<Fault> faults = faults_of_fleets();
        const std::vector<Sent> steps = steps_without();
        for (std::size_t i = 0; i < steps.size(); ++i)
            for (const Fault& fault : faults)
                if (holds(fault.steps, steps[i].step))
                    run_one({name_, i + 1, steps[i].step, fault, lasting});
    }

    Report report;

  private:
    using Fleet = mde_test::SimulatedFleet<FleetWorld>;

    std::vector<Sent> steps_without() const {
        FleetWorld world;
        Fleet fleet(world, world.jobs());
        REQUIRE(fleet.run(most_steps));
        REQUIRE(fleet.fleet().state().count(mde::JobPhase::stored) == FleetWorld::machines);
        return world.faulty.sent;
    }

    void run_one(const CaseName& where) {
        ++report.cases;
        FleetWorld world;
        world.faulty.arm(where.fault, where.number, where.lasting);
        try {
            Fleet fleet(world, world.jobs());
            if (!fleet.run(most_steps)) report.complain(where, "the fleet does not end");
            judge(where, fleet.fleet());
        } catch (const Runaway& what) {
            report.complain(where, what.what());
        }
        if (const std::string found = Invariants(world).check(); !found.empty())
            report.complain(where, found);
    }

    /// What passes does no harm; what does not costs one job, or stops the fleet with a reason.
    void judge(const CaseName& where, const mde::flow::Fleet& fleet) {
        const std::size_t stored = fleet.state().count(mde::JobPhase::stored);
        const std::size_t failed = fleet.state().count(mde::JobPhase::failed);
        if (!fleet.error() && stored + failed != FleetWorld::machines)
            report.complain(where, "a job was forgotten");
        for (const mde::FleetJob& job : fleet.state().jobs)
            if (job.phase == mde::JobPhase::failed && !job.error)
                report.complain(where, "a job failed without a reason");
        if (where.lasting != Lasting::once) return;
        const unsigned harmless = passing | of(Sort::harmless, Sort::unauthorized);
        const bool passes = (harmless >> static_cast<unsigned>(where.fault.sort) & 1u) != 0;
        if (passes && stored != FleetWorld::machines)
            report.complain(where, "what passes did harm: " + reason_of(fleet));
        if (!fleet.error() && failed > 1)
            report.complain(where, "one fault cost several jobs: " + reason_of(fleet));
    }

    static std::string reason_of(const mde::flow::Fleet& fleet) {
        std::string text = fleet.error() ? fleet.error().message() : "";
        for (const mde::FleetJob& job : fleet.state().jobs)
            if (job.error) text += " / " + job.error.message();
        return text;
    }

    static constexpr std::size_t most_steps = 20'000;
    const std::string name_ = "a fleet";
};

void check_fleets(Lasting lasting) {
    FleetCases cases;
    cases.run_all(lasting);
    check_report(cases.report, 500);
}

} // namespace

TEST_CASE("a fault of one request costs a fleet one job at most") { check_fleets(Lasting::once); }

TEST_CASE("a fleet ends whatever lasts") { check_fleets(Lasting::step); }
