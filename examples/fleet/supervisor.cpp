// SPDX-License-Identifier: BSL-1.0
#include "fleet/supervisor.hpp"

#include "fleet/redis_job_queue.hpp"
#include "fleet/summary.hpp"
#include "mde_package/exit_codes.hpp"
#include "mde_package/stop_signals.hpp"

#include <mde/adapter/openssl_sha256.hpp>
#include <mde/adapter/verify_packages.hpp>
#include <mde/wire/fleet_state_codec.hpp>
#include <mde/wire/json.hpp>
#include <mde/wire/receipt_codec.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace fleet {

namespace exits = mde_package::exits;

namespace {

/// The processes that were started. Those that still run when it goes are asked to stop, and waited
/// for. What they say on standard error is read, so that it does not run through what is drawn.
class Workers {
  public:
    Workers() {
        if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0)
            throw std::runtime_error("no pipe for the workers");
    }
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers() {
        stop();
        for (const ::pid_t worker : alive_) ::waitpid(worker, nullptr, 0);
        for (const int end : ends_) ::close(end);
    }

    ::pid_t start(std::vector<std::string> words) {
        words.insert(words.begin(), "mde-fleet");
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t files;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_adddup2(&files, ends_[1], STDERR_FILENO);
        ::pid_t worker = 0;
        // The program itself, wherever it lies by now.
        const int failure =
            ::posix_spawn(&worker, "/proc/self/exe", &files, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&files);
        if (failure != 0) throw std::runtime_error("a worker cannot be started");
        alive_.push_back(worker);
        ++started_;
        return worker;
    }

    void stop() const {
        for (const ::pid_t worker : alive_) ::kill(worker, SIGTERM);
    }

    /// Those that have ended since the last time.
    std::vector<::pid_t> reap() {
        std::vector<::pid_t> ended;
        std::erase_if(alive_, [&](::pid_t worker) {
            if (::waitpid(worker, nullptr, WNOHANG) == 0) return false;
            ended.push_back(worker);
            return true;
        });
        return ended;
    }

    WorkerCounts counts() const noexcept { return {alive_.size(), started_}; }

    /// Waits for so long, or until they say something. Whole lines of that, without their ends.
    std::vector<std::string> listen(int milliseconds) {
        ::pollfd end{ends_[0], POLLIN, 0};
        ::poll(&end, 1, milliseconds);
        std::array<char, 4096> piece;
        for (::ssize_t size; (size = ::read(ends_[0], piece.data(), piece.size())) > 0;)
            heard_.append(piece.data(), static_cast<std::size_t>(size));
        std::vector<std::string> lines;
        for (std::size_t end_of_line; (end_of_line = heard_.find('\n')) != heard_.npos;) {
            lines.push_back(heard_.substr(0, end_of_line));
            heard_.erase(0, end_of_line + 1);
        }
        return lines;
    }

  private:
    std::array<int, 2> ends_{};
    std::string heard_;
    std::vector<::pid_t> alive_;
    std::size_t started_ = 0;
};

/// In turn from each tenant, so that no budget lies idle behind another tenant's jobs.
std::vector<Job> jobs_of(const Options& options) {
    std::map<std::string, std::vector<Job>> tenants;
    for (const TenantMachine& machine : read_tenant_machines(options.machines_file)) {
        const auto state = mde::FleetState::of(*mde::TenantId::parse(machine.tenant),
                                               options.comment, {machine.machine});
        tenants[machine.tenant].push_back(
            {machine.tenant + '/' + std::string(machine.machine.text()), mde::JobPhase::waiting,
             mde::wire::encode_fleet_state(state)});
    }
    std::vector<Job> jobs;
    for (std::size_t i = 0, before = 1; before != jobs.size(); ++i) {
        before = jobs.size();
        for (auto& [tenant, own] : tenants)
            if (i < own.size()) jobs.push_back(std::move(own[i]));
    }
    return jobs;
}

mde::error_code add_jobs(const Options& options, RedisJobQueue& queue) {
    for (const Job& job : jobs_of(options)) {
        const auto added = queue.add(job);
        if (!added) return added.error();
    }
    return {};
}

int fail(const mde::error_code& ec) {
    mde_package::Output(STDERR_FILENO)
        .line("mde-fleet: redis: " + ec.message() + "; see --redis and REDISCLI_AUTH");
    return exits::store;
}

/// What the packages of a tenant were proven to be, by the action's id.
using Verdicts = std::map<std::string, mde::Verdict, std::less<>>;

Verdicts verdicts_in(const std::string& directory) {
    Verdicts verdicts;
    const auto packages = mde::verify_packages<mde::OpensslSha256>(directory);
    if (!packages) return verdicts;
    for (const mde::VerifiedPackage& package : *packages)
        verdicts[package.name.substr(0, package.name.find('.'))] = package.verdict;
    return verdicts;
}

std::string text_of(const mde::FleetState& state, const std::string& path,
                    const std::optional<mde::Receipt>& receipt, mde::Verdict verdict) {
    const mde::FleetJob& job = state.jobs.front();
    std::string line = std::string(state.tenant.text()) + ' ' + std::string(job.machine.text());
    line.append(": ").append(name_of(job.phase));
    if (receipt)
        line.append(" ").append(path).append(", SHA-256 ").append(receipt->sha256.hex().view());
    if (receipt && verdict != mde::Verdict::good)
        line.append(", but: ").append(mde::name_of(verdict));
    if (!job.message.empty()) line.append(", ").append(job.message);
    return line;
}

std::string json_of(const mde::FleetState& state, const std::string& path,
                    const std::string& receipt, mde::Verdict verdict) {
    const mde::FleetJob& job = state.jobs.front();
    boost::json::object line{{"tenant", state.tenant.text()},
                             {"machine", job.machine.text()},
                             {"phase", name_of(job.phase)},
                             {"action", nullptr},
                             {"message", job.message},
                             {"path", nullptr},
                             {"verdict", nullptr},
                             {"receipt", nullptr}};
    if (job.action) line["action"] = job.action->text();
    if (const auto document = mde::wire::parse_json_object(receipt)) {
        line["path"] = path;
        line["verdict"] = mde::name_of(verdict);
        line["receipt"] = *document;
    }
    return boost::json::serialize(line);
}

/// One line for each job that is over. Returns how many of them have a package that is proven.
std::size_t print_results(const Options& options, const std::vector<EndedJob>& all,
                          mde_package::Output& out) {
    std::map<std::string, Verdicts> tenants;
    std::vector<std::string> lines;
    std::size_t good = 0;
    for (const EndedJob& ended : all) {
        const auto state = mde::wire::decode_fleet_state(ended.state);
        if (!state || state->jobs.size() != 1) continue;
        const std::string directory = directory_of(options, state->tenant.text());
        const auto [verdicts, is_new] = tenants.try_emplace(directory);
        if (is_new) verdicts->second = verdicts_in(directory);
        const auto& action = state->jobs.front().action;
        const std::string name(action ? action->text() : "");
        const auto found = verdicts->second.find(name);
        const mde::Verdict verdict =
            found == verdicts->second.end() ? mde::Verdict::missing : found->second;
        const auto receipt = mde::wire::decode_receipt(ended.receipt);
        const bool is_good = state->jobs.front().phase == mde::JobPhase::stored && receipt &&
                             verdict == mde::Verdict::good;
        good += is_good ? 1u : 0u;
        const std::string path =
            action ? mde_package::stored_path(directory, mde::PackageKey(*action)) : "";
        lines.push_back(
            options.json
                ? json_of(*state, path, ended.receipt, verdict)
                : text_of(*state, path, receipt ? std::optional(*receipt) : std::nullopt, verdict));
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) out.line(line);
    return good;
}

int report(const Options& options, RedisJobQueue& queue, mde_package::Output& out) {
    const auto counts = queue.counts();
    if (!counts) return fail(counts.error());
    const auto ended = queue.ended();
    if (!ended) return fail(ended.error());
    const std::size_t good = print_results(options, *ended, out);
    const std::size_t jobs = ended->size() + counts->open;
    if (good == jobs) return exits::success;
    mde_package::Output(STDERR_FILENO)
        .line("mde-fleet: " + std::to_string(jobs - good) + " of " + std::to_string(jobs) +
              " jobs have no package that is proven; the same command goes on with those that are "
              "not over");
    return exits::incomplete;
}

/// Until all have ended.
void watch(Workers& workers, RedisJobQueue& queue, Summary& summary) {
    bool told_to_stop = false;
    for (;;) {
        for (const ::pid_t worker : workers.reap())
            summary.say("the worker of process " + std::to_string(worker) + " has ended");
        const auto counts = queue.counts();
        if (counts)
            summary.show(*counts, workers.counts());
        else
            summary.show_away(counts.error().message());
        if (workers.counts().alive == 0) break;
        if (mde_package::stop_requested() != 0 && !std::exchange(told_to_stop, true))
            workers.stop();
        for (const std::string& line : workers.listen(100)) summary.say(line);
    }
    for (const std::string& line : workers.listen(0)) summary.say(line);
}

} // namespace

int run_supervisor(const Options& options, const std::vector<std::string>& words,
                   RedisAddress redis, mde_package::Output& out) {
    RedisConnection connection(std::move(redis));
    RedisJobQueue queue(connection, options.queue);
    if (const mde::error_code ec = add_jobs(options, queue)) return fail(ec);
    Summary summary;
    {
        Workers workers;
        for (unsigned i = 1; i <= options.workers; ++i) {
            std::vector<std::string> own = words;
            const std::string name = "worker-" + std::to_string(i);
            own.insert(own.end(), {"--name", name, "--parent", std::to_string(::getpid())});
            summary.say(name + " is process " + std::to_string(workers.start(std::move(own))));
        }
        watch(workers, queue, summary);
    }
    if (mde_package::stop_requested() != 0) return 128 + mde_package::stop_requested();
    return report(options, queue, out);
}

int show_queue(const Options& options, RedisAddress redis, mde_package::Output& out) {
    RedisConnection connection(std::move(redis));
    RedisJobQueue queue(connection, options.queue);
    const auto counts = queue.counts();
    if (!counts) return fail(counts.error());
    out.write(options.json ? std::string() : line_about(*counts, {}) + '\n' + table_of(*counts));
    return report(options, queue, out);
}

} // namespace fleet
