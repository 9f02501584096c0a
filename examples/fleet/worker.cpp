// SPDX-License-Identifier: BSL-1.0
#include "fleet/worker.hpp"

#include "fleet/redis_job_queue.hpp"
#include "fleet/redis_quota_store.hpp"
#include "fleet/redis_token_store.hpp"
#include "mde_package/exit_codes.hpp"
#include "mde_package/output.hpp"
#include "mde_package/retried_job.hpp"
#include "mde_package/usage_error.hpp"

#include <mde/adapter/file_store.hpp>
#include <mde/adapter/https_client.hpp>
#include <mde/adapter/tls_context.hpp>
#include <mde/base/bounds.hpp>
#include <mde/base/printable.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace fleet {

namespace net = boost::asio;

namespace {

using Executor = net::io_context::executor_type;
using Transport = mde::BeastTransport<Executor>;
using Tokens = mde::Credential<Transport>;
using Client = mde::Client<mde::OpensslSha256, Transport&, Tokens&, RedisQuotaStore&>;

/// Between two tries of something that is not to be had now.
constexpr std::chrono::milliseconds pause(200);
/// A job that could not be done for now is left alone for so long,
constexpr std::chrono::seconds put_back_for(5);
/// and is given up when it has been taken so often.
constexpr std::uint64_t most_leases = 20;

mde::TlsContext tls_of(const Site& site) {
    auto tls = site.ca_pem ? mde::TlsContext::trusting(*site.ca_pem) : mde::TlsContext::system();
    if (!tls) mde_package::refuse("--tenant", "caFile holds no certificate");
    return std::move(*tls);
}

/// What a worker has for one tenant. The quota is shared, so several downloads of a tenant at once
/// would gain nothing: links are what is short.
struct Tenant {
    Tenant(net::io_context& context, Site site, mde::FileStore store_, std::string directory_,
           RedisQuotaStore& quotas, RedisTokenStore& token_store, const mde::Secret& secret)
        : transport(context, tls_of(site)),
          tokens(site.settings, mde::client_secret(secret.clone()), transport,
                 mde::CredentialOptions{{}, token_store}),
          client(site.settings, transport, tokens, quotas, {}, {}),
          store(std::move(store_)),
          directory(std::move(directory_)) {}

    Transport transport;
    Tokens tokens;
    Client client;
    mde::FileStore store;
    std::string directory;
};

/// The state of one job, kept in the queue: what the client saves before each step. One whose lease
/// is over cannot save, so it does not go on.
//[saved_in_queue
struct SavedInQueue {
    RedisJobQueue* queue;
    Lease lease;

    mde::error_code save(std::string_view text) {
        const auto state = mde::wire::decode_fleet_state(text);
        if (!state || state->jobs.size() != 1) return mde::errc::malformed_state;
        return queue->save(lease, state->jobs.front().phase, text);
    }
    mde::result<std::optional<std::string>> load() const { return std::optional<std::string>(); }
};
static_assert(mde::StateStore<SavedInQueue>);
//]

/// What all jobs of a worker share.
struct Shop {
    net::io_context& context;
    const Options& options;
    RedisJobQueue& queue;
    std::map<std::string, std::unique_ptr<Tenant>>& tenants;
    mde_package::Output& error;
    bool stopping = false;
    /// Lanes that may still take a job.
    std::size_t open_lanes = 0;

    void say(const std::string& job, std::string_view what) const {
        error.line(options.name + ": " + job + ": " +
                   mde::printable_message(what, mde::bounds::shown_message));
    }
};

/// Takes one job after the other. The client does the job itself, as it does any fleet of one
/// machine; what is added here is the lease.
class Lane {
  public:
    explicit Lane(Shop& shop) : shop_(shop), retry_(shop.context), renewal_(shop.context) {}

    void begin() {
        ++shop_.open_lanes;
        look();
    }

    /// The job, if there is one, is put back when its operation has ended.
    void stop() {
        retry_.cancel();
        cancel_.emit(net::cancellation_type::terminal);
    }

  private:
    /// Or at once, if the wait is called off: then there is something new to look at.
    void after(mde::Duration span, std::function<void()> what) {
        retry_.expires_after(std::chrono::duration_cast<net::steady_timer::duration>(span));
        retry_.async_wait([what = std::move(what)](mde::error_code) { what(); });
    }

    mde::MonotonicTime now() const { return mde::SystemClock().now().monotonic; }

    void look() {
        if (shop_.stopping) return close();
        const mde::MonotonicTime asked = now();
        auto job = shop_.queue.lease(shop_.options.name, shop_.options.lease);
        if (job && *job) return take(std::move(**job), asked);
        // Nobody adds a job to a queue that has come to its end.
        const auto counts = shop_.queue.counts();
        if (counts && counts->open == 0) return close();
        after(pause, [this] { look(); });
    }

    void close() { --shop_.open_lanes; }

    void take(LeasedJob job, mde::MonotonicTime asked) {
        lease_ = std::move(job.lease);
        lease_end_ = asked + shop_.options.lease;
        is_lost_ = false;
        const auto tenant = shop_.tenants.find(std::string(tenant_of(lease_.id)));
        auto state = mde::wire::decode_fleet_state(job.state);
        if (tenant == shop_.tenants.end() || !state || state->jobs.size() != 1) {
            // Some other worker may know more.
            shop_.say(lease_.id, "is of a tenant or a form that this worker does not know");
            static_cast<void>(shop_.queue.put_back(lease_, put_back_for));
            return after(pause, [this] { look(); });
        }
        tenant_ = tenant->second.get();
        state_ = std::move(*state);
        plan_renewal(shop_.options.lease / 3);
        work();
    }

    void work() {
        if (is_over()) return leave();
        saved_ = {&shop_.queue, lease_};
        tenant_->client.async_collect_many(
            *state_, tenant_->store, saved_,
            net::bind_cancellation_slot(cancel_.slot(),
                                        [this](mde::error_code ec, mde::FleetState state) {
                                            state_ = std::move(state);
                                            on_end(ec);
                                        }));
    }

    bool is_over() const noexcept { return is_lost_ || shop_.stopping; }

    void on_end(const mde::error_code& ec) {
        mde::FleetJob& job = state_->jobs.front();
        const bool is_settled =
            job.phase == mde::JobPhase::stored || job.phase == mde::JobPhase::failed;
        if (is_settled && !is_lost_) return settle();
        if (is_over()) return leave();
        // The state is what it was before the step that could not be saved: it is gone on with as
        // long as the job is ours.
        if (is_away(ec)) return after(pause, [this] { work(); });
        if (ec == mde::errc::store_busy) {
            is_lost_ = true;
            return leave();
        }
        job.phase = mde::JobPhase::failed;
        job.error = ec;
        job.message = ec.message();
        settle();
    }

    /// The job has come to an end, or to one for now.
    void settle() {
        if (is_lost_) return leave();
        mde::FleetJob& job = state_->jobs.front();
        const bool is_failed = job.phase == mde::JobPhase::failed;
        if (is_failed && job.error == mde::condition::retry_later && lease_.fence < most_leases) {
            shop_.say(lease_.id, job.message + "; it is put back");
            job = mde_package::retried(job);
            return put_back(put_back_for);
        }
        if (is_failed) shop_.say(lease_.id, job.message);
        const EndedJob ended{mde::wire::encode_fleet_state(*state_), receipt_of(job)};
        const mde::error_code ec = shop_.queue.finish(lease_, job.phase, ended);
        if (is_away(ec) && !shop_.stopping) return after(pause, [this] { settle(); });
        next();
    }

    /// Somebody else has the job, or is to have it.
    void leave() {
        if (!is_lost_) return put_back(mde::Duration::zero());
        shop_.say(lease_.id, "the lease is lost; somebody else goes on with it");
        next();
    }

    void put_back(mde::Duration span) {
        const std::string text = mde::wire::encode_fleet_state(*state_);
        const mde::error_code ec = shop_.queue.save(lease_, state_->jobs.front().phase, text);
        if (!ec) static_cast<void>(shop_.queue.put_back(lease_, span));
        next();
    }

    void next() {
        renewal_.cancel();
        state_.reset();
        look();
    }

    /// Renewed well before its end; while the server is away, again and again. A lease that may
    /// have run out ends the work: we stop before anybody else can begin.
    void plan_renewal(mde::Duration span) {
        renewal_.expires_after(std::chrono::duration_cast<net::steady_timer::duration>(span));
        renewal_.async_wait([this](mde::error_code ec) {
            if (!ec && state_) renew();
        });
    }

    void renew() {
        const mde::MonotonicTime asked = now();
        const mde::error_code ec = shop_.queue.renew(lease_, shop_.options.lease);
        if (!ec) lease_end_ = asked + shop_.options.lease;
        const mde::Duration margin = shop_.options.lease / 10;
        if (ec == mde::errc::store_busy || now() + margin >= lease_end_) {
            is_lost_ = true;
            retry_.cancel();
            return cancel_.emit(net::cancellation_type::terminal);
        }
        plan_renewal(ec ? mde::Duration(pause) : shop_.options.lease / 3);
    }

    /// As it lies beside the package.
    std::string receipt_of(const mde::FleetJob& job) const {
        if (job.phase != mde::JobPhase::stored || !job.action) return {};
        const std::string name(mde::PackageKey(*job.action).name().view());
        std::ifstream file(tenant_->directory + '/' + name + ".receipt.json", std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    Shop& shop_;
    net::steady_timer retry_;
    net::steady_timer renewal_;
    net::cancellation_signal cancel_;
    Tenant* tenant_ = nullptr;
    Lease lease_;
    /// By our own clock, counted from before the server was asked.
    mde::MonotonicTime lease_end_{};
    bool is_lost_ = false;
    std::optional<mde::FleetState> state_;
    SavedInQueue saved_{};
};

/// The settings of a tenant, with the patience of a fleet.
Site patient(Site site, const Options& options) {
    site.settings.poll.first = options.poll;
    site.settings.poll.most = 12 * options.poll;
    return site;
}

} // namespace

int run_worker(net::io_context& context, mde_package::StopSignals& stop, const Options& options,
               std::vector<Site> sites, RedisAddress redis, const mde::Secret& client_secret) {
    RedisConnection connection(std::move(redis));
    RedisJobQueue queue(connection, options.queue);
    RedisTokenStore token_store(connection, Seal(client_secret));
    RedisQuotaOptions quota_options;
    quota_options.when_away = WhenAway::wait;
    quota_options.minute = options.quota_minute;
    quota_options.on_the_way = options.quota_margin;
    RedisQuotaStore quotas(connection, quota_options);

    std::map<std::string, std::unique_ptr<Tenant>> tenants;
    for (Site& site : sites) {
        const std::string name(site.settings.tenant.text());
        const std::string directory = directory_of(options, name);
        auto store = mde::FileStore::in(directory);
        if (!store) mde_package::refuse("--out", store.error().message());
        tenants[name] =
            std::make_unique<Tenant>(context, patient(std::move(site), options), std::move(*store),
                                     directory, quotas, token_store, client_secret);
    }
    mde_package::Output error(STDERR_FILENO);
    Shop shop{context, options, queue, tenants, error};
    std::vector<std::unique_ptr<Lane>> lanes;
    for (unsigned i = 0; i < options.jobs; ++i) lanes.push_back(std::make_unique<Lane>(shop));
    stop.slot().assign([&](net::cancellation_type) {
        if (std::exchange(shop.stopping, true)) return;
        for (const auto& lane : lanes) lane->stop();
    });
    for (const auto& lane : lanes) lane->begin();
    while (shop.open_lanes != 0) context.run_one();
    return mde_package::exits::success;
}

} // namespace fleet
