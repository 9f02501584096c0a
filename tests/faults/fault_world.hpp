// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_TESTS_FAULTS_FAULT_WORLD_HPP
#define MDE_TESTS_FAULTS_FAULT_WORLD_HPP

/// @file
/// A service, a job's parts and a virtual clock, with a transport that can fail between them.

#include "faults/faulty_transport.hpp"
#include "support/blob_world.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/flow/sign_in.hpp>
#include <mde/request/client_secret.hpp>
#include <mde/service/generated_package.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace mde_test::faults {

/// All that is ever shown, as one text.
struct TextRecorder {
    std::string text;
    mde::Duration waited{};

    void notify(const mde::ObserverEvent& event) {
        std::visit([this](const auto& what) { show(what); }, event);
    }

  private:
    void show(const mde::observed::DevicePrompt& prompt) {
        text.append(prompt.user_code).append(prompt.verification_uri).append(prompt.message);
    }
    void show(const mde::observed::Action& action) { text.append(action.id.text()); }
    void show(const mde::observed::Request& request) { text.append(request.host); }
    void show(const mde::observed::Failure& failure) { text += failure.error.message() + '\n'; }
    void show(const mde::observed::Waiting& waiting) { waited += waiting.span; }
    void show(const auto&) {}
};

inline std::string bytes_of(const mde::service::GeneratedPackage& package) {
    std::string bytes(static_cast<std::size_t>(package.size()), '\0');
    package.read(0, std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

/// Two packages of the same length, to be told apart by their bytes alone.
inline const std::string& first_package() {
    static const std::string bytes = bytes_of(mde::service::GeneratedPackage(20'000, 1));
    return bytes;
}
inline const std::string& second_package() {
    static const std::string bytes = bytes_of(mde::service::GeneratedPackage(20'000, 2));
    return bytes;
}

struct FaultWorld;

/// The token that the world has, or one that is got by signing in over the same transport.
struct JobTokens {
    FaultWorld* world = nullptr;
    mde::Chain chain{};
    std::string kept{};

    mde::result<mde::AccessToken> get_token(const mde::TokenQuery& query,
                                            mde::Diagnostics& diagnostics);
};

struct FaultWorld : BlobWorld {
    using PackageHash = mde::OpensslSha256;
    static constexpr bool has_many_jobs = false;
    static constexpr mde::Duration way_back{};
    static constexpr std::size_t most_links = mde::bounds::tries * mde::bounds::links_per_package;
    using Faulty = FaultyTransport<Emulator, VirtualClock>;
    using JobPorts = mde::Ports<Faulty, JobTokens, mde::LocalQuotas, VirtualClock, TextRecorder,
                                mde::MemoryStore>;

    /// No job of these tests has reason to take longer.
    static constexpr mde::Duration deadline = 2h;

    Faulty faulty{emulator, clock};
    JobTokens job_tokens{this};
    TextRecorder shown;
    mde::NoTokens no_tokens;
    mde::exemplar::NoQuota no_quota;
    mde::exemplar::NoStore no_store;
    /// Of the job.
    mde::MachineActionId id;
    std::optional<mde::PackageUri> uri;
    /// Everything that may lie in the store under a final name.
    std::set<std::string> good{first_package()};

    FaultWorld() {
        emulator.packages().put_for_all(first_package());
        faulty.renew_package = [this] {
            emulator.packages().put_for_all(second_package());
            good.insert(second_package());
        };
    }

    mde::flow::Context job_context() {
        mde::flow::Context made = context();
        made.deadline = clock.now().monotonic + deadline;
        return made;
    }

    template <class Flow, class... Args>
    typename Flow::Result job(Args&&... args) {
        const JobPorts ports{&faulty, &job_tokens, &quotas, &clock, &shown, &store};
        return mde::run_blocking<Flow>(ports, job_context(), diagnostics,
                                       std::forward<Args>(args)...);
    }

    mde::result<mde::flow::SignedIn> sign_in(mde::flow::SignInRequest request,
                                             mde::Diagnostics& said) {
        const mde::Ports<Faulty, mde::NoTokens, mde::exemplar::NoQuota, VirtualClock, TextRecorder,
                         mde::exemplar::NoStore>
            ports{&faulty, &no_tokens, &no_quota, &clock, &shown, &no_store};
        return mde::run_blocking<mde::flow::SignIn>(ports, job_context(), said, std::move(request));
    }

    mde::Chain secret_chain() const {
        return {mde::client_secret(mde::Secret(application().client_secret))};
    }
};

inline mde::result<mde::AccessToken> JobTokens::get_token(const mde::TokenQuery& query,
                                                          mde::Diagnostics& diagnostics) {
    if (chain.empty()) return world->tokens.get_token(query, diagnostics);
    if (kept.empty() || query.freshness == mde::TokenQuery::Freshness::renewed) {
        mde::flow::SignInRequest request;
        request.chain = chain;
        auto signed_in = world->sign_in(std::move(request), diagnostics);
        if (!signed_in) return signed_in.error();
        kept = signed_in->token.secret().expose();
    }
    return mde::AccessToken(mde::Secret(kept), mde::no_deadline);
}

} // namespace mde_test::faults

#endif
