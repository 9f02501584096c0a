// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_SCENARIOS_HPP
#define MDE_TESTS_FAULTS_SCENARIOS_HPP

/// @file
/// The jobs of the workflow, each small enough to be run thousands of times.

#include "faults/fault_world.hpp"

#include <mde/flow/collect_to_store.hpp>
#include <mde/flow/download.hpp>
#include <mde/flow/fetch_export_files.hpp>
#include <mde/flow/fetch_live_response_result.hpp>
#include <mde/request/cancel_machine_action.hpp>
#include <mde/request/client_assertion.hpp>
#include <mde/request/managed_identity.hpp>

namespace mde_test::faults {

using Hash = mde::OpensslSha256;

inline constexpr mde::ExportKind inventory = mde::ExportKind::software_inventory;

/// A job, what was there before it, and what its calls are for.
struct Scenario {
    std::string name;
    StepNames names{};
    std::function<void(FaultWorld&)> prepare;
    std::function<mde::error_code(FaultWorld&)> run;
    /// After a failure and with nothing in its way it comes to its good end when run again.
    bool can_be_repeated = true;
    /// What a link leads to is not looked at.
    bool uses_links = true;
};

template <class Result>
mde::error_code error_of(const Result& outcome) {
    return outcome ? mde::error_code() : outcome.error();
}

inline void with_secret(FaultWorld& world) { world.job_tokens.chain = world.secret_chain(); }
inline void with_finished(FaultWorld& world) { world.id = world.finished_action(); }

/// A collection of somebody else's runs on the machine.
inline void with_running(FaultWorld& world) {
    mde::service::Schedule slow;
    slow.to_final = 3h;
    world.id = world.emulator.add_action(std::string(world_tenant),
                                         mde::MachineActionType::collect_investigation_package,
                                         std::string(world_machine), slow, world.clock.now());
}

inline mde::error_code collect(FaultWorld& world) {
    return error_of(world.job<mde::flow::CollectAction>(collection()));
}
inline mde::error_code fetch(FaultWorld& world) {
    return error_of(world.job<mde::flow::FetchPackage<Hash>>(world.id));
}
inline mde::error_code download(FaultWorld& world) {
    return error_of(world.job<mde::flow::Download<Hash>>(
        std::move(*world.uri), mde::PackageKey(world.id), mde::Receipt()));
}

/// A link as somebody brings it.
inline void with_link(FaultWorld& world) {
    with_finished(world);
    const mde::Now now = world.clock.now();
    world.uri =
        mde::wire::adopt_link(mde::Secret(world.emulator.make_link(world.id, now)), now).value();
}

/// Half of the package is there from an earlier time.
inline void with_half(FaultWorld& world) {
    static const Fault cut{"half of it",     Sort::lost,   downloads, mde::errc::body_truncated,
                           Reach::done,      std::nullopt, {},        {},
                           Break::truncated, Place::half};
    with_finished(world);
    const unsigned tries = std::exchange(world.settings.retry.tries, 1);
    const unsigned in_all = std::exchange(world.settings.retry.tries_in_all, 1);
    world.faulty.arm(cut, 3, Lasting::all);
    static_cast<void>(fetch(world));
    world.faulty.disarm();
    world.faulty.sent.clear();
    world.settings.retry.tries = tries;
    world.settings.retry.tries_in_all = in_all;
    world.clock.advance(5min);
}

/// What the calls of the flows below are for.
inline StepNames names_with(auto... changes) {
    StepNames names;
    (changes(names), ...);
    return names;
}
inline void searching(StepNames& names) { names.list_actions = Step::search; }
inline void refused(StepNames& names) { names.collect = Step::refused_collect; }
inline void looking(StepNames& names) { names.get_action = Step::look; }
inline void sorting(StepNames& names) { names.get_action = Step::sort; }
inline void long_ended(StepNames& names) { names.get_link = Step::other_link; }
inline void too_early(StepNames& names) { names.get_link = Step::refused_link; }
inline void by_one_link(StepNames& names) { names.download = Step::only_download; }
inline void of_a_blob(StepNames& names) { names.download = names.part = Step::blob; }

inline std::vector<Scenario> collection_scenarios() {
    const auto with = [](mde::RunningCollection what) {
        return [what](FaultWorld& world) {
            with_running(world);
            world.settings.running_collection = what;
        };
    };
    const auto whole = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::CollectToStore<Hash>>(collection()));
    };
    const auto cancel = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::Exchange<mde::CancelMachineAction>>(
            mde::CancelMachineAction{world.id, "enough"}));
    };
    const auto nothing = [](FaultWorld&) {};
    const StepNames names = names_with(searching);
    const StepNames other = names_with(searching, refused);
    return {
        {"the whole job", names, with_secret, whole, false},
        {"a collection", names, nothing, collect, false},
        {"a collection adopts what runs", other, with(mde::RunningCollection::adopt), collect},
        {"a collection leaves what runs", other, with(mde::RunningCollection::refuse), collect},
        {"a cancellation", {}, with_running, cancel, false},
    };
}

inline std::vector<Scenario> look_scenarios() {
    const auto with_fresh = [](FaultWorld& world) { world.id = world.action(); };
    const auto with_five = [](FaultWorld& world) {
        world.emulator.settings().page_size = 2;
        for (int i = 0; i < 5; ++i) with_finished(world);
    };
    const auto watch = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::AwaitAction>(world.id));
    };
    const auto list = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::ListActions>(mde::ListMachineActions()));
    };
    return {{"a watch", {}, with_fresh, watch}, {"a list of three pages", {}, with_five, list}};
}

inline std::vector<Scenario> link_scenarios() {
    const auto mint = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::MintLink>(world.id));
    };
    const StepNames early = names_with(sorting, too_early);
    return {
        {"a link", names_with(sorting, long_ended), with_finished, mint, true, false},
        {"a link to what has not finished", early, with_running, mint, true, false},
    };
}

/// `before`, at a host that lacks `what`.
inline auto without(mde::service::Feature mde::service::Settings::*what,
                    void (*before)(FaultWorld&)) {
    return [what, before](FaultWorld& world) {
        before(world);
        world.emulator.settings().*what = mde::service::Feature::off;
    };
}

inline std::vector<Scenario> fetch_scenarios() {
    const auto etags = &mde::service::Settings::etags;
    const auto ranges = &mde::service::Settings::ranges;
    const StepNames one = names_with(by_one_link);
    const StepNames names = names_with(looking);
    return {
        {"a download by one link", one, with_link, download, false},
        {"a download without a tag", one, without(etags, with_link), download, false},
        {"a fetch", names, with_finished, fetch},
        {"a fetch without a tag", names, without(etags, with_finished), fetch},
        {"a fetch without ranges", names, without(ranges, with_finished), fetch},
        {"a fetch of the second half", names_with(looking, long_ended), with_half, fetch},
    };
}

inline void put_result(FaultWorld& world, char about) {
    const std::string text =
        R"({"exit_code":0,"script_output":")" + std::string(3000, about) + "\"}";
    world.good.insert(text);
    world.emulator.blobs().put_result(world.id, 0, text);
}

inline Scenario result_scenario() {
    const auto prepare = [](FaultWorld& world) {
        world.id = world.live_response();
        put_result(world, 'a');
        world.faulty.renew_package = [&world] { put_result(world, 'b'); };
    };
    const auto run = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::FetchLiveResponseResult<Hash>>(
            mde::GetLiveResponseResultLink{world.id, 0}));
    };
    return {"a live response's result", names_with(looking, of_a_blob), prepare, run};
}

/// Another content of the same snapshot.
inline void put_files(FaultWorld& world, const std::string& about) {
    static const mde::UtcTime made{std::chrono::sys_days(std::chrono::year(2024) / 4 / 30)};
    std::vector<std::string> files;
    for (const char* which : {"one", "two"})
        files.push_back(mde::service::stored_gzip("{\"file\":\"" + about + which +
                                                  std::string(2000, 'x') + "\"}\n"));
    for (const std::string& file : files) world.good.insert(file);
    world.emulator.blobs().put_snapshot(inventory, made, std::move(files));
}

inline Scenario export_scenario() {
    const auto prepare = [](FaultWorld& world) {
        put_files(world, "a ");
        world.faulty.renew_package = [&world] { put_files(world, "b "); };
    };
    const auto run = [](FaultWorld& world) {
        return error_of(world.job<mde::flow::FetchExportFiles<Hash, inventory>>(
            mde::GetExportFiles<inventory>()));
    };
    return {"two files of an export", names_with(of_a_blob), prepare, run};
}

/// An application that can sign in in every way.
inline void with_application(FaultWorld& world) {
    mde::service::Application app = BlobWorld::application();
    app.client_id = "app-2";
    app.verify_assertion = [](auto&&...) { return true; };
    app.accepted_assertions = {"federated.token.text"};
    app.managed_identity = mde::service::ManagedIdentity{"o", "/r"};
    world.emulator.add(app);
    world.settings.client_id = app.client_id;
    world.emulator.settings().sign_in.device_code_approved_after = 8s;
}

/// Not a signature, but the service of these tests takes it for one.
inline mde::Grant certificate_of_a_test() {
    mde::AssertionSigner signer;
    signer.thumbprint = "thumb";
    signer.sign = [](std::string_view) { return mde::result<std::string>("signed by a test"); };
    signer.random = [n = 0]() mutable {
        std::array<std::byte, 16> bytes{};
        bytes[0] = static_cast<std::byte>(++n);
        return mde::result<std::array<std::byte, 16>>(bytes);
    };
    return mde::signed_assertion(std::move(signer));
}

inline mde::Grant workload_of_a_test() {
    return mde::client_assertion([](const mde::TokenAsk&) {
        return mde::result<mde::Secret>(mde::Secret("federated.token.text"));
    });
}

inline std::vector<Scenario> sign_in_scenarios() {
    const auto by = [](const char* name, std::function<mde::Chain(FaultWorld&)> chain) {
        return Scenario{std::string("a sign-in by ") + name,
                        {},
                        with_application,
                        [chain = std::move(chain)](FaultWorld& world) {
                            mde::flow::SignInRequest request;
                            request.chain = chain(world);
                            return error_of(world.sign_in(std::move(request), world.diagnostics));
                        }};
    };
    return {
        by("secret", [](FaultWorld& world) { return world.secret_chain(); }),
        by("certificate", [](FaultWorld&) { return mde::Chain{certificate_of_a_test()}; }),
        by("workload", [](FaultWorld&) { return mde::Chain{workload_of_a_test()}; }),
        by("device code", [](FaultWorld&) { return mde::Chain{mde::DeviceCode()}; }),
        by("managed identity", [](FaultWorld&) { return mde::Chain{mde::managed_identity()}; }),
    };
}

} // namespace mde_test::faults

#endif
