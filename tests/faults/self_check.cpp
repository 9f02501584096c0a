// SPDX-License-Identifier: BSL-1.0
// A test of these tests: what they are to notice is noticed.
#include "faults/run_cases.hpp"

#include <doctest/doctest.h>

using namespace mde_test;
using namespace mde_test::faults;

namespace {

Sent request_of(Step step, mde::Stage stage) {
    FaultWorld world;
    Sent sent{step, stage, std::string(world.settings.api.host())};
    sent.target = "/api/machines/" + std::string(world_machine) + "/collectInvestigationPackage";
    sent.status = 201;
    sent.is_authorized = true;
    return sent;
}

std::string found_in(FaultWorld& world) { return Invariants(world).check(); }

Scenario fetch_scenario() { return fetch_scenarios().at(2); }

} // namespace

TEST_CASE("a declared end that is not the one that comes is noticed") {
    const auto findings_with = [](const Ends* instead) {
        Report report;
        const Scenario scenario = fetch_scenario();
        CaseRunner runner(scenario, report, instead);
        runner.choose([](const Fault& fault, Step step) {
            return step == Step::look && fault.sort == Sort::final;
        });
        runner.run_all();
        CHECK(report.cases > 100);
        return report.findings.size();
    };
    CHECK(findings_with(nullptr) == 0);
    CHECK(findings_with(&well) > 0);
    const Ends other = by({mde::errc::zip_incomplete});
    CHECK(findings_with(&other) > 0);
}

TEST_CASE("every row of the table is there for some fault") {
    std::set<const Ends*> used;
    for (const Fault& fault : all_faults())
        for (std::size_t i = 0; i < std::size(step_names); ++i)
            if (holds(fault.steps, static_cast<Step>(i)))
                used.insert(&declared_ends(static_cast<Step>(i), fault, Lasting::once));
    for (std::size_t i = 0; i < table_of_ends().size(); ++i) {
        CAPTURE(i);
        CHECK(used.contains(&table_of_ends()[i].once));
    }
}

TEST_CASE("faults have names of their own") {
    std::set<std::string> names;
    for (const Fault& fault : all_faults()) {
        CAPTURE(fault.name);
        CHECK(names.insert(fault.name + std::to_string(fault.steps)).second);
    }
}

TEST_CASE("a job without an end is noticed") {
    const Scenario endless{"without end", {}, with_finished, [](FaultWorld& world) {
                               while (true)
                                   static_cast<void>(world.job<mde::flow::MintLink>(world.id));
                               return mde::error_code();
                           }};
    Report report;
    CHECK_THROWS_AS(CaseRunner(endless, report).run_all(), Runaway);
}

TEST_CASE("a second collection is noticed") {
    FaultWorld world;
    CHECK(found_in(world).empty());
    for (int i = 0; i < 2; ++i) {
        CHECK(collect(world) == mde::error_code());
        world.clock.advance(10min);
    }
    CHECK(found_in(world) == "2 collections have begun");
}

TEST_CASE("a collection that is asked for again without a look is noticed") {
    FaultWorld world;
    world.faulty.sent = {request_of(Step::collect, mde::Stage::collect),
                         request_of(Step::collect, mde::Stage::collect)};
    CHECK(found_in(world) == "a collection was asked for again without a look");
    world.faulty.sent.insert(world.faulty.sent.begin() + 1,
                             request_of(Step::search, mde::Stage::list_actions));
    world.faulty.sent[1].status = 200;
    CHECK(found_in(world).empty());
    world.faulty.sent.erase(world.faulty.sent.begin() + 1);
    world.faulty.sent[0].status = 503;
    CHECK(found_in(world).empty());
}

TEST_CASE("a package that was not served is noticed") {
    FaultWorld world;
    with_finished(world);
    CHECK(fetch(world) == mde::error_code());
    CHECK(found_in(world).empty());
    world.good = {second_package()};
    CHECK(found_in(world) == "what is stored was never served");
}

TEST_CASE("a part of something else is noticed") {
    FaultWorld world;
    with_half(world);
    CHECK(found_in(world).empty());
    world.good = {second_package()};
    CHECK(found_in(world) == "a part was kept that is of no package");
}

TEST_CASE("secrets are noticed wherever they are shown") {
    for (std::string mde::Diagnostics::*place :
         {&mde::Diagnostics::code, &mde::Diagnostics::message, &mde::Diagnostics::target,
          &mde::Diagnostics::request_id}) {
        FaultWorld world;
        with_finished(world);
        CHECK(fetch(world) == mde::error_code());
        CHECK(found_in(world).empty());
        REQUIRE(world.faulty.secrets.size() == 2);
        for (const std::string& secret : world.faulty.secrets) {
            world.diagnostics.*place = "it was " + secret;
            CHECK(found_in(world) == "a secret is shown");
        }
        world.diagnostics.*place = "\x1b[2J";
        CHECK(found_in(world) == "a control character is shown");
        world.diagnostics.*place = "";
        world.shown.text = world.faulty.secrets.back();
        CHECK(found_in(world) == "a secret is shown");
    }
}

TEST_CASE("those who press are noticed") {
    FaultWorld world;
    Sent first = request_of(Step::list, mde::Stage::list_actions);
    first.retry_after = 5s;
    Sent second = first;
    second.at = first.answered + 4s;
    world.faulty.sent = {first, second};
    CHECK(found_in(world) == "a request left before its Retry-After");
    world.faulty.sent[1].at = first.answered + 5s;
    CHECK(found_in(world).empty());
    world.faulty.sent.assign(3, request_of(Step::get_link, mde::Stage::get_link));
    CHECK(found_in(world) == "links beyond the quota");
    world.faulty.sent[2].at += 61s;
    CHECK(found_in(world).empty());
}

TEST_CASE("a token that goes elsewhere is noticed") {
    FaultWorld world;
    Sent sent = request_of(Step::download, mde::Stage::download);
    sent.host = "userrequests-us.securitycenter.windows.com";
    world.faulty.sent = {sent};
    CHECK(found_in(world) == "a token went where it should not");
    world.faulty.sent[0].is_authorized = false;
    CHECK(found_in(world).empty());
    world.faulty.sent[0].host = "elsewhere.example";
    CHECK(found_in(world) == "a request went to elsewhere.example");
}
