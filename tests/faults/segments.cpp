// SPDX-License-Identifier: BSL-1.0
// One package over several connections, each of whose requests goes wrong.
#include "faults/run_cases.hpp"
#include "support/posting_transport.hpp"

#include <mde/async/run_flow.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

using namespace mde_test::faults;

namespace {

/// The first bytes and two segments more.
const std::string& long_package(std::size_t number) {
    static const std::string packages[] = {bytes_of(mde::service::GeneratedPackage(3'000'000, 1)),
                                           bytes_of(mde::service::GeneratedPackage(3'000'000, 2))};
    return packages[number];
}

void put(FaultWorld& world, std::size_t number) {
    // Made once: each of thousands of worlds holds it.
    static const mde::service::Package packages[] = {mde::service::memory_package(long_package(0)),
                                                     mde::service::memory_package(long_package(1))};
    world.emulator.packages().put_for_all(packages[number]);
    world.good.insert(long_package(number));
}

void prepare_segments(FaultWorld& world) {
    with_finished(world);
    put(world, 0);
    world.faulty.renew_package = [&world] { put(world, 1); };
    world.settings.connections_per_package = 3;
    // These waits are real, and so would be those for a quota.
    world.emulator.settings().quotas = mde::service::Feature::off;
    world.settings.retry.least = world.settings.retry.first = world.settings.retry.most =
        std::chrono::milliseconds(1);
}

mde::error_code fetch_segments(FaultWorld& world) {
    using Executor = boost::asio::io_context::executor_type;
    using Posting = mde_test::PostingTransport<FaultWorld::Faulty, Executor>;
    boost::asio::io_context io;
    Posting posting(world.faulty, io.get_executor());
    const mde::Ports<Posting, mde_test::ServiceTokens, mde::exemplar::NoQuota,
                     mde_test::VirtualClock, TextRecorder, mde::MemoryStore>
        ports{&posting, &world.tokens, &world.no_quota, &world.clock, &world.shown, &world.store};
    mde::error_code error = make_error_code(mde::errc::outcome_unknown);
    mde::async_run_flow<mde::flow::FetchPackage<Hash>>(
        ports, world.job_context(), &world.diagnostics,
        [&error](mde::error_code ec, const mde::Receipt&) { error = ec; }, world.id);
    io.run();
    return error;
}

/// Nobody waits for real.
bool is_quick(const Fault& fault) { return fault.sort != Sort::turned_away; }

} // namespace

TEST_CASE("packages over several connections end as declared") {
    Scenario scenario{"a fetch over several connections", names_with(looking), prepare_segments,
                      fetch_segments};
    scenario.names.part = Step::segment;
    Report report;
    CaseRunner runner(scenario, report);
    runner.choose(
        [](const Fault& fault, Step step) { return step == Step::segment && is_quick(fault); });
    runner.run_all();
    check_report(report, 500);
}
