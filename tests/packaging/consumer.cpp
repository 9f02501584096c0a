// SPDX-License-Identifier: BSL-1.0
// What a consumer's program looks like to the compiler and the linker: it collects a package from
// the service in its own process, stores it in memory, and shows what it is built with.
#include <mde/emulator.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace {

/// Time goes on only when somebody sleeps. Copies share it.
class Clock {
  public:
    mde::Now now() const { return *now_; }
    void sleep(mde::Duration span) const {
        now_->monotonic += span;
        now_->utc += std::chrono::duration_cast<mde::Ticks>(span);
    }

  private:
    std::shared_ptr<mde::Now> now_ = std::make_shared<mde::Now>(mde::SystemClock().now());
};

/// Signed in for ever.
struct Tokens {
    std::string token;

    mde::result<mde::AccessToken> get_token(const mde::TokenQuery&, mde::Diagnostics&) const {
        return mde::AccessToken(mde::Secret(token), mde::no_deadline);
    }
};

} // namespace

int main() {
    using Emulator = mde::service::Emulator<mde::OpensslHmac>;
    using Transport = mde::service::InProcessTransport<Emulator, Clock>;

    mde::service::Application application;
    application.tenant = "11111111-2222-4333-8444-555555555555";
    application.client_id = "app-1";
    Emulator emulator(mde::OpensslHmac::with_random_key());
    emulator.add(application);

    Clock clock;
    Transport transport(emulator, clock);
    Tokens tokens{emulator.make_token(application, clock.now())};
    mde::LocalQuotas quotas;
    mde::NoObserver observer;
    mde::MemoryStore store;
    const mde::Settings settings = mde::Settings::for_cloud(
        mde::clouds().front(), *mde::TenantId::parse(application.tenant), application.client_id);
    mde::Diagnostics diagnostics;
    mde::flow::Context context;
    context.settings = &settings;

    using Ports =
        mde::Ports<Transport, Tokens, mde::LocalQuotas, Clock, mde::NoObserver, mde::MemoryStore>;
    const Ports ports{&transport, &tokens, &quotas, &clock, &observer, &store};
    const auto receipt = mde::run_blocking<mde::flow::CollectToStore<mde::OpensslSha256>>(
        ports, context, diagnostics,
        mde::CollectInvestigationPackage{
            *mde::MachineId::parse("00112233445566778899aabbccddeeff00112233"), "packaging"});
    if (!receipt) {
        std::cerr << receipt.error().message() << '\n';
        return 1;
    }
    std::cout << "mde " << MDE_VERSION_STRING << ": stored " << receipt->length
              << " bytes, SHA-256 " << receipt->sha256.hex().view() << '\n';
}
