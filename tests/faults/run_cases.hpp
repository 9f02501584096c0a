// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_RUN_CASES_HPP
#define MDE_TESTS_FAULTS_RUN_CASES_HPP

/// @file
/// Runs a scenario once for each of its requests, each fault and each time that it may last, and
/// says what is not as it was declared.

#include "faults/ends.hpp"
#include "faults/invariants.hpp"
#include "faults/scenarios.hpp"
#include "faults/specific_faults.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

namespace mde_test::faults {

/// Where in all of it a case stands.
struct CaseName {
    const std::string& scenario;
    std::size_t number;
    Step step;
    const Fault& fault;
    Lasting lasting;

    std::string kind() const {
        return std::string(step_names[static_cast<std::size_t>(step)]) + ", sort " +
               std::to_string(static_cast<int>(fault.sort)) + ", " +
               std::string(lasting_names[static_cast<std::size_t>(lasting)]);
    }
    std::string text() const {
        return scenario + ", request " + std::to_string(number) + ", " + fault.name;
    }
};

/// What was found wrong. The same in many cases is told once, with the first of them.
struct Report {
    struct Finding {
        std::string first;
        std::size_t count = 0;
    };
    std::size_t cases = 0;
    std::map<std::string, Finding> findings;

    void complain(const CaseName& name, const std::string& what) {
        Finding& finding = findings[name.kind() + ": " + what];
        if (++finding.count == 1) finding.first = name.text();
    }
    std::string words() const {
        std::string all;
        for (const auto& [what, finding] : findings)
            all += what + " (" + std::to_string(finding.count) +
                   " times, first in: " + finding.first + ")\n";
        return all;
    }
};

/// One scenario with all that can go wrong in it.
class CaseRunner {
  public:
    /// With `instead` all ends are declared to be that one, for a test of this test.
    CaseRunner(const Scenario& scenario, Report& report, const Ends* instead = nullptr)
        : scenario_(scenario), report_(report), instead_(instead) {}

    /// Only these.
    void choose(std::function<bool(const Fault&, Step)> chosen) { chosen_ = std::move(chosen); }

    void run_all() {
        const auto world = prepared();
        without_ = scenario_.run(*world);
        const std::vector<Sent> steps = world->faulty.sent;
        for (std::size_t i = 0; i < steps.size(); ++i)
            for (const Fault& fault : all_faults())
                if (holds(fault.steps, steps[i].step) && chosen_(fault, steps[i].step))
                    run_lasting(fault, i + 1, steps[i].step);
    }

  private:
    std::unique_ptr<FaultWorld> prepared() const {
        auto world = std::make_unique<FaultWorld>();
        world->faulty.names = scenario_.names;
        scenario_.prepare(*world);
        world->shown = {};
        return world;
    }

    void run_lasting(const Fault& fault, std::size_t number, Step step) {
        for (const Lasting lasting : {Lasting::once, Lasting::step, Lasting::all})
            run_one(fault, number, step, lasting);
    }

    void run_one(const Fault& fault, std::size_t number, Step step, Lasting lasting) {
        ++report_.cases;
        const CaseName where{scenario_.name, number, step, fault, lasting};
        try {
            const auto world = prepared();
            world->faulty.arm(fault, number, lasting);
            const mde::MonotonicTime begun = world->clock.now().monotonic;
            const mde::error_code error = scenario_.run(*world);
            judge(where, error);
            if (world->clock.now().monotonic > begun + FaultWorld::deadline)
                report_.complain(where, "it took longer than it may");
            if (const std::string found = Invariants(*world).check(); !found.empty())
                report_.complain(where, found);
            // Who was told to stay away for a day is not there yet.
            const bool is_away = fault.sort == Sort::too_late;
            if (error && error != without_ && !is_away) run_again(*world, where);
        } catch (const Runaway& what) {
            report_.complain(where, what.what());
        }
    }

    void judge(const CaseName& where, const mde::error_code& error) {
        const bool is_idle = where.fault.sort == Sort::dead_link && !scenario_.uses_links;
        const Ends& ends = is_idle ? well : declared_ends(where.step, where.fault, where.lasting);
        if (!(instead_ != nullptr ? *instead_ : ends).allow(error, without_, where.fault))
            report_.complain(where, "ended with: " + error.message());
    }

    /// The world is mended: what was left behind is in nobody's way.
    void run_again(FaultWorld& world, const CaseName& where) {
        if (!scenario_.can_be_repeated) return;
        world.faulty.disarm();
        world.faulty.sent.clear();
        world.clock.advance(30min);
        const mde::error_code error = scenario_.run(world);
        if (error != without_)
            report_.complain(where, "and when it was run again: " + error.message());
    }

    const Scenario& scenario_;
    Report& report_;
    const Ends* instead_;
    std::function<bool(const Fault&, Step)> chosen_ = [](const Fault&, Step) { return true; };
    mde::error_code without_;
};

/// Prints how many cases there were, so that nobody has to believe it.
inline void check_report(const Report& report, std::size_t least) {
    std::printf("%zu fault cases\n", report.cases);
    CHECK_MESSAGE(report.findings.empty(), report.words());
    CHECK(report.cases >= least);
}

inline void check_all(const std::vector<Scenario>& scenarios, std::size_t least) {
    Report report;
    for (const Scenario& scenario : scenarios) CaseRunner(scenario, report).run_all();
    check_report(report, least);
}

} // namespace mde_test::faults

#endif
