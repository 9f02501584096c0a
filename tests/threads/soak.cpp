// SPDX-License-Identifier: BSL-1.0
// Fleets, one after the other, against a service that fails: nothing is lost, and neither memory
// nor descriptors grow. MDE_SOAK_SECONDS says for how long; a moment by default.
#include "mde_package/retried_job.hpp"
#include "support/https_world.hpp"
#include "support/service_thread.hpp"
#include "support/temporary_directory.hpp"

#include <mde/adapter/file_state.hpp>
#include <mde/adapter/file_store.hpp>
#include <mde/service/package_source.hpp>

#include <boost/asio/use_future.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::size_t machines = 24;

std::chrono::seconds soak_time() {
    const char* text = std::getenv("MDE_SOAK_SECONDS");
    return std::chrono::seconds(text == nullptr ? 1 : std::atoi(text));
}

/// What the process holds of the system.
struct Held {
    std::size_t descriptors = 0;
    std::size_t resident_kib = 0;

    static Held now() {
        Held held;
        held.descriptors = names_in("/proc/self/fd").size();
        std::ifstream status("/proc/self/status");
        for (std::string word; status >> word;)
            if (word == "VmRSS:") status >> held.resident_kib;
        return held;
    }
};

/// What can go wrong once, or twice in a row, with a request of any kind.
class Trouble {
  public:
    service::Fault next() {
        constexpr std::array stages{Stage::sign_in,      Stage::collect,  Stage::get_action,
                                    Stage::list_actions, Stage::get_link, Stage::download};
        service::Fault fault;
        fault.stage = stages[roll(stages.size())];
        fault.first = 1 + static_cast<unsigned>(roll(machines));
        fault.count = 1 + static_cast<unsigned>(roll(2));
        spoil(fault);
        return fault;
    }

  private:
    void spoil(service::Fault& fault) {
        constexpr std::array<unsigned, 5> statuses{429, 500, 502, 503, 504};
        switch (roll(8)) {
        case 0: fault.distortion = service::Distortion::garbled_json; break;
        case 1: fault.distortion = service::Distortion::html_page; break;
        case 2: fault.distortion = service::Distortion::no_answer; break;
        case 3: fault.distortion = service::Distortion::expired_link; break;
        case 4: fault.distortion = service::Distortion::changed_etag; break;
        case 5: fault.cut_after = roll(1'000); break;
        case 6: fault.delay = std::chrono::milliseconds(roll(20)); break;
        default:
            fault.status = statuses[roll(statuses.size())];
            fault.retry_after = "0";
            // What answers 429 or 503 has turned the request away.
            if (fault.status != 429 && fault.status != 503 && roll(2) == 0)
                fault.effect = service::Effect::takes_place;
        }
    }

    std::size_t roll(std::size_t sides) { return dice_() % sides; }

    std::mt19937 dice_{20240501};
};

/// One client and one service for the whole time.
struct Soak {
    HttpsWorld world;
    boost::asio::io_context io;
    BeastTransport<Executor> transport{io.get_executor(), trust()};
    Credential<BeastTransport<Executor>> credential{
        world.settings, client_secret(Secret(HttpsWorld::application().client_secret)), transport};
    Trouble trouble;
    std::size_t rounds = 0;
    std::size_t packages = 0;
    std::size_t retried = 0;

    Soak() {
        world.emulator.settings().quotas = service::Feature::off;
        world.emulator.settings().schedule.to_in_progress = 1ms;
        world.emulator.settings().schedule.to_final = 5ms;
        world.settings.poll.first = world.settings.poll.most = 5ms;
        world.settings.poll.unknown_grace = 50ms;
    }

    /// The past is forgotten, and what will go wrong is decided.
    void begin_round() {
        world.emulator.actions() = service::MemoryActionStore();
        world.emulator.log().clear();
        world.emulator.faults().clear();
        for (std::size_t i = 0; i < machines; ++i) world.emulator.faults().add(trouble.next());
        ++rounds;
    }

    FleetState fleet() const {
        FleetState state{world.settings.tenant, "round " + std::to_string(rounds), {}};
        for (std::size_t i = 0; i < machines; ++i) {
            std::string id(40, 'c');
            id.replace(0, 3, std::to_string(100 + i));
            state.add(*MachineId::parse(id));
        }
        return state;
    }
};

/// As an operator does: what has failed is tried again from where it was.
void try_again(FleetState& state) {
    for (FleetJob& job : state.jobs)
        if (job.phase == JobPhase::failed) job = mde_package::retried(job);
}

template <class Client>
FleetState collect(Soak& soak, Client& client, FileStore& store, FileState& saved) {
    FleetState state = soak.fleet();
    for (int attempt = 0; attempt < 5; ++attempt) {
        auto done = client.async_collect_many(state, store, saved, boost::asio::use_future);
        soak.io.restart();
        soak.io.run();
        try {
            state = done.get();
        } catch (const boost::system::system_error&) {
            // What stops all jobs, an unreadable list, say; the state was saved before.
            state = *wire::decode_fleet_state(**saved.load());
        }
        if (state.count(JobPhase::stored) == machines) break;
        ++soak.retried;
        try_again(state);
    }
    return state;
}

} // namespace

TEST_CASE("fleets against a service that fails lose nothing and leave nothing behind") {
    Soak soak;
    ServiceThread service(soak.world);
    auto client = make_client<OpensslSha256>(soak.world.settings, soak.transport, soak.credential,
                                             exemplar::NoQuota());
    const auto begun = std::chrono::steady_clock::now();
    const auto spent = [&] { return std::chrono::steady_clock::now() - begun; };
    std::optional<Held> warm;
    std::size_t most_resident = 0;
    do {
        service.ask([&] { soak.begin_round(); });
        const TemporaryDirectory directory;
        FileStore store = FileStore::in(directory.path()).value();
        FileState saved = FileState::at(directory.file("fleet.state")).value();
        const FleetState end = collect(soak, client, store, saved);
        REQUIRE(end.count(JobPhase::stored) == machines);
        for (const FleetJob& job : end.jobs) {
            const std::string name(PackageKey{*job.action}.name().view());
            REQUIRE(directory.read(name + ".zip") == service::sample_package(*job.action));
        }
        REQUIRE(service.ask([&] { return soak.world.emulator.actions().size(); }) == machines);
        soak.packages += machines;
        const Held held = Held::now();
        if (!warm && spent() > soak_time() / 4) warm = held;
        most_resident = (std::max)(most_resident, held.resident_kib);
    } while (spent() < soak_time());

    const Held end = Held::now();
    REQUIRE(warm);
    std::cout << "soak: " << soak.rounds << " rounds, " << soak.packages << " packages, "
              << soak.retried << " fleets tried again, descriptors " << warm->descriptors << " -> "
              << end.descriptors << ", resident " << warm->resident_kib << " -> "
              << end.resident_kib << " KiB, most " << most_resident << '\n';
    // Kept connections come and go, a few of each side.
    CHECK(end.descriptors <= warm->descriptors + 8);
    // In a moment nothing can be told of it, least of all under a sanitizer, which keeps what was
    // freed.
    if (soak_time() >= 60s) CHECK(end.resident_kib <= warm->resident_kib + 4 * 1024);
}
