// SPDX-License-Identifier: BSL-1.0
// Each flow is run once to count its steps, then again and again with a failure at step 1, 2, 3
// ...: it must end, say so, and leave nothing behind.
#include <mde/flow/collect_to_store.hpp>
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>

#include "support/blob_world.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

using namespace mde;
using namespace mde_test;

namespace {

constexpr unsigned never = std::numeric_limits<unsigned>::max();

/// Ports that fail at the n-th call into any of them, once or from then on.
struct Saboteur {
    unsigned step = 0;
    unsigned fail_at = never;
    bool for_good = false;
    error_code error;

    bool strikes() {
        ++step;
        return for_good ? step >= fail_at : step == fail_at;
    }
};

struct FailingTransport {
    struct Exchange {
        World::Transport::Exchange inner;
        Saboteur* saboteur = nullptr;

        const ResponseHead& head() const noexcept { return inner.head(); }
        result<std::size_t> read_some(std::span<std::byte> bytes) {
            // By the rules of the port: once an answer comes, "unreachable" is not an error any
            // more.
            if (saboteur->strikes())
                return saboteur->error == errc::unreachable ? make_error_code(errc::connection_lost)
                                                            : saboteur->error;
            return inner.read_some(bytes.first((std::min)(bytes.size(), std::size_t(700))));
        }
    };
    World::Transport* inner;
    Saboteur* saboteur;

    result<Exchange> send(const HttpRequest& request) {
        if (saboteur->strikes()) return saboteur->error;
        auto exchange = inner->send(request);
        if (!exchange) return exchange.error();
        return Exchange{std::move(*exchange), saboteur};
    }
};

struct FailingTokens {
    ServiceTokens* inner;
    Saboteur* saboteur;

    result<AccessToken> get_token(const TokenQuery& query, Diagnostics& diagnostics) {
        if (saboteur->strikes()) return saboteur->error;
        return inner->get_token(query, diagnostics);
    }
};

struct FailingQuotas {
    LocalQuotas* inner;
    Saboteur* saboteur;

    result<Duration> acquire(const QuotaKey& key, const Quota& quota, const Now& now) {
        if (saboteur->strikes()) return saboteur->error;
        return inner->acquire(key, quota, now);
    }
    void throttled(const QuotaKey& key, Duration wait, const Now& now) {
        inner->throttled(key, wait, now);
    }
};

struct FailingStore {
    struct Writer {
        MemoryStore::Writer inner;
        Saboteur* saboteur;

        const PackagePart& part() const { return inner.part(); }
        error_code begin(const PackagePart& part) {
            return saboteur->strikes() ? saboteur->error : inner.begin(part);
        }
        error_code write(std::uint64_t offset, std::span<const std::byte> bytes) {
            return saboteur->strikes() ? saboteur->error : inner.write(offset, bytes);
        }
        error_code commit(const Receipt& receipt) {
            return saboteur->strikes() ? saboteur->error : inner.commit(receipt);
        }
        result<std::size_t> read(std::uint64_t offset, std::span<std::byte> bytes) const {
            if (saboteur->strikes()) return saboteur->error;
            return inner.read(offset, bytes);
        }
        void keep() { inner.keep(); }
        void abort() { inner.abort(); }
    };
    MemoryStore* inner;
    Saboteur* saboteur;

    result<Writer> open(const PackageKey& key) {
        if (saboteur->strikes()) return saboteur->error;
        auto writer = inner->open(key);
        if (!writer) return writer.error();
        return Writer{std::move(*writer), saboteur};
    }
};

struct Outcome {
    bool succeeded = false;
    error_code error;
    unsigned steps = 0;
};

/// Runs a flow in a fresh world with one failure.
template <class Flow, class... Args>
Outcome run_with(Saboteur saboteur, World& world, Args&&... args) {
    FailingTransport transport{&world.transport, &saboteur};
    FailingTokens tokens{&world.tokens, &saboteur};
    FailingQuotas quotas{&world.quotas, &saboteur};
    FailingStore store{&world.store, &saboteur};
    const Ports<FailingTransport, FailingTokens, FailingQuotas, VirtualClock, Recorder,
                FailingStore>
        ports{&transport, &tokens, &quotas, &world.clock, &world.recorder, &store};
    const auto outcome =
        run_blocking<Flow>(ports, world.context(), world.diagnostics, std::forward<Args>(args)...);
    return {outcome.has_value(), outcome ? error_code() : outcome.error(), saboteur.step};
}

constexpr errc all_errors[] = {
    errc::unreachable,      errc::connection_lost,     errc::timed_out,      errc::body_truncated,
    errc::malformed_head,   errc::certificate_expired, errc::store_no_space, errc::sign_in_refused,
    errc::malformed_answer, errc::store_failed};

/// `run` gets a saboteur and a world; the job must not succeed if the failure is for good, and the
/// store must hold a package exactly if it did succeed.
void replay(const std::function<Outcome(Saboteur, World&)>& run) {
    BlobWorld first;
    const Outcome clean = run({}, first);
    REQUIRE(clean.succeeded);
    for (const errc error : all_errors) {
        for (const bool for_good : {false, true}) {
            for (unsigned step = 1; step <= clean.steps; ++step) {
                CAPTURE(make_error_code(error).message());
                CAPTURE(for_good);
                CAPTURE(step);
                BlobWorld world;
                const Outcome outcome = run({0, step, for_good, make_error_code(error)}, world);
                CHECK(outcome.steps >= step);
                CHECK(outcome.steps < 10 * clean.steps + 50);
                if (for_good) CHECK_FALSE(outcome.succeeded);
                if (!outcome.succeeded) CHECK(outcome.error);
                CHECK(world.recorder.count<observed::Committed>() ==
                      (outcome.succeeded && first.recorder.count<observed::Committed>() ? 1u : 0u));
                CHECK(world.calls(Stage::collect) <= 1);
            }
        }
    }
}

} // namespace

TEST_CASE("the whole job survives or reports a failure at each step") {
    replay([](Saboteur saboteur, World& world) {
        return run_with<flow::CollectToStore<SumHasher>>(
            saboteur, world, CollectInvestigationPackage{*MachineId::parse(world_machine), "why"});
    });
}

TEST_CASE("a fetch survives or reports a failure at each step and leaves no unfinished package") {
    replay([](Saboteur saboteur, World& world) {
        const MachineActionId id = world.finished_action();
        const Outcome outcome = run_with<flow::FetchPackage<SumHasher>>(saboteur, world, id);
        CHECK(world.store.find(PackageKey{id}).has_value() == outcome.succeeded);
        // Nothing unfinished is in the way of the next try.
        if (!outcome.succeeded) CHECK(world.store.open(PackageKey{id}));
        return outcome;
    });
}

TEST_CASE("the fetch of a result survives or reports a failure at each step") {
    replay([](Saboteur saboteur, World& world) {
        const MachineActionId id = static_cast<BlobWorld&>(world).live_response();
        const PackageKey key = PackageKey::live_response(id, 0);
        const Outcome outcome = run_with<flow::FetchLiveResponseResult<SumHasher>>(
            saboteur, world, GetLiveResponseResultLink{id, 0});
        CHECK(world.store.find(key).has_value() == outcome.succeeded);
        if (!outcome.succeeded) CHECK(world.store.open(key));
        return outcome;
    });
}

TEST_CASE("the fetch of an export survives or reports a failure at each step") {
    constexpr ExportKind kind = ExportKind::software_inventory;
    replay([](Saboteur saboteur, World& world) {
        const UtcTime generated = world.clock.now().utc;
        world.emulator.blobs().put_snapshot(kind, generated, {service::stored_gzip("one file")});
        const PackageKey key = PackageKey::export_file(kind, world.settings.tenant, generated, 0);
        const Outcome outcome = run_with<flow::FetchExportFiles<SumHasher, kind>>(
            saboteur, world, GetExportFiles<kind>{});
        CHECK(world.store.find(key).has_value() == outcome.succeeded);
        if (!outcome.succeeded) CHECK(world.store.open(key));
        return outcome;
    });
}

TEST_CASE("a watch survives or reports a failure at each step") {
    replay([](Saboteur saboteur, World& world) {
        return run_with<flow::AwaitAction>(saboteur, world, world.action());
    });
}

TEST_CASE("a link request survives or reports a failure at each step") {
    replay([](Saboteur saboteur, World& world) {
        return run_with<flow::MintLink>(saboteur, world, world.finished_action());
    });
}

TEST_CASE("sign-in survives or reports a failure at each step") {
    replay([](Saboteur saboteur, World& world) {
        return run_with<flow::SignIn>(
            saboteur, world,
            flow::SignInRequest{{client_secret(Secret(World::application().client_secret))}});
    });
}
