// SPDX-License-Identifier: BSL-1.0
#ifndef MDE_EXAMPLES_2_PLUG_NO_NETWORK_HPP
#define MDE_EXAMPLES_2_PLUG_NO_NETWORK_HPP

/// @file
/// The service in the same process without a socket, and a clock that jumps instead of waiting: for
/// examples, and tests, whose output is the same each time.

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/async/local_quotas.hpp>
#include <mde/async/run_blocking.hpp>
#include <mde/flow/collect_to_store.hpp>
#include <mde/model/settings.hpp>
#include <mde/request/collect_investigation_package.hpp>
#include <mde/service/fault_script.hpp>
#include <mde/service/in_process_transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace example {

/// Copies share the time.
class JumpingClock {
  public:
    mde::Now now() const noexcept { return *now_; }
    void sleep(mde::Duration span) const { advance(span); }
    void advance(mde::Duration span) const {
        now_->monotonic += span;
        now_->utc += std::chrono::duration_cast<mde::Ticks>(span);
    }

  private:
    std::shared_ptr<mde::Now> now_ = std::make_shared<mde::Now>(
        mde::Now{mde::MonotonicTime(std::chrono::hours(1)),
                 mde::UtcTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1))});
};

class NoNetwork {
  public:
    NoNetwork();
    ~NoNetwork();

    /// Packages of that many bytes.
    void serve_packages_of(std::uint64_t size);
    void add(mde::service::Fault fault);

    /// The whole job.
    template <class Store, class Observer>
    auto collect(Store& store, Observer& observer) {
        const mde::Ports<Transport, mde::exemplar::FixedToken, mde::LocalQuotas, JumpingClock,
                         Observer, Store>
            ports{&transport_, &tokens_, &quotas_, &clock_, &observer, &store};
        mde::flow::Context context;
        context.settings = &settings_;
        mde::Diagnostics said;
        const mde::CollectInvestigationPackage request{
            *mde::MachineId::parse("00112233445566778899aabbccddeeff00112233"), "case 4711"};
        return mde::run_blocking<mde::flow::CollectToStore<mde::OpensslSha256>>(ports, context,
                                                                                said, request);
    }

  private:
    /// The service is compiled once, not once for each example.
    struct Parts;
    struct Handler {
        Parts* parts;
        mde::HttpReply handle(const mde::IncomingRequest& request, const mde::Now& now);
    };
    using Transport = mde::service::InProcessTransport<Handler, JumpingClock>;

    std::unique_ptr<Parts> parts_;
    Handler handler_{parts_.get()};
    JumpingClock clock_;
    Transport transport_{handler_, clock_};
    mde::exemplar::FixedToken tokens_;
    mde::LocalQuotas quotas_;
    mde::Settings settings_;
};

} // namespace example

#endif
