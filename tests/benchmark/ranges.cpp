// SPDX-License-Identifier: BSL-1.0
// ranges [ROUNDS]: one package over one connection and over eight, in turn, where the way is long:
// 80 ms for a round trip, 256 KiB under way on each connection.
#include "benchmark/long_way.hpp"
#include "benchmark/median.hpp"
#include "support/https_world.hpp"
#include "support/temporary_directory.hpp"

#include <mde/adapter/file_store.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace mde;
using namespace mde_test;

namespace {

constexpr std::uint64_t package_size = 32 * bounds::mib;

/// A service whose downloads are a long way off.
struct FarWorld : HttpsWorld {
    LongWay way{server.port(), 80ms, 256 * bounds::kib};

    FarWorld() {
        emulator.packages().put_for_all(service::GeneratedPackage(package_size, 11));
        emulator.settings().quotas = service::Feature::off;
        emulator.settings().link_port = way.port();
        static_cast<void>(settings.links.allow("127.0.0.1:" + std::to_string(way.port())));
    }

    double seconds_over(unsigned connections) {
        settings.connections_per_package = connections;
        const TemporaryDirectory directory;
        FileStore store = *FileStore::in(directory.path());
        auto one = client();
        bool done = false;
        error_code error;
        const auto begun = std::chrono::steady_clock::now();
        one.async_fetch(finished_action(), store, [&](error_code ec, const Receipt&) {
            error = ec;
            done = true;
        });
        if (!run_until([&] { return done; }, 120s) || error) {
            std::fprintf(stderr, "no package: %s\n", error.message().c_str());
            std::exit(1);
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
};

} // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 7;
    FarWorld world;
    std::vector<double> one;
    std::vector<double> eight;
    for (int round = 0; round < rounds; ++round) {
        one.push_back(world.seconds_over(1));
        eight.push_back(world.seconds_over(8));
        std::fprintf(stderr, "%.2f s over one connection, %.2f s over eight\n", one.back(),
                     eight.back());
    }
    const double gain = median(one) / median(eight);
    std::printf("### 32 MiB, 80 ms for a round trip, 256 KiB under way on each connection\n\n"
                "| | seconds | as fast as one | bar |\n|---|---|---|---|\n");
    std::printf("| one connection | %.2f | | |\n", median(one));
    std::printf("| eight connections | %.2f | %.1f x | %s 4 x |\n\n", median(eight), gain,
                gain >= 4 ? "held:" : "missed:");
    return 0;
}
